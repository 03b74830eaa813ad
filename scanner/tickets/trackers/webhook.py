"""A webhook: each message as one POST of JSON, signed, and with a key that is the same when it is sent again.

``Hiksweep-Signature: t=SECONDS,v1=DIGEST`` holds the time of sending and HMAC-SHA256 (RFC 2104) of that time,
a dot and the body, by a secret that both sides know: who receives it computes the same, compares in constant
time, and refuses a time that is far from its own clock. ``Idempotency-Key`` is the name of the message
(draft-ietf-httpapi-idempotency-key-header). Nobody can be asked; `Remembered` answers for it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

from scanner.model.errors import ServiceFault, UsageError
from scanner.tickets.markup import TEXT
from scanner.tickets.memo import keys_in, marks_in
from scanner.tickets.trackers.sending import Message, Way
from scanner.transports.tracker_http import TrackerHttp, said

SCHEMA = 1
_SHORTEST = 16
"""Characters of a secret; a shorter one may be guessed from what was signed."""


class Webhook:
    """One address that takes our messages.

    Args:
        http: to its origin.
        url: all of it.
        secret: that both sides know.
    """

    name = "webhook"
    markup = TEXT

    def __init__(self, http: TrackerHttp, url: str, secret: str) -> None:
        self._http, self._url, self.__secret = http, url, secret.encode()

    def who(self) -> str:
        """See that there is a secret to sign with."""
        if len(self.__secret) < _SHORTEST:
            raise UsageError(f"webhook: it needs a secret of {_SHORTEST} characters or more, to sign with")
        return self.name

    def send(self, message: Message) -> None:
        """Post it."""
        body = json.dumps(_data(message), ensure_ascii=True, sort_keys=True).encode("ascii")
        seconds = int((message.at or datetime.now(UTC)).timestamp())
        signed = hmac.new(self.__secret, b"%d." % seconds + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "Hiksweep-Signature": f"t={seconds},v1={signed}",
            "Idempotency-Key": f'"{message.id}"',  # a string of structured fields (RFC 8941)
        }
        answer = self._http.send("POST", self._url, headers=headers, body=body)
        if answer.status >= 300:
            raise ServiceFault(f"webhook: {said(answer)}")


def _data(message: Message) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "id": message.id,
        "act": str(message.act),
        "ticket": message.ticket,
        "title": message.title,
        "text": message.text,
        "keys": sorted(keys_in(message.memo)),
        "marks": sorted(marks_in(message.memo)),
        "due": message.due or None,
        "other": message.other or None,
    }


def sender(way: Way) -> Webhook:
    """The sender."""
    return Webhook(TrackerHttp(way.url, authority=way.authority), way.url, way.secret)
