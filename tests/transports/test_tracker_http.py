from __future__ import annotations

import http.server
import json
import socket
import threading

import pytest

from scanner.model.errors import Doubtful, ServiceFault, Throttled, UsageError
from scanner.transports import tracker_http as module
from scanner.transports.tracker_http import TrackerHttp


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.server.asked.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
        turns = self.server.turns
        status, headers, body = turns.pop(0) if len(turns) > 1 else turns[0]
        if status is None:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        if "Content-Length" in headers:
            self.close_connection = True

    do_GET = do_POST = do_PUT = _answer  # noqa: N815 - the names of http.server

    def log_message(self, *_):
        pass


@pytest.fixture
def serve():
    made = []

    def start(*turns):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.turns, server.asked = list(turns), []
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        made.append(server)
        return server, f"http://127.0.0.1:{server.server_port}/base"

    yield start
    for server in made:
        server.shutdown()
        server.server_close()


@pytest.fixture
def waits():
    return []


def open_(url, waits, **more):
    return TrackerHttp(url, {"Authorization": "Bearer s3cr3t"}, timeout=3, sleep=waits.append, **more)


def test_a_read_is_tried_again_and_says_what_it_found(serve, waits):
    server, url = serve(
        (503, {"Retry-After": "7"}, b""), (None, {}, b""), (200, {"X-Ours": "1"}, b'{"a": 1}')
    )
    answer = open_(url, waits).get("thing", {"q": "x y"})
    assert (answer.json(), answer.headers["x-ours"], waits) == ({"a": 1}, "1", [7.0, 2.0])
    assert [asked[1] for asked in server.asked] == ["/base/thing?q=x+y"] * 3
    assert server.asked[0][2]["Authorization"] == "Bearer s3cr3t"


def test_a_read_that_never_comes_is_a_fault(serve, waits):
    _, url = serve((502, {"Content-Type": "text/plain"}, b"gone\nfishing"))
    with pytest.raises(ServiceFault, match=r"502: gone fishing \(3 tries\)"):
        open_(url, waits).get("x")


def test_a_write_is_sent_once_as_json(serve, waits):
    server, url = serve((201, {}, b"{}"))
    assert open_(url, waits).send("POST", "/thing", {"name": "é"}).status == 201
    method, path, headers, body = server.asked[0]
    assert (method, path, headers["Content-Type"]) == ("POST", "/base/thing", "application/json")
    assert json.loads(body) == {"name": "é"}


@pytest.mark.parametrize(
    "turn",
    [
        (500, {}, b""),
        (503, {"Retry-After": "1"}, b""),
        (None, {}, b""),
        (201, {"Content-Length": "500"}, b'{"id": 1'),
    ],
)
def test_a_write_whose_end_is_not_known_is_doubtful_and_not_repeated(serve, waits, turn):
    server, url = serve(turn)
    with pytest.raises(Doubtful):
        open_(url, waits).send("POST", "x", {})
    assert (len(server.asked), waits) == (1, [])


def test_a_write_that_stalls_is_doubtful(waits):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        origin = TrackerHttp(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.3, sleep=waits.append)
        with pytest.raises(Doubtful):
            origin.send("POST", "x", {})


def test_a_write_that_could_not_begin_was_certainly_not_done(waits):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(ServiceFault):
        TrackerHttp(f"http://127.0.0.1:{port}", timeout=3, sleep=waits.append).send("POST", "x", {})


@pytest.mark.parametrize(
    ("asked", "seconds"), [("17", 17.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", 1.0)]
)
def test_a_throttled_write_says_how_long_to_wait(serve, waits, asked, seconds):
    _, url = serve((429, {"Retry-After": asked, "Content-Type": "text/html"}, b"<html>slow"))
    with pytest.raises(Throttled) as caught:
        open_(url, waits).send("PUT", "x", {})
    assert caught.value.seconds == seconds
    assert "html" not in str(caught.value)


def test_nothing_leaves_the_origin(serve, waits):
    server, url = serve((302, {"Location": "http://127.0.0.2:9/x"}, b""))
    origin = open_(url, waits)
    for path in (
        "http://127.0.0.2:9/x",
        "https://127.0.0.1/x",
        f"http://u:p@127.0.0.1:{server.server_port}/x",
    ):
        with pytest.raises(UsageError, match="another origin"):
            origin.send("POST", path, {})
    assert server.asked == []
    with pytest.raises(UsageError, match="another origin"):
        origin.get("x")
    with pytest.raises(ServiceFault, match="follows no redirect"):
        origin.send("POST", "x", {})
    assert len(server.asked) == 2


def test_a_read_follows_within_the_origin(serve, waits):
    server, url = serve((301, {"Location": "/other?page=2"}, b""), (200, {}, b"[]"))
    assert open_(url, waits).get("x", {"a": 1}).json() == []
    assert [asked[1] for asked in server.asked] == ["/base/x?a=1", "/other?page=2"]


def test_no_proxy_and_no_netrc_is_used(serve, waits, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    server, url = serve((200, {}, b"{}"))
    TrackerHttp(url, timeout=3, sleep=waits.append).get("x")
    assert "Authorization" not in server.asked[0][2]


@pytest.mark.parametrize(
    "url", ["http://tracker.example.org", "ftp://127.0.0.1", "https://u:p@tracker.example.org", "x"]
)
def test_what_is_no_safe_address_is_refused(url):
    with pytest.raises(UsageError):
        TrackerHttp(url)


def test_an_answer_is_bounded(serve, waits, monkeypatch):
    monkeypatch.setattr(module, "SIZE_LIMIT", 1 << 20)
    _, url = serve((200, {}, b"x" * ((1 << 20) + 1)))
    with pytest.raises(ServiceFault, match="more than 1 MiB"):
        open_(url, waits).get("x")
    with pytest.raises(Doubtful, match="more than 1 MiB"):
        open_(url, waits).send("POST", "x", {})


def test_deep_json_is_no_json():
    answer = module.Answer(200, {}, b"[" * 200_000)
    with pytest.raises(ValueError, match="nested"):
        answer.json()


def test_the_secret_shows_nowhere(serve, waits):
    _, url = serve((403, {}, b"no"))
    origin = open_(url, waits)
    assert "s3cr3t" not in repr(origin) + repr(origin.get("x"))


def test_a_stranger_says_nothing_of_who_we_are(serve, waits):
    server, url = serve((200, {}, b"{}"), (200, {}, b"{}"))
    ours = open_(url, waits)
    ours.get("x")
    stranger = ours.stranger()
    stranger.get("x")
    stranger.close()
    assert ["Authorization" in asked[2] for asked in server.asked] == [True, False]


def test_a_server_that_shows_what_it_was_sent_makes_no_credential_known(serve, waits):
    _, url = serve((400, {"Content-Type": "text/plain"}, b"bad: Authorization: Bearer s3cr3t-of-ours, sent"))
    http = TrackerHttp(url, {"Authorization": "Bearer s3cr3t-of-ours"}, sleep=waits.append)
    assert http.get("thing").body == b"bad: Authorization: Bearer (hidden), sent"
