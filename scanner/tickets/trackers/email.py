"""E-mail: one thread a ticket, each message once by its Message-ID, or again by the same.

The ids are made of the ticket's key, so every message of a ticket names the first one (In-Reply-To and
References, RFC 5322, section 3.6.4), and a message that is sent again has the Message-ID that it had. Nobody
can ask what has arrived; `Remembered` answers for it.
"""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from scanner.model.errors import UsageError
from scanner.tickets.markup import TEXT, plain
from scanner.tickets.trackers.interface import Place
from scanner.tickets.trackers.sending import Message, Way
from scanner.transports.smtp import MailServer

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
"""Addresses without quotes, comments or letters that an older server does not know."""
_MOST = 20
"""Addresses that one message goes to."""


class Email:
    """Mail to those who have to do it.

    Args:
        server: takes the messages.
        place: ``project`` is who gets them, comma between; ``sender`` our own address.
    """

    name = "email"
    markup = TEXT

    def __init__(self, server: MailServer, place: Place) -> None:
        self._server = server
        self._to = [one.strip() for one in place.project.split(",") if one.strip()]
        self._from = place.sender

    def who(self) -> str:
        """See that the addresses are some, and that the server lets us in."""
        if not self._to or len(self._to) > _MOST:
            raise UsageError(
                f"email: project names who gets the messages, 1 to {_MOST} addresses, comma between"
            )
        for one in (self._from, *self._to):
            if not _ADDRESS.fullmatch(one):
                raise UsageError(f"email: {plain(one) or 'sender'} is no address; set sender and project")
        self._server.check()
        return self._from

    def send(self, message: Message) -> None:
        """Hand it over."""
        self._server.send(self._from, self._to, self._written(message))

    def _written(self, message: Message) -> bytes:
        domain = self._from.rpartition("@")[2]
        mail = EmailMessage(policy=SMTP)  # which refuses a header with a line end in it
        mail["From"] = self._from
        mail["To"] = ", ".join(self._to)
        # A word as RFC 2047 writes one would be decoded before it is written, line ends in it too.
        title = plain(message.title).replace("=?", "= ?")
        mail["Subject"] = title if message.id == message.first else f"Re: {title}"
        if message.at is not None:
            mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = f"<{message.id}@{domain}>"
        if message.id != message.first:
            mail["In-Reply-To"] = mail["References"] = f"<{message.first}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
        mail["X-Hiksweep-Act"] = str(message.act)
        mail["X-Hiksweep-Ticket"] = message.ticket
        if message.due:
            mail["X-Hiksweep-Due"] = message.due
        mail.set_content(message.text, cte="quoted-printable")
        return mail.as_bytes()


def sender(way: Way) -> Email:
    """The sender."""
    return Email(MailServer(way.url, way.user, way.secret, authority=way.authority), way.place)
