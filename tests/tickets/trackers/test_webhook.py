"""A webhook against a receiver that checks what a careful one would: signature, time and key."""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
import json
import re
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scanner.inventory.engine import open_store
from scanner.inventory.outbox import Outbox
from scanner.model.errors import Doubtful, ServiceFault, Throttled, UsageError
from scanner.tickets.apply import Done
from scanner.tickets.remembered import Remembered
from scanner.tickets.trackers.interface import Draft, Place
from scanner.tickets.trackers.sending import Way
from scanner.tickets.trackers.webhook import sender

_SPEC = importlib.util.spec_from_file_location("told", Path(__file__).with_name("told.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
told = importlib.util.module_from_spec(_SPEC)
sys.modules["told"] = told
_SPEC.loader.exec_module(told)
once, make = told.once, told.once.make

SECRET = "hook-secret-4711-0815"
KEY = "hskd-" + "1" * 20
DRAFT = Draft("Remove it <b>", "It is here. é\n", f"{KEY} hsv-{'0' * 20}", (KEY,), due="2027-01-01")


class Receiver:
    """Takes what is signed by the secret and new enough; answers as it is told."""

    def __init__(self):
        self.came, self.refused, self.answers = [], [], []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.take(self, body)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                """A caller who is cut off is meant."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hooks/in?queue=removal"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def take(self, handler, body):
        why = self.wrong(handler, body)
        if why:
            self.refused.append(why)
            return self.answer(handler, 401, {})
        answer = self.answers.pop(0) if self.answers else 202
        if answer not in (400, 429):
            self.came.append(json.loads(body) | {"key": json.loads(handler.headers["Idempotency-Key"])})
        if answer == "cut":
            handler.connection.shutdown(2)
            handler.close_connection = True
            return None
        return self.answer(handler, answer, {"Retry-After": "9"} if answer == 429 else {})

    @staticmethod
    def answer(handler, status, headers):
        handler.send_response_only(status)
        for name, value in (headers | {"Content-Length": "0"}).items():
            handler.send_header(name, value)
        handler.end_headers()

    @staticmethod
    def wrong(handler, body):
        found = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", handler.headers["Hiksweep-Signature"] or "")
        if not found:
            return "no signature"
        signed = hmac.digest(SECRET.encode(), found[1].encode() + b"." + body, hashlib.sha256).hex()
        if not hmac.compare_digest(signed, found[2]):
            return "signature"
        if abs(int(found[1]) - once.AT.timestamp()) > 300:
            return "time"
        if handler.path != "/hooks/in?queue=removal" or handler.headers["Content-Type"] != "application/json":
            return "form"
        return ""


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture
def ours(receiver, tmp_path):
    def build(secret=SECRET, now=lambda: once.AT):
        ledger = Outbox(open_store(str(tmp_path / "s.sqlite"), tmp_path, make=True), "t told")
        made = Remembered(sender(Way(receiver.url, Place(), secret=secret)), ledger, now)
        made.who()
        return made

    return build


def test_what_is_told_is_signed_and_has_a_key(ours, receiver):
    tracker = ours()
    name = tracker.create(DRAFT)
    mark = "hsms-" + "3" * 20
    tracker.comment(tracker.read(name), "Said.", f"{DRAFT.memo} {mark}")
    first, second = receiver.came
    assert first == {
        "schema": 1, "id": f"{KEY}.new", "key": f"{KEY}.new", "act": "create", "ticket": KEY,
        "title": "Remove it <b>", "text": "It is here. é\n", "keys": [KEY], "marks": [], "due": "2027-01-01",
        "other": None,
    }  # fmt: skip
    assert (second["act"], second["key"], second["marks"]) == ("comment", f"{KEY}.{mark}", [mark])
    assert receiver.refused == []


def test_another_secret_or_an_old_time_is_refused_by_who_receives_it(ours, receiver):
    for more in ({"secret": "another-secret-of-us"}, {"now": lambda: once.AT.replace(year=2027)}):
        tracker = ours(**more)
        with pytest.raises(ServiceFault, match="401") as caught:
            tracker.create(DRAFT)
        assert "secret" not in str(caught.value)
        assert list(tracker.tickets()) == []
    assert receiver.refused == ["signature", "time"]


@pytest.mark.parametrize("secret", ["", "short"])
def test_without_a_good_secret_nothing_is_told(ours, receiver, secret):
    with pytest.raises(UsageError, match="needs a secret of 16"):
        ours(secret=secret)
    assert receiver.came == receiver.refused == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (400, ServiceFault),
        (404, ServiceFault),
        (302, ServiceFault),
        (429, Throttled),
        (500, Doubtful),
        ("cut", Doubtful),
    ],
)
def test_what_an_answer_means(ours, receiver, answer, error):
    tracker = ours()
    receiver.answers = [answer]
    with pytest.raises(error) as caught:
        tracker.create(DRAFT)
    assert type(caught.value) is error
    assert list(tracker.tickets()) == []
    tracker.create(DRAFT)
    assert {one["key"] for one in receiver.came} == {f"{KEY}.new"}


def test_an_unknown_end_tells_it_once_more_with_the_same_key(ours, receiver, tmp_path):
    side = once.Side(ours(), tmp_path)
    for number in range(1, 9, 2):
        for items in once.weeks(number):
            receiver.answers = [202] * (number // 2) + [500 if number % 4 == 1 else "cut"]
            side.apply(items)
            receiver.answers = []
            assert {one.done for one in side.apply(items)} <= {Done.DONE}
        once.check(told.Reader(lambda: receiver.came), items, 3)
    counts = Counter(one["key"] for one in receiver.came)
    assert max(counts.values()) == 2
    assert [*counts.values()].count(2) >= 6
    assert receiver.refused == []


def test_crashes_leave_nothing_out(ours, receiver, tmp_path):
    once.crash_everywhere(once.Side(ours(), tmp_path), told.Reader(lambda: receiver.came))
