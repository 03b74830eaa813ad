"""HTTP to one configured origin: the gate, reads that are repeated, writes that are not, nothing that leaks."""

from __future__ import annotations

import http.server
import threading

import pytest

from scanner.model.errors import Refused, UsageError
from scanner.transports.origin import Origin

SECRET = {"Authorization": "Token s3cret"}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *turns):
        super().__init__(("127.0.0.1", 0), Handler)
        self.turns, self.asked = list(turns), []
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        turns = self.server.turns
        status, headers, said = turns.pop(0) if len(turns) > 1 else turns[0]
        if status is None:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def do_POST(self):
        self.do_GET()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def serve():
    started = []

    def start(*turns):
        started.append(Server(*turns))
        return started[-1]

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def test_a_read_is_repeated_as_long_as_the_server_asks(serve):
    server = serve((429, {"Retry-After": "7"}, b"<html>"), (500, {}, b""), (200, {}, b"ok"))
    waits = []
    answer = Origin(server.url, SECRET, sleep=waits.append).ask("GET", "/x")

    assert (answer.good, answer.body) == (True, b"ok")
    assert waits == [7.0, 2.0]
    assert all(headers["Authorization"] == "Token s3cret" for _, _, headers, _ in server.asked)


@pytest.mark.parametrize(
    "turn", [(500, {}, b"after commit"), (429, {"Retry-After": "1"}, b""), (None, {}, b"")]
)
def test_a_write_is_sent_once_whatever_becomes_of_it(turn, serve):
    server = serve(turn)
    origin = Origin(server.url, SECRET, methods=("POST",), sleep=lambda wait: None)
    if turn[0] is None:
        with pytest.raises(UsageError, match="whether it was taken is not known"):
            origin.ask("POST", "/x", b"{}")
    else:
        assert not origin.ask("POST", "/x", b"{}").good

    assert len(server.asked) == 1


def test_a_redirect_is_an_answer_and_not_followed(serve):
    other = serve((200, {}, b"stolen"))
    server = serve((302, {"Location": f"{other.url}/take"}, b""))

    assert Origin(server.url, SECRET).ask("GET", "/x").status == 302
    assert other.asked == []


def test_a_library_on_our_session_reaches_no_other_origin_and_no_method_that_is_not_allowed(serve):
    other, server = serve((200, {}, b"stolen")), serve((200, {}, b"ok"))
    with Origin(server.url, SECRET).session() as session:
        assert session.get(f"{server.url}/x").text == "ok"
        with pytest.raises(Refused, match="another origin"):
            session.get(f"{other.url}/x")
        with pytest.raises(Refused, match="POST is not allowed"):
            session.post(f"{server.url}/x")

    assert other.asked == []
    assert [method for method, *_ in server.asked] == ["GET"]


def test_what_the_environment_says_of_proxies_and_passwords_is_not_heeded(serve, monkeypatch, tmp_path):
    server = serve((200, {}, b"ok"))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    assert Origin(server.url, {}).ask("GET", "/x").good
    assert "Authorization" not in server.asked[0][2]


@pytest.mark.parametrize(
    "url", ["http://system.example.org", "ftp://x", "https://user:pass@x.example", "nonsense"]
)
def test_what_may_not_be_asked_is_refused_before(url):
    with pytest.raises(UsageError):
        Origin(url, {})


def test_an_answer_without_end_is_refused(serve, monkeypatch):
    monkeypatch.setattr("scanner.transports.origin.SIZE_LIMIT", 1000)
    server = serve((200, {}, b"x" * 2000))

    with pytest.raises(UsageError, match="answers more than"):
        Origin(server.url, {}).ask("GET", "/x")


def test_no_credential_is_shown():
    assert "s3cret" not in repr(Origin("https://x.example", SECRET))
