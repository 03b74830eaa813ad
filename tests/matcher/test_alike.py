"""Hosts that said the same are described once, and as each of them would be alone."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.knowledge import load
from scanner.matcher import Alike, Identifier, alike
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

KNOWLEDGE = load()
EXAMPLES = [
    (example.protocol, example.reply.encode(), example.request)
    for one in (*KNOWLEDGE.signatures, *KNOWLEDGE.lookalikes)
    for example in one.examples
]
PAGES = [
    (Protocol.HTTP, b"HTTP/1.1 200 OK\r\n\r\n<title>%s</title>" % word, path)
    for word in (b"one", b"two")
    for path in ("GET /", "GET /SDK/language", "GET /6f1c0a9be2d34c57")
]
REPLIES = st.one_of(
    st.sampled_from(EXAMPLES), st.sampled_from(PAGES), st.just((Protocol.HTTP, b"\x00", None))
)
HEARD = st.lists(
    st.tuples(
        st.integers(1, 6),
        REPLIES,
        st.sampled_from([b"", b"\r\n", b"\r\nX-Nonce: 1"]),
        st.sampled_from([0, 80, 81]),
        st.sampled_from(["", "", "2026-01-01"]),
    ),
    max_size=40,
)


def observations(heard):
    for number, (protocol, payload, request), more, port, at in heard:
        yield Observation(f"10.0.0.{number}", protocol, payload + more, port, request, at=at)


def told(stream):
    return [member.device for member in stream.each()]


@settings(max_examples=60)
@given(HEARD, st.integers(1, 3))
def test_each_host_is_what_it_would_be_alone(heard, times):
    stream, plain = Alike(KNOWLEDGE), Identifier(KNOWLEDGE)
    for observation in observations(heard * times):
        stream.add(observation)
        plain.add(observation)

    members = list(stream.each())
    assert [member.device for member in members] == list(plain.each())
    assert [(member.host, member.id) for member in members] == [
        (device.addresses[0], device.id) for device in plain.each()
    ]
    assert (stream.malformed, stream.faults) == (plain.malformed, plain.faults)


def test_what_equal_hosts_amount_to_is_worked_out_once():
    stream = Alike(KNOWLEDGE)
    page = b"HTTP/1.1 401 Unauthorized\r\nServer: App-webs/\r\n\r\n"
    for number in range(1, 30):
        stream.add(Observation(f"10.0.0.{number}", Protocol.HTTP, page, 80))
    members = list(stream.each())

    assert len({id(member.told) for member in members}) == 1
    assert len({member.id for member in members}) == 29
    assert members[5].device.evidence[0].observation != members[6].device.evidence[0].observation


def test_replies_that_differ_in_a_nonce_alone_mean_the_same():
    stream, plain = Alike(KNOWLEDGE), Identifier(KNOWLEDGE)
    for number in range(1, 9):
        asks = b'HTTP/1.1 401 Unauthorized\r\nServer: App-webs/\r\nWWW-Authenticate: Digest realm="x", '
        one = Observation(f"10.0.0.{number}", Protocol.HTTP, asks + b'nonce="%d"\r\n\r\n' % number, 80)
        stream.add(one)
        plain.add(one)
    members = list(stream.each())
    assert len({id(member.told) for member in members}) == 1
    assert [member.device for member in members] == list(plain.each())


def test_hosts_whose_pages_are_equal_in_other_places_are_told_apart():
    """One page for every path proves nothing, so which pages are equal belongs to what a host said."""
    stream, plain = Alike(KNOWLEDGE), Identifier(KNOWLEDGE)
    texts = [(b"a", b"b"), (b"c", b"d"), (b"e", b"e")]
    for number, pages in enumerate(texts):
        for word, request in zip(pages, ("GET /SDK/language", "GET /"), strict=True):
            page = b"HTTP/1.1 200 OK\r\nServer: App-webs/\r\n\r\n<p>%s</p>" % word
            for one in (stream, plain):
                one.add(Observation(f"10.0.0.{number}", Protocol.HTTP, page, 80, request))
    members = list(stream.each())
    assert [member.device for member in members] == list(plain.each())
    assert members[0].told is members[1].told is not members[2].told


def test_devices_behind_one_address_are_worked_out_for_each_host():
    found = b"HTTP/1.1 401 Unauthorized\r\nServer: App-webs/\r\n\r\n"
    other = (
        b'HTTP/1.1 401 Unauthorized\r\nServer: Boa/0.94.14rc21\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n'
    )
    stream, plain = Alike(KNOWLEDGE), Identifier(KNOWLEDGE)
    for number in range(1, 6):
        for port, page in ((80, found), (81, b"HTTP/1.1 200 OK\r\nServer: Dahua\r\n\r\n"), (82, other)):
            for one in (stream, plain):
                one.add(Observation(f"10.0.0.{number}", Protocol.HTTP, page, port))
    assert told(stream) == list(plain.each())


def test_different_meanings_that_hosts_are_kept_by_are_bounded(monkeypatch):
    monkeypatch.setattr(alike, "MOST_SHARED", 1)
    stream = Alike(KNOWLEDGE)
    for number in range(8):
        stream.add(Observation(f"10.0.0.{number}", Protocol.MAC, b"44:19:b6:00:00:0%d" % (number % 2)))
    shared = [member for member in stream.each() if member.observations]
    assert [member.host for member in shared] == ["10.0.0.0", "10.0.0.2", "10.0.0.4", "10.0.0.6"]


def test_descriptions_that_are_kept_are_bounded(monkeypatch):
    monkeypatch.setattr(alike, "MOST_TOLD", 1)
    stream, plain = Alike(KNOWLEDGE), Identifier(KNOWLEDGE)
    for number in range(9):
        for one in (stream, plain):
            one.add(Observation(f"10.0.0.{number}", Protocol.MAC, b"44:19:b6:00:00:0%d" % (number % 3)))
    members = list(stream.each())
    assert [member.device for member in members] == list(plain.each())
    assert [member.host for member in members if member.observations] == ["10.0.0.0", "10.0.0.3", "10.0.0.6"]
