"""HTTP towards one system of the organisation that takes what we know: its origin and nothing else.

By requests, as ``services`` is, and with what writing needs beside it:

- ``https`` only, with the server's certificate verified; plain ``http`` only to this machine. - Every
request passes a gate, also those of a library that is handed the session: another scheme, host or port is
refused, redirects are not followed, and methods that were not allowed are not sent. - Reads are repeated
(three tries; 429, 5xx and broken connections; ``Retry-After`` obeyed, at most 30 seconds). A write is sent
once: whether it may be repeated is for whoever knows what it does. - No proxy, no ``.netrc`` and no
certificate settings of the environment. Credentials stand in no error.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scanner.model.errors import Refused, UsageError
from scanner.transports import services

if TYPE_CHECKING:
    from requests import Session

SIZE_LIMIT = 16 << 20
"""Bytes of an answer."""
READS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the system answered."""

    status: int
    body: bytes
    said: str
    """Status and the system's own sentence, on one line."""

    @property
    def good(self) -> bool:
        """Whether it was taken."""
        return 200 <= self.status < 300


class Origin:
    """One system, by its URL."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        methods: Collection[str] = READS,
        authority: Path | None = None,
        timeout: float = services.TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare; nothing is opened.

        Args:
            url: of the system, such as ``https://netbox.example.org``.
            headers: of every request, credentials among them.
            methods: that may be sent.
            authority: a file of certificates to trust in place of the well-known ones.
            timeout: seconds to connect, and between two pieces of an answer.
            sleep: waits between two tries.

        Raises:
            UsageError: the URL may not be asked.
        """
        parts = services.checked(url)
        self.url = url.rstrip("/")
        self._place = (parts.scheme, parts.hostname, services.port_of(parts))
        self.__headers = dict(headers)
        self._methods = frozenset(methods)
        self._authority, self._timeout = authority, timeout
        self._sleep = sleep

    def __repr__(self) -> str:
        return f"Origin({services.shown(self.url)})"

    def passes(self, method: str, url: str) -> None:
        """The gate: raises for what may not be sent.

        Raises:
            Refused: another origin, or a method that was not allowed.
        """
        parts = urlsplit(url)
        place = (parts.scheme, parts.hostname, services.port_of(parts))
        if place != self._place or parts.username or parts.password:
            raise Refused(
                "origin", f"{services.shown(url)}: another origin than {services.shown(self.url)}; not asked"
            )
        if method.upper() not in self._methods:
            raise Refused("method", f"{services.shown(url)}: {method.upper()} is not allowed here; not sent")

    def session(self) -> Session:
        """A session whose every request passes the gate, for a library that brings its own calls."""
        from requests import Session

        gate, authority, timeout = self.passes, self._authority, self._timeout

        class Gated(Session):
            """Sends to one origin only."""

            def send(self, request: Any, **options: Any) -> Any:
                """Send what the gate lets pass."""
                gate(str(request.method), str(request.url))
                options |= {"allow_redirects": False, "timeout": timeout, "proxies": {}}
                options["verify"] = str(authority) if authority else True
                return super().send(request, **options)

        session = Gated()
        session.trust_env = False
        session.headers.update(self.__headers)
        return session

    def ask(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> Answer:
        """One request; a read is repeated where that may help, a write never.

        Raises:
            UsageError: no answer came, in one line; of a write it is not known then whether it was taken.
            Refused: the gate does not let it pass.
        """
        from requests import RequestException

        url = f"{self.url}{path}"
        reads = method.upper() in READS
        problem = ""
        with self.session() as session:
            for attempt in range(1, (services.TRIES if reads else 1) + 1):
                wait = services.FIRST_WAIT * 2 ** (attempt - 1)
                try:
                    headers = {"Content-Type": kind} if body is not None else {}
                    response = session.request(method, url, data=body, headers=headers, stream=True)
                    answer, asked = self._read(response), services.retry_after(response, wait)
                except RequestException as error:
                    problem = services.in_words(error)
                else:
                    if answer.status not in services.TRY_AGAIN or not reads:
                        return answer
                    problem, wait = answer.said, asked
                if reads and attempt < services.TRIES:
                    self._sleep(min(wait, services.WAIT_LIMIT))
        doubt = "" if reads else "; whether it was taken is not known"
        raise UsageError(f"{services.shown(url)}: {problem}{doubt}")

    def _read(self, response: Any) -> Answer:
        body = services.bounded(response, SIZE_LIMIT)
        if body is None:
            raise UsageError(f"{services.shown(self.url)}: it answers more than {SIZE_LIMIT >> 20} MiB")
        sentence = services.sentence(body, response.headers.get("Content-Type", ""))
        said = f"{response.status_code} {response.reason or ''}".rstrip() + sentence
        return Answer(int(response.status_code), body, said)
