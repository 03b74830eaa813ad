"""A proxy on real sockets that does to a request what networks and busy servers do."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PATIENCE = 20.0
"""Seconds within which a caller who waits in vain has gone."""
PAGE = b"<html><body><h1>Please wait</h1>" + b"<p>busy</p>" * 50 + b"</body></html>"


class Fault(StrEnum):
    """What happens to a request."""

    NONE = "none"
    THROTTLED = "429 with a page of HTML; nothing is done"
    FAILED_BEFORE = "503; nothing is done"
    FAILED_AFTER = "500 after it was done"
    STALLED = "done, and no answer until the caller has gone"
    LATE = "done only when the caller has gone"
    CUT = "done, and the connection cut in the middle of the body"
    HALF = "done, and half of the JSON"
    ECHO = "400 with all that was asked, headers too, as some servers show it; nothing is done"
    TWICE = "delivered twice, if it is a write"


class Proxy:
    """In front of one server of this machine.

    Args:
        port: of the server.
        choose: what happens to a request, by its method.
        lag: how long a search for words of ours does not show what was made; by `now`.
        now: the clock.
    """

    def __init__(
        self,
        port: int,
        choose: Callable[[str], Fault] = lambda _: Fault.NONE,
        *,
        lag: timedelta = timedelta(0),
        now: Callable[[], datetime] = datetime.now,
    ) -> None:
        self.choose, self.hits = choose, Counter()
        self._upstream, self._lag, self._now = port, lag, now
        self._made: dict[str, datetime] = {}
        self._busy, self._free = 0, threading.Condition()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = PATIENCE

            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                proxy._serve(self, body)

            def log_message(self, *_: object) -> None:
                pass

        for method in ("GET", "POST", "PUT", "PATCH"):
            setattr(Handler, f"do_{method}", Handler._any)

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Who is cut off or goes is what this is for."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._server.server_close()

    def settled(self) -> None:
        """Wait until nothing is under way any more."""
        with self._free:
            assert self._free.wait_for(lambda: self._busy == 0, PATIENCE)

    def _serve(self, caller: BaseHTTPRequestHandler, body: bytes) -> None:
        with self._free:
            self._busy += 1
        try:
            fault = self.choose(caller.command)
            self.hits[fault] += 1
            self._hit(fault, caller, body)
        finally:
            with self._free:
                self._busy -= 1
                self._free.notify_all()

    def _hit(self, fault: Fault, caller: BaseHTTPRequestHandler, body: bytes) -> None:
        if fault in (Fault.THROTTLED, Fault.FAILED_BEFORE):
            status = 429 if fault is Fault.THROTTLED else 503
            self._answer(caller, status, {"Content-Type": "text/html", "Retry-After": "3"}, PAGE)
            return
        if fault is Fault.ECHO:
            self._answer(caller, 400, {"Content-Type": "text/plain"}, str(caller.headers).encode() + body)
            return
        if fault is Fault.LATE:
            _until_gone(caller)
        status, headers, answer = self._forward(caller, body)
        if fault is Fault.TWICE and caller.command != "GET":
            status, headers, answer = self._forward(caller, body)
        if fault in (Fault.STALLED, Fault.LATE):
            _until_gone(caller)
            caller.close_connection = True
        elif fault is Fault.FAILED_AFTER:
            self._answer(caller, 500, {"Content-Type": "text/html"}, PAGE)
        elif fault is Fault.CUT:
            self._answer(caller, status, headers, answer, promised=2 * len(answer) + 100)
            caller.close_connection = True
        else:
            self._answer(
                caller, status, headers, answer[: len(answer) // 2] if fault is Fault.HALF else answer
            )

    @staticmethod
    def _answer(
        caller: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes, promised: int = 0
    ) -> None:
        caller.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "content-encoding", "connection"):
                caller.send_header(name, value)
        caller.send_header("Content-Length", str(promised or len(body)))
        caller.end_headers()
        caller.wfile.write(body)
        caller.wfile.flush()

    def _forward(self, caller: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        headers = {
            name: value
            for name, value in caller.headers.items()
            if name.lower() not in ("host", "accept-encoding", "connection")
        }
        for name in {"Origin"} & headers.keys():
            headers[name] = f"http://127.0.0.1:{self._upstream}"
        connection = http.client.HTTPConnection("127.0.0.1", self._upstream, timeout=60)
        try:
            connection.request(caller.command, caller.path, body or None, headers)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        return response.status, dict(response.getheaders()), self._lagging(caller, answer)

    def _lagging(self, caller: BaseHTTPRequestHandler, answer: bytes) -> bytes:
        """What a search shows that has not heard yet of what was made a moment ago."""
        parts = urlsplit(caller.path)
        if not self._lag or not parts.path.endswith("/issue"):
            return answer
        if caller.command == "POST":
            self._made[json.loads(answer)["data"]["id"]] = self._now()
        elif "hiksweep" in parse_qs(parts.query):
            told = json.loads(answer)
            told["data"]["collection"] = [
                one
                for one in told["data"]["collection"]
                if one["id"] not in self._made or self._now() - self._made[one["id"]] >= self._lag
            ]
            return json.dumps(told).encode()
        return answer


def _until_gone(caller: BaseHTTPRequestHandler) -> None:
    """Wait for the caller to close, who sends nothing more on this connection before."""
    caller.connection.settimeout(PATIENCE)
    with contextlib.suppress(OSError):
        caller.rfile.read(1)
