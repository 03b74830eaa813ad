"""What is kept of the observations that evidence points to: enough to check, bounded, without secrets."""

from __future__ import annotations

import hashlib

from scanner.matcher import Exhibits, Identifier, exhibits_of
from scanner.matcher.exhibits import EXCERPT
from scanner.matcher.rules import MAX_EVIDENCE


def _seen(known, *observations, limit=1 << 20):
    exhibits = Exhibits(limit)
    identifier = Identifier(known, exhibits)
    for one in observations:
        identifier.add(one)
    return exhibits, identifier.devices()


def test_what_evidence_points_to_is_kept_and_nothing_else(observation, signature, knowing):
    telling = observation(
        "http", "HTTP/1.1 200 OK\r\nServer: one\r\n\r\n", port=80, at="2026-11-25T10:00:00Z"
    )
    mute = observation("http", "HTTP/1.1 200 OK\r\nServer: other\r\n\r\n", port=81)

    exhibits, devices = _seen(knowing(signature("one")), telling, mute)
    (one,) = exhibits_of(devices, [exhibits])

    assert list(exhibits.named()) == [telling.id] == [devices[0].evidence[0].observation]
    assert (one.excerpt, one.offset, one.size) == (telling.payload, 0, len(telling.payload))
    assert (one.at, one.digest) == (telling.at, hashlib.sha256(telling.payload).hexdigest())


def test_salts_tokens_and_names_of_accounts_do_not_enter(observation, signature, knowing):
    head = "HTTP/1.1 200 OK\r\nServer: one\r\nSet-Cookie: session=abcdef\r\n\r\n"
    body = "<x><salt>c0ffee</salt><userName>operator</userName><token>t0k3n</token></x>"

    exhibits, devices = _seen(knowing(signature("one")), observation("http", head + body, port=80))
    (one,) = exhibits_of(devices, [exhibits])

    assert one.excerpt is not None
    assert not any(word in one.excerpt for word in (b"c0ffee", b"operator", b"t0k3n", b"abcdef"))
    assert len(one.excerpt) == len(head + body)


def test_words_that_stand_far_in_are_shown_with_what_stands_before_them(observation, signature, knowing):
    payload = "HTTP/1.1 200 OK\r\nX-Padding: " + "a" * 5000 + "\r\nServer: one\r\n\r\n"

    exhibits, devices = _seen(knowing(signature("one")), observation("http", payload, port=80))
    (one,) = exhibits_of(devices, [exhibits])

    assert one.excerpt is not None
    assert b"one" in one.excerpt
    assert payload.encode()[one.offset :].startswith(one.excerpt)
    assert len(one.excerpt) <= EXCERPT


def test_all_excerpts_together_are_bounded_and_the_rest_keeps_digest_and_time(
    observation, signature, knowing
):
    many = [
        observation(
            "http", f"HTTP/1.1 200 OK\r\nX: {n:04d}\r\nServer: one\r\n\r\n", port=80, host=f"10.0.0.{n}"
        )
        for n in range(10)
    ]

    exhibits, devices = _seen(knowing(signature("one")), *many, limit=150)
    shown = exhibits_of(devices, [exhibits])

    assert [one.excerpt is None for one in shown] == [False] * 3 + [True] * 7
    assert all(one.digest and one.size for one in shown)


def test_a_host_that_never_says_the_same_twice_is_bounded(observation, signature, knowing):
    known = knowing(signature("one", pattern=r"^one.*$"))
    many = [
        observation("http", f"HTTP/1.1 200 OK\r\nServer: one {n}\r\n\r\n", port=80)
        for n in range(5 * MAX_EVIDENCE)
    ]

    exhibits, devices = _seen(known, *many)

    assert len(exhibits.named()) <= 2 * MAX_EVIDENCE + 1
    assert {one.observation for one in devices[0].evidence} <= set(exhibits.named())


def test_what_two_replies_prove_together_points_to_a_kept_one(observation, tables):
    guarded = observation(
        "isapi", "HTTP/1.1 401 Unauthorized\r\n\r\n", port=80, request="GET /ISAPI/System/deviceInfo"
    )
    unknown = observation("http", "HTTP/1.1 404 Not Found\r\n\r\n", port=80, request="GET /0123456789abcdef")

    exhibits, devices = _seen(tables, guarded, unknown)

    assert [one.observation for one in exhibits_of(devices, [exhibits])] == [guarded.id]
