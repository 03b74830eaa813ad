"""HTTP towards a tracker: what is read is asked again where that may help, what is written is sent once.

The gate, TLS and the care about proxies are those of `origin`. What is added is how an answer that does not
come is taken: 429 and refusals are certain, and so is a connection that was never made; a cut connection, a
timeout, a 5xx or an answer that cannot be read leave a write `Doubtful`, and only the caller can find out
what became of it. At most 16 MiB in an answer.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from scanner.model.errors import Doubtful, Refused, ServiceFault, Throttled, UsageError
from scanner.transports import services
from scanner.transports.origin import READS, Origin

if TYPE_CHECKING:
    from requests import Session

SIZE_LIMIT = 16 << 20
"""Bytes of an answer."""
TIME_LIMIT = 120.0
"""Seconds for a whole answer."""
REDIRECTS = 3
METHODS = ("GET", "POST", "PUT", "PATCH")
"""What a tracker is sent; nothing of it is ever deleted."""
_CHUNK = 65_536
_SENTENCE = 300
_KNOWN = len("Bearer")
"""A longer word of our credentials is no name of how they are written."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tracker answered."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: it is none.
        """
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("nested too deeply") from None


class TrackerHttp:
    """One tracker, by its address.

    Args:
        address: as it is configured, with a path if it does not lie at the root.
        authorise: headers that say who we are; they are never shown.
        authority: file of the certificate authority that signed its certificate; None = the usual ones.
        timeout: seconds to connect, and between two pieces of an answer.
        sleep: waits between two tries.

    Raises:
        UsageError: the address is no https:// URL, or holds a password.
    """

    def __init__(
        self,
        address: str,
        authorise: Mapping[str, str] | None = None,
        *,
        authority: Path | None = None,
        timeout: float = services.TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._origin = Origin(
            address, authorise or {}, methods=METHODS, authority=authority, timeout=timeout, sleep=sleep
        )
        self.address = self._origin.url
        self._authority, self._timeout, self._sleep = authority, timeout, sleep
        self.__hidden = {
            word for one in (authorise or {}).values() for word in one.split() if len(word) > _KNOWN
        }
        self._session: Session | None = None
        self.requests = 0
        """How many were sent."""

    def __repr__(self) -> str:
        return f"TrackerHttp({services.shown(self.address)})"

    def close(self) -> None:
        """Close its connections."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def stranger(self) -> TrackerHttp:
        """The same tracker, asked by somebody who does not say who he is."""
        return TrackerHttp(self.address, authority=self._authority, timeout=self._timeout, sleep=self._sleep)

    def get(
        self, path: str, params: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Read; an answer of any status below 500 but 429.

        Raises:
            ServiceFault: it cannot be read, after three tries.
            UsageError: the path leads elsewhere.
        """
        problem = ""
        for attempt in range(1, services.TRIES + 1):
            wait = services.FIRST_WAIT * 2 ** (attempt - 1)
            try:
                answer = self._follow(path, params, headers)
                if answer.status not in services.TRY_AGAIN:
                    return answer
                problem, wait = said(answer), _wait(answer, wait)
            except OSError as error:  # the parent of everything that requests raises
                problem = services.in_words(error)
            if attempt < services.TRIES:
                self._sleep(min(wait, services.WAIT_LIMIT))
        raise ServiceFault(f"{services.shown(self.address)}: {problem} ({services.TRIES} tries)")

    def send(
        self,
        method: str,
        path: str,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
    ) -> Answer:
        """Write, once; an answer of any status below 500 but 429.

        Args:
            method: not one that reads.
            path: below the address.
            data: sent as JSON.
            headers: more of them.
            body: sent as it is, instead of ``data``.

        Raises:
            Throttled: it was not done; the tracker asks us to wait.
            ServiceFault: it was not done.
            Doubtful: nobody knows whether it was done.
            UsageError: the path leads elsewhere.
        """
        if method in READS:
            raise ValueError(f"{method} writes nothing")
        more = dict(headers or {})
        if body is None and data is not None:
            body = json.dumps(data).encode("ascii")
            more.setdefault("Content-Type", "application/json")
        try:
            answer = self._once(method, self._url(path), None, more, body)
        except OSError as error:
            sentence = f"{services.shown(self.address)}: {services.in_words(error)}"
            raise (ServiceFault if _never_begun(error) else Doubtful)(sentence) from None
        sentence = f"{services.shown(self.address)}: {said(answer)}"
        if answer.status == 429:
            raise Throttled(sentence, _wait(answer, services.FIRST_WAIT))
        if answer.status >= 500:
            raise Doubtful(sentence)
        if answer.status in _REDIRECTS:
            raise ServiceFault(f"{sentence}; a write follows no redirect: name the address that it leads to")
        return answer

    def _url(self, path: str) -> str:
        return path if "://" in path else f"{self.address}/{path.lstrip('/')}"

    def _follow(
        self, path: str, params: Mapping[str, Any] | None, headers: Mapping[str, str] | None
    ) -> Answer:
        url = self._url(path)
        for _ in range(REDIRECTS + 1):
            answer = self._once("GET", url, params, dict(headers or {}), None)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return answer
            url, params = urljoin(url, answer.headers["location"]), None
        raise UsageError(f"{services.shown(self.address)}: more than {REDIRECTS} redirects")

    def _once(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None,
        headers: dict[str, str],
        body: bytes | None,
    ) -> Answer:
        headers.setdefault("Accept", "application/json")
        if self._session is None:
            self._session = self._origin.session()
        self.requests += 1
        try:
            response = self._session.request(
                method, url, params=params, data=body, headers=headers, stream=True
            )
        except Refused as error:
            raise UsageError(str(error)) from None
        with response:
            content = _bounded(response)
        if response.status_code >= 400:
            # Some servers show in an error all that they were sent, and errors are shown, logged and kept.
            for word in self.__hidden:
                content = content.replace(word.encode(), b"(hidden)")
        named = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, named, content)


def _bounded(response: Any) -> bytes:
    body = b""
    until = time.monotonic() + TIME_LIMIT
    for piece in response.iter_content(_CHUNK):
        body += piece
        if len(body) > SIZE_LIMIT:
            raise OSError(f"it answers more than {SIZE_LIMIT >> 20} MiB")
        if time.monotonic() > until:
            raise OSError(f"it still talks after {TIME_LIMIT:g} s")
    return body


def said(answer: Answer) -> str:
    """Status and the tracker's own sentence, on one line; no page of HTML."""
    text = ""
    if "html" not in answer.headers.get("content-type", ""):
        plain = answer.body[:16_384].decode("utf-8", "replace")
        text = " ".join("".join(c if c.isprintable() else " " for c in plain).split())
    return f"the service answers {answer.status}{': ' if text else ''}{text[:_SENTENCE]}"


def _wait(answer: Answer, otherwise: float) -> float:
    """Seconds that the tracker asks us to wait, as a number or a date (RFC 9110, section 10.2.3)."""
    asked = answer.headers.get("retry-after", "").strip()
    if asked.isdigit():
        return float(asked[:6])
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        until = parsedate_to_datetime(asked)
        return max(0.0, (until - datetime.now(UTC)).total_seconds())
    return otherwise


def _never_begun(error: BaseException) -> bool:
    """Whether no connection was made, so that nothing can have been done."""
    from requests import ConnectTimeout
    from urllib3.exceptions import NewConnectionError

    inner: BaseException | None = error
    for _ in range(10):
        if inner is None:
            return False
        if isinstance(inner, (ConnectTimeout, SSLCertVerificationError, NewConnectionError)):
            return True
        arguments = inner.args[:1]
        reason = getattr(inner, "reason", None) or (arguments[0] if arguments else None)
        below = reason if isinstance(reason, BaseException) else None
        inner = inner.__cause__ or inner.__context__ or below
    return False
