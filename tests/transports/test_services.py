from __future__ import annotations

import http.server
import ipaddress
import logging
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scanner.model.errors import UsageError
from scanner.transports import services
from scanner.transports.services import TOKEN_VARIABLE, Service


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    for name in (
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        TOKEN_VARIABLE,
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "*")


class Server(http.server.ThreadingHTTPServer):
    """Answers the n-th request with the n-th turn; the last turn stays."""

    daemon_threads = True

    def __init__(self, *turns):
        super().__init__(("127.0.0.1", 0), Handler)
        self.turns = list(turns)
        self.asked = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        turns = self.server.turns
        status, headers, body = turns.pop(0) if len(turns) > 1 else turns[0]
        if status is None:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def serve():
    made = []

    def start(*turns):
        made.append(Server(*turns))
        return made[-1]

    yield start
    for server in made:
        server.shutdown()
        server.server_close()


def read(url, token=None):
    waits = []
    service = Service(token=token, timeout=5, sleep=waits.append)
    return service.text(url), waits


def fail(url, token=None):
    with pytest.raises(UsageError) as caught:
        read(url, token)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_list_of_targets_is_read_as_text(serve):
    server = serve((200, {"Content-Type": "text/plain"}, "\ufeff10.0.0.0/24\n# Büro\n".encode()))
    assert read(server.url + "/targets?site=7") == ("10.0.0.0/24\n# Büro\n", [])
    path, headers = server.asked[0]
    assert path == "/targets?site=7"
    assert "Authorization" not in headers


def test_the_token_comes_from_the_environment_and_shows_nowhere(serve, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(TOKEN_VARIABLE, "s3cr3t")
    server = serve((403, {}, b"not allowed"))
    message = fail(server.url + "/targets")
    assert server.asked[0][1]["Authorization"] == "Bearer s3cr3t"
    assert "s3cr3t" not in message + repr(Service()) + caplog.text
    assert repr(Service(token="")) == "Service()"


def test_a_netrc_file_is_not_used(serve, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve((200, {}, b"10.0.0.1"))
    read(server.url)
    assert "Authorization" not in server.asked[0][1]


def test_throttling_is_waited_out_as_long_as_asked_but_within_a_limit(serve):
    server = serve(
        (429, {"Retry-After": "7"}, b"slow down"), (503, {"Retry-After": "9000"}, b""), (200, {}, b"ok")
    )
    assert read(server.url) == ("ok", [7.0, 30.0])
    assert len(server.asked) == 3


def test_a_broken_connection_is_tried_again(serve):
    server = serve((None, {}, b""), (200, {}, b"ok"))
    text, waits = read(server.url)
    assert (text, waits) == ("ok", [1.0])


def test_after_three_tries_the_services_own_sentence_is_told(serve):
    server = serve((502, {"Content-Type": "application/json"}, b'{"error":\n "data base\x07 away"}'))
    message = fail(server.url + "/facts")
    assert message.endswith('502 Bad Gateway: {"error": "data base away"} (3 tries)')
    assert len(server.asked) == 3


@pytest.mark.parametrize("status", [401, 403, 404, 204])
def test_a_final_refusal_is_not_repeated(serve, status):
    server = serve((status, {"Content-Type": "text/plain"}, b"" if status == 204 else b"ask Anna"))
    message = fail(server.url + "/list")
    assert str(status) in message
    assert ("ask Anna" in message) is (status != 204)
    assert len(server.asked) == 1


def test_a_page_of_markup_is_no_sentence(serve):
    server = serve((404, {"Content-Type": "text/html"}, b"<html>nothing"))
    assert fail(server.url).endswith("404 Not Found")


def test_a_redirect_on_the_same_host_is_followed(serve):
    server = serve((302, {"Location": "/new?x=1"}, b""), (200, {}, b"ok"))
    assert read(server.url + "/old", token="t")[0] == "ok"
    assert [path for path, _ in server.asked] == ["/old", "/new?x=1"]
    assert server.asked[1][1]["Authorization"] == "Bearer t"


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("http://127.0.0.2:9/x", "another host or port"),
        ("https://other.example/x", "another host or port"),
        ("http://other.example/x", "an https:// URL is needed"),
        ("ftp://127.0.0.1/x", "an https:// URL is needed"),
    ],
)
def test_a_redirect_elsewhere_is_refused_and_nothing_goes_there(serve, place, problem):
    server = serve((301, {"Location": place}, b""))
    assert problem in fail(server.url)
    assert len(server.asked) == 1


def test_redirects_in_a_circle_end(serve):
    server = serve((302, {"Location": "/again"}, b""))
    assert "more than 5 redirects" in fail(server.url)


def test_a_large_body_is_refused_and_not_read_to_its_end(serve, monkeypatch):
    monkeypatch.setattr(services, "SIZE_LIMIT", 1 << 20)
    server = serve((200, {}, b"x" * ((1 << 20) + 1)))
    assert "more than 1 MiB" in fail(server.url)


def test_a_body_that_does_not_end_is_given_up(serve, monkeypatch):
    monkeypatch.setattr(services, "TIME_LIMIT", -1.0)
    assert "given up" in fail(serve((200, {}, b"x")).url)


def test_a_body_that_is_cut_is_tried_again(serve):
    server = serve((200, {"Content-Length": "99"}, b"10.0"), (200, {}, b"10.0.0.1"))
    assert read(server.url)[0] == "10.0.0.1"


def test_bytes_that_are_no_text_are_refused(serve):
    assert "no UTF-8 text" in fail(serve((200, {}, b"\xff\xfe\x00")).url)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://ipam.example/targets", "an https:// URL is needed"),
        ("ipam.example/targets", "an https:// URL is needed"),
        ("file:///etc/passwd", "an https:// URL is needed"),
        ("https://", "an https:// URL is needed"),
        ("https://me:pass@ipam.example/", "no passwords in a URL"),
        ("https://[::1/", "no URL"),
        ("https://ipam.example:port/", "no URL"),
    ],
)
def test_a_url_that_may_not_be_asked_is_refused_at_once(url, problem):
    message = fail(url)
    assert problem in message
    assert "pass@" not in message


def test_nobody_listening_is_told_in_plain_words():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/list"
    assert fail(url) == f"{url}: Connection refused (3 tries)"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that only those trust who are told to."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_an_unknown_certificate_is_refused_and_the_organisations_own_one_accepted(
    serve, certificate, monkeypatch
):
    server = serve((200, {}, b"ok"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = server.url.replace("http://", "https://")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    assert "certificate verify failed" in fail(url)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    assert read(url)[0] == "ok"
