"""SMTP against somebody else's server: TLS that is verified, refusals, and ends that nobody knows."""

from __future__ import annotations

import contextlib
import importlib.util
import socket
import sys
import threading
from pathlib import Path

import pytest

from scanner.model.errors import Doubtful, ServiceFault, Throttled, UsageError
from scanner.transports import smtp
from scanner.transports.smtp import MailServer

_SPEC = importlib.util.spec_from_file_location("mail_server", Path(__file__).with_name("mail_server.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
mail = importlib.util.module_from_spec(_SPEC)
sys.modules["mail_server"] = mail
_SPEC.loader.exec_module(mail)

pytestmark = pytest.mark.peer
MAIL = b"Subject: s\r\n\r\n.one\r\ntwo\r\n"
FROM, TO = "us@x.example", ["a@y.example", "b@y.example"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return mail.make_certificate(tmp_path_factory.mktemp("post") / "post.pem")


@pytest.fixture
def post(certificate):
    """A server with STARTTLS."""
    with mail.running(certificate) as found:
        yield found


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_a_message_is_handed_over_by_tls(certificate, scheme):
    with mail.running(certificate, scheme) as post:
        server = MailServer(post.url, "me", mail.SECRET, authority=certificate)
        server.check()
        server.send(FROM, TO, MAIL)
        assert post.kept == [(True, FROM, TO, MAIL)]


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_a_certificate_that_nobody_trusts_gets_nothing(certificate, scheme, tmp_path):
    other = mail.make_certificate(tmp_path / "other.pem")
    elsewhere = mail.make_certificate(tmp_path / "elsewhere.pem", "127.0.0.2")
    for shown, trusted in ((certificate, None), (certificate, other), (elsewhere, elsewhere)):
        with mail.running(shown, scheme) as post:
            server = MailServer(post.url, "me", mail.SECRET, authority=trusted)
            for way in (server.check, lambda: server.send(FROM, TO, MAIL)):  # noqa: B023 - called at once
                with pytest.raises(ServiceFault, match="certificate is not trusted"):
                    way()
            assert post.kept == []


def test_without_tls_only_to_this_machine(certificate, monkeypatch):
    with mail.running(certificate, tls=False) as post:
        MailServer(post.url).send(FROM, TO, MAIL)
        assert [one[0] for one in post.kept] == [False]
        monkeypatch.setattr(smtp, "_is_this_machine", lambda _: False)
        with pytest.raises(ServiceFault, match="offers no STARTTLS"):
            MailServer(post.url, "me", mail.SECRET).send(FROM, TO, MAIL)
        assert len(post.kept) == 1


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost", True), ("127.3.2.1", True), ("::1", True), ("10.0.0.1", False), ("a.b", False)],
)
def test_what_this_machine_is(host, here):
    assert smtp._is_this_machine(host) is here


def test_a_wrong_password_is_a_fault_that_does_not_tell_it(post, certificate):
    server = MailServer(post.url, "me", "wrong-secret-4711", authority=certificate)
    with pytest.raises(ServiceFault, match="does not let us in") as caught:
        server.send(FROM, TO, MAIL)
    assert "wrong-secret" not in f"{caught.value!r} {server!r}"
    assert post.kept == []


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "error"),
    [("451 4.7.1 greylisted", Throttled), ("550 5.1.1 nobody \x1b[31m here", ServiceFault)],
)
def test_a_refusal_is_certain(post, certificate, command, answer, error):
    server = MailServer(post.url, authority=certificate)
    post.answers[command] = [answer]
    with pytest.raises(error) as caught:
        server.send(FROM, TO[:1], MAIL)
    assert type(caught.value) is error
    assert answer[:3] in str(caught.value)
    assert str(caught.value).isprintable()
    assert post.kept == []
    server.send(FROM, TO[:1], MAIL)
    assert len(post.kept) == 1


def test_a_server_that_goes_after_it_heard_all_leaves_a_doubt(post, certificate):
    post.answers["DATA"] = ["cut"]
    with pytest.raises(Doubtful):
        MailServer(post.url, authority=certificate).send(FROM, TO, MAIL)
    assert len(post.kept) == 1


def test_a_server_that_says_nothing_more_leaves_a_doubt_and_one_that_never_spoke_none():
    def answer(listener, words):
        with contextlib.suppress(OSError):
            stream, _ = listener.accept()
            with stream, stream.makefile("rwb") as file:
                for word in words:
                    file.write(word)
                    file.flush()
                    file.readline()
                while file.readline():
                    pass

    for words, error in (
        ((), ServiceFault),
        ((b"220 p\r\n", b"250 p\r\n", *[b"250 ok\r\n"] * 2, b"354 go\r\n"), Doubtful),
    ):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = threading.Thread(target=answer, args=(listener, words))
            thread.start()
            url = f"smtp://127.0.0.1:{listener.getsockname()[1]}"
            with pytest.raises(error, match=r"does not answer in time|closed"):
                MailServer(url, timeout=0.3).send(FROM, TO[:1], MAIL)
            thread.join(20)


def test_where_nobody_is_it_was_certainly_not_sent(closed_port):
    with pytest.raises(ServiceFault, match="refused"):
        MailServer(f"smtp://127.0.0.1:{closed_port('127.0.0.1')}").check()


@pytest.mark.parametrize(
    "url", ["http://x", "mail.example", "smtp://", "smtp://h:x", "smtp://u:p@h", "smtps://h/p"]
)
def test_another_address_is_refused(url):
    with pytest.raises(UsageError, match="write smtps://HOST"):
        MailServer(url)


def test_the_usual_ports():
    assert repr(MailServer("smtps://h")) == "MailServer(smtps://h:465)"
    assert repr(MailServer("smtp://h", "me", "s3cr3t")) == "MailServer(smtp://h:587)"
