"""HTTP where we are the client of the organisation's own services: lists of targets, files of facts.

By requests. Not for devices: what they answer is read by the bounded transport `tcp`. Here the other side is
trusted to speak HTTP, and the care is for what services do: throttle, fail for a moment, move, and say why.

- ``https`` only; plain ``http`` only to this machine.
- Reads alone, so they may be repeated: three tries in all, after 429 and 5xx and broken connections, waiting
  as long as ``Retry-After`` says but at most 30 seconds.
- A redirect is followed to the same host only, and never from ``https`` to ``http``.
- At most 4 MiB, text only.
- No credentials from ``.netrc``; a bearer token only where the environment names one.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from scanner.model.errors import UsageError

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

TOKEN_VARIABLE = "HIKSWEEP_SERVICE_TOKEN"  # noqa: S105 - the name of the variable, not a token
SIZE_LIMIT = 4 << 20
"""Bytes of a body; a list of a million addresses fits."""
TIMEOUT = 20.0
"""Seconds to connect, and between two pieces of the body."""
TIME_LIMIT = 120.0
"""Seconds for a whole body."""
TRIES = 3
REDIRECTS = 5
WAIT_LIMIT = 30.0
"""Seconds between two tries at most."""
FIRST_WAIT = 1.0
_CHUNK = 65_536
_SENTENCE = 200
TRY_AGAIN = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Service:
    """Reads from the organisation's own HTTP services."""

    def __init__(
        self,
        *,
        token: str | None = None,
        timeout: float = TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare; nothing is opened.

        Args:
            token: a bearer token; None = the one in ``HIKSWEEP_SERVICE_TOKEN``, if any.
            timeout: seconds to connect, and between two pieces of the body.
            sleep: waits between two tries.
        """
        self.__token = token if token is not None else os.environ.get(TOKEN_VARIABLE, "")
        self._timeout = timeout
        self._sleep = sleep

    def __repr__(self) -> str:
        return "Service(token hidden)" if self.__token else "Service()"

    def text(self, url: str) -> str:
        """The text behind a URL.

        Raises:
            UsageError: one line that says what is wrong, in the service's own words where it gave some.
        """
        from requests import RequestException, Session

        checked(url)
        with Session() as session:
            session.headers["Accept"] = "text/plain, application/json, application/yaml, text/csv, */*;q=0.1"
            # An auth object keeps requests from looking for passwords in ~/.netrc.
            session.auth = self._authorise
            problem = ""
            for attempt in range(1, TRIES + 1):
                wait = FIRST_WAIT * 2 ** (attempt - 1)
                try:
                    response = self._follow(session, url)
                    if response.status_code not in TRY_AGAIN:
                        return _read(response, url)
                    problem = _said(response)
                    wait = retry_after(response, wait)
                except RequestException as error:
                    problem = in_words(error)
                if attempt < TRIES:
                    self._sleep(min(wait, WAIT_LIMIT))
        raise UsageError(f"{shown(url)}: {problem} ({TRIES} tries)")

    def _follow(self, session: object, url: str) -> Response:
        """GET, and follow redirects on the same host."""
        start = urlsplit(url)
        for _ in range(REDIRECTS + 1):
            response: Response = session.get(  # type: ignore[attr-defined]
                url, timeout=self._timeout, allow_redirects=False, stream=True
            )
            if response.status_code not in _REDIRECTS or "Location" not in response.headers:
                return response
            response.close()
            url = urljoin(url, response.headers["Location"])
            target = checked(url)
            if (target.hostname, port_of(target)) != (start.hostname, port_of(start)):
                raise UsageError(
                    f"{shown(start.geturl())}: it sends us on to another host or port ({shown(url)}); "
                    "if that is right, name that URL instead"
                )
        raise UsageError(f"{shown(start.geturl())}: more than {REDIRECTS} redirects")

    def _authorise(self, request: PreparedRequest) -> PreparedRequest:
        if self.__token:
            request.headers["Authorization"] = f"Bearer {self.__token}"
        return request


def checked(url: str) -> SplitResult:
    """Take a URL apart and refuse what may not be asked."""
    try:
        parts = urlsplit(url)
        secure = parts.scheme == "https" and bool(parts.hostname)
        near = parts.scheme == "http" and _is_this_machine(parts.hostname or "")
        port_of(parts)
    except ValueError:
        raise UsageError(f"{shown(url)}: no URL") from None
    if parts.username or parts.password:
        raise UsageError(f"{shown(url)}: no passwords in a URL; put a token into {TOKEN_VARIABLE}")
    if not (secure or near):
        raise UsageError(f"{shown(url)}: an https:// URL is needed (http:// only to this machine)")
    return parts


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def port_of(parts: SplitResult) -> int:
    """The port of a URL, said or not."""
    return parts.port or (443 if parts.scheme == "https" else 80)


def _read(response: Response, url: str) -> str:
    """The body of a good answer as text; a bounded read."""
    if response.status_code != 200:
        raise UsageError(f"{shown(url)}: {_said(response)}")
    body = bounded(response, SIZE_LIMIT)
    if body is None:
        raise UsageError(f"{shown(url)}: more than {SIZE_LIMIT >> 20} MiB; split it")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{shown(url)}: the answer is no UTF-8 text") from None


def bounded(response: Response, limit: int) -> bytes | None:
    """The body, or None when it is longer than the limit."""
    body = b""
    until = time.monotonic() + TIME_LIMIT
    with response:
        for piece in response.iter_content(_CHUNK):
            body += piece
            if len(body) > limit:
                return None
            if time.monotonic() > until:
                raise UsageError(f"{shown(response.url)}: it still talks after {TIME_LIMIT:g} s; given up")
    return body


def _said(response: Response) -> str:
    """Status and the service's own sentence, on one line."""
    said = f"the service answers {response.status_code} {response.reason or ''}".rstrip()
    body = b""
    with contextlib.suppress(OSError):  # the parent of everything that requests raises
        body = bounded(response, 16_384) or b""
    return said + sentence(body, response.headers.get("Content-Type", ""))


def sentence(body: bytes, media: str) -> str:
    """What a service says in the body of its answer, on one line; a page for browsers says nothing."""
    text = body[:16_384].decode("utf-8", "replace")
    if not text or "html" in media:
        return ""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f": {words[:_SENTENCE]}"


def retry_after(response: Response, otherwise: float) -> float:
    """Seconds that the service asks us to wait; dates are left to our own measure."""
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isdigit() else otherwise


def in_words(error: Exception) -> str:
    """What went wrong, without the machinery's names around it."""
    inner: BaseException = error
    for _ in range(10):
        following = inner.__cause__ or inner.__context__ or getattr(inner, "reason", None)
        if not isinstance(following, BaseException):
            break
        inner = following
    reason = inner.strerror if isinstance(inner, OSError) and inner.strerror else str(inner)
    return " ".join(reason.split())[:_SENTENCE] or type(error).__name__


def shown(url: str) -> str:
    """A URL fit for a message: without user, password, query or control characters."""
    place = url.partition("?")[0].partition("#")[0]
    scheme, separator, rest = place.partition("://")
    host, slash, path = rest.partition("/")
    plain = f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"
    return "".join(c for c in plain if c.isprintable())[:_SENTENCE]
