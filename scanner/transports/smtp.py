"""SMTP towards the organisation's own mail server (RFC 5321): one message a connection, in order.

``smtps://`` is TLS from the first byte (RFC 8314), ``smtp://`` is STARTTLS (RFC 3207), which has to be
offered; the certificate is verified either way. Without TLS only to this machine. A name and a password are
sent to nobody else. What ends before the message was handed over is certain, and so is a refusal; an end that
comes after leaves it `Doubtful`.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from scanner.model.errors import Doubtful, ServiceFault, Throttled, UsageError

PORTS = {"smtps": 465, "smtp": 587}
TIMEOUT = 20.0
"""Seconds of one step."""
LATER = 10.0
"""Seconds after which a server that says "not now" is asked again."""
_WAYS = {"PLAIN": "auth_plain", "LOGIN": "auth_login", "CRAM-MD5": "auth_cram_md5"}
_SENTENCE = 200


@dataclass(frozen=True, slots=True)
class _Place:
    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


class MailServer:
    """One mail server, by its address.

    Args:
        url: ``smtps://host[:port]`` or ``smtp://host[:port]``.
        user: who we are; empty: nobody, and nothing is proven.
        secret: the password; it is never shown.
        authority: a file of certificates to trust in place of the well-known ones.
        timeout: seconds of one step.

    Raises:
        UsageError: the address is none.
    """

    def __init__(
        self,
        url: str,
        user: str = "",
        secret: str = "",
        *,
        authority: Path | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._place = _parse(url)
        self._user, self.__secret = user, secret
        self._authority, self._timeout = authority, timeout

    def __repr__(self) -> str:
        return f"MailServer({self._place})"

    def check(self) -> None:
        """See that it is there, who it says, and lets us in.

        Raises:
            ServiceFault: it is not, or does not.
        """
        with self._connected():
            pass

    def send(self, sender: str, recipients: Sequence[str], message: bytes) -> None:
        """Hand over one message, to all or to nobody.

        Args:
            sender: where a bounce goes.
            recipients: addresses; the lines of the message do not matter here.
            message: with lines that end in CR and LF.

        Raises:
            Throttled: not taken; it says that a later time may be better.
            ServiceFault: not taken.
            Doubtful: nobody knows whether it was.
        """
        with self._connected() as client:
            self._taken(*client.mail(sender))
            for one in recipients:
                self._taken(*client.rcpt(one))
            try:
                reply = client.data(message)
            except smtplib.SMTPDataError as error:  # it did not want to hear it
                self._taken(error.smtp_code, error.smtp_error)
            except (OSError, smtplib.SMTPException) as error:
                raise Doubtful(f"{self._place}: {_words(error)}") from None
            else:
                self._taken(*reply)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        client = None
        try:
            client = self._greeted()
            yield client
        except (OSError, smtplib.SMTPException) as error:  # SMTPException is an OSError; both are named
            raise ServiceFault(f"{self._place}: {_words(error)}") from None
        finally:
            if client is not None:
                with contextlib.suppress(OSError, smtplib.SMTPException):
                    client.quit()
                client.close()

    def _greeted(self) -> smtplib.SMTP:
        context = ssl.create_default_context(cafile=str(self._authority) if self._authority else None)
        place, name = self._place, socket.gethostname()  # and no look-up of our own name
        if place.scheme == "smtps":
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                place.host, place.port, name, timeout=self._timeout, context=context
            )
        else:
            client = smtplib.SMTP(place.host, place.port, name, timeout=self._timeout)
        try:
            client.ehlo_or_helo_if_needed()
            if place.scheme == "smtp":
                if client.has_extn("starttls"):
                    client.starttls(context=context)
                    client.ehlo()
                elif not _is_this_machine(place.host):
                    raise OSError("it offers no STARTTLS, and nothing is sent in the clear")
            if self._user:
                self._proven(client)
        except BaseException:
            client.close()
            raise
        return client

    def _proven(self, client: smtplib.SMTP) -> None:
        """Say who we are, once: a wrong password that is tried by every way there is locks us out."""
        offered = client.esmtp_features.get("auth", "").upper().split()
        way = next((one for one in _WAYS if one in offered), None)
        if way is None:
            raise OSError("it offers no way to say who we are that we know; leave user out if it wants none")
        client.user, client.password = self._user, self.__secret
        client.auth(way, getattr(client, _WAYS[way]))

    def _taken(self, code: int, said: bytes | str) -> None:
        if 200 <= code < 300:
            return
        sentence = f"{self._place}: it answers {code} {_clean(said)}".rstrip()
        if 400 <= code < 500:
            raise Throttled(sentence, LATER)
        raise ServiceFault(sentence)


def _parse(url: str) -> _Place:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.username:
        raise UsageError(f"{url[:_SENTENCE]}: write smtps://HOST[:PORT] or smtp://HOST[:PORT]")
    return _Place(parts.scheme, parts.hostname, port or PORTS[parts.scheme])


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _words(error: BaseException) -> str:
    """What went wrong; of an answer only what the server said, and nothing that we sent."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"it does not let us in ({error.smtp_code}); look at user and secret"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answers {error.smtp_code} {_clean(error.smtp_error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    return _clean(getattr(error, "strerror", None) or str(error)) or type(error).__name__


def _clean(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_SENTENCE]
