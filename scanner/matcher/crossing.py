"""What several replies of one host tell together, and no single one of them.

Web: a device of the maker asks for a login anywhere under ``/ISAPI`` and knows no other path; firmware for
India has that tree under ``/pramaAPI``. A host that asks for one everywhere, or that answers everything with
the same page, proves nothing by either.
RTSP: list of methods, spelling of the date and realm are each copied somewhere, together they are not.
Both from the research notes on signatures, §3 and "traps".
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.matcher.making import DIFFERENTIAL, RTSP_COMBINATION, Origin, evidence_of
from scanner.model.evidence import Claims, Evidence, Maker, Strength
from scanner.model.fields import Fields
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

WEB = frozenset({Protocol.HTTP, Protocol.HTTPS, Protocol.ISAPI})

_TREE = ("/isapi/", "/sdk/", "/psia/", "/pramaapi/")
"""Trees of the maker's interface; ``/sdk/`` is open to everybody, the others ask for a login."""
_GUARDED = ("/isapi/", "/psia/", "/pramaapi/")
_REAL = ("/doc/", "/codebase/", "/onvif/", "/favicon.ico", "/index", "/login", "/upnp", "/portal", *_TREE)
"""Paths that a device may really have; any other is a path that nobody should know."""
_UNKNOWN_PATH: Mapping[str, Strength] = {
    "404": Strength.STRONG,
    "403": Strength.STRONG,
    "200": Strength.WEAK,
}
"""What the contrast is worth, by the answer to a path that nobody should know.

Programs that give one page for every short path and ask for a login below all others show 200 beside 401 too.
"""
_MOST_DIGESTS = 16
_MOST_PORTS = 32

_PUBLIC = "OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN, SET_PARAMETER, GET_PARAMETER"
_DATE = re.compile(r"Date:  [A-Z][a-z]{2}, [A-Z][a-z]{2} \d\d \d{4} \d\d:\d\d:\d\d GMT", re.IGNORECASE)
_REALM = re.compile(r"IP Camera\([0-9A-Z]{4,6}\)|[0-9a-f]{12}|i?DS-[0-9A-Z][0-9A-Z/()\-]+")


class WebMark(NamedTuple):
    """What of one answer of a web port may matter beside others."""

    status: str
    guarded: str
    """The path, where it is one that the maker's devices guard; else empty."""
    unknown: bool
    """Whether the path is one that nobody should know."""
    tree: bool
    """Whether the path lies in one of the maker's trees."""
    page: bool
    """Whether it is a page that came with 200; which one, is not said here."""

    @property
    def asks(self) -> bool:
        """Whether a login is wanted for a path that the maker's devices guard."""
        return bool(self.guarded) and self.status == "401"


class RtspMark(NamedTuple):
    """What of one RTSP answer may matter beside others."""

    public: bool
    date: bool
    server: bool
    realm: str
    """The realm in the maker's spelling; empty where there is none."""


Mark = WebMark | RtspMark


def mark_of(observation: Observation, fields: Fields) -> tuple[Mark | None, bytes]:
    """What of one reply may matter beside others, and the digest of its page where it is one."""
    if observation.protocol in WEB:
        return _web_mark(observation, fields)
    if observation.protocol is Protocol.RTSP:
        return _rtsp_mark(fields), b""
    return None, b""


def _web_mark(observation: Observation, fields: Fields) -> tuple[WebMark | None, bytes]:
    path, status = path_of(observation, fields), fields.first("status")
    if path is None or status is None:
        return None, b""
    body = fields.first("body") if status == "200" else None
    mark = WebMark(
        status=status,
        guarded=path if path.startswith(_GUARDED) else "",
        unknown=is_unknown_path(path),
        tree=path.startswith(_TREE),
        page=bool(body),
    )
    if not body:
        return mark, b""
    return mark, hashlib.blake2b(body.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _rtsp_mark(fields: Fields) -> RtspMark:
    return RtspMark(
        public=_PUBLIC in (value.strip() for value in fields["public"]),
        date=any(_DATE.fullmatch(line.rstrip()) for line in fields["line.date"]),
        server="header.server" in fields,
        realm=next((realm for realm in fields["realm"] if _REALM.fullmatch(realm)), ""),
    )


@dataclass(slots=True)
class _Web:
    """One web port."""

    guarded: Origin | None = None
    guarded_path: str = ""
    unknown: str | None = None
    """Status of a path that nobody should know, other than 401."""
    asks_everywhere: bool = False
    tree: set[bytes] = field(default_factory=set)
    """Digests of pages that came with 200 under the maker's trees."""
    others: set[bytes] = field(default_factory=set)
    """Digests of pages that came with 200 from anywhere else."""


@dataclass(slots=True)
class _Rtsp:
    """One RTSP port."""

    public: bool = False
    date: bool = False
    server: bool = False
    realm: str = ""
    origin: Origin | None = None


@dataclass(slots=True)
class Crossing:
    """Marks of one host's replies; some bytes a port, whatever was answered."""

    web: dict[int, _Web] = field(default_factory=dict)
    rtsp: dict[int, _Rtsp] = field(default_factory=dict)

    def note(self, mark: Mark | None, page: bytes, origin: Origin) -> None:
        """Keep what of one reply may matter beside others.

        Args:
            mark: of the reply, as `mark_of` gives it.
            page: digest of its page; empty where it is none.
            origin: where the reply came from.
        """
        if isinstance(mark, WebMark):
            self._note_web(mark, page, origin)
        elif mark is not None:
            self._note_rtsp(mark, origin)

    def evidence(self) -> Iterator[Evidence]:
        """What the replies so far prove together."""
        for port, web in self.web.items():
            if web.guarded and web.unknown and not web.asks_everywhere and port not in self.same_page_ports():
                excerpt = f"401 for {web.guarded_path}, {web.unknown} for an unknown path"
                claims = Claims(maker=Maker.HIKVISION)
                yield evidence_of(DIFFERENTIAL, web.guarded, _UNKNOWN_PATH[web.unknown], excerpt, claims)
        for rtsp in self.rtsp.values():
            if rtsp.public and rtsp.date and rtsp.origin and not rtsp.server:
                claims = Claims(maker=Maker.HIKVISION)
                excerpt = f'Public: {_PUBLIC}; realm="{rtsp.realm}"'
                yield evidence_of(RTSP_COMBINATION, rtsp.origin, Strength.CONCLUSIVE, excerpt, claims)

    def origins(self) -> Iterator[str]:
        """Names of the observations that such evidence points to, or would."""
        guarded = (web.guarded for web in self.web.values())
        for origin in (*guarded, *(rtsp.origin for rtsp in self.rtsp.values())):
            if origin is not None:
                yield origin.observation

    def same_page_ports(self) -> frozenset[int]:
        """Web ports that answer the maker's paths with a page that they also give for others.

        A further port is asked for its front page alone: it is one of them if that is the same page.
        """
        pages = [web.tree & web.others for web in self.web.values()]
        same = frozenset().union(*pages)
        return frozenset(port for port, web in self.web.items() if same & (web.tree | web.others))

    @property
    def ports(self) -> frozenset[int]:
        """Ports of which something is kept."""
        return frozenset((*self.web, *self.rtsp))

    def part(self, ports: Collection[int]) -> Crossing:
        """What is kept of some ports."""
        return Crossing(
            web={port: web for port, web in self.web.items() if port in ports},
            rtsp={port: rtsp for port, rtsp in self.rtsp.items() if port in ports},
        )

    def _note_web(self, mark: WebMark, page: bytes, origin: Origin) -> None:
        if origin.port not in self.web and len(self.web) >= _MOST_PORTS:
            return
        web = self.web.setdefault(origin.port, _Web())
        if mark.asks and web.guarded is None:
            web.guarded, web.guarded_path = origin, mark.guarded
        elif mark.unknown and mark.status == "401":
            web.asks_everywhere = True
        elif mark.unknown and mark.status in _UNKNOWN_PATH:
            web.unknown = "404" if "404" in (web.unknown, mark.status) else web.unknown or mark.status
        if mark.page:
            digests = web.tree if mark.tree else web.others
            if len(digests) < _MOST_DIGESTS:
                digests.add(page)

    def _note_rtsp(self, mark: RtspMark, origin: Origin) -> None:
        if origin.port not in self.rtsp and len(self.rtsp) >= _MOST_PORTS:
            return
        rtsp = self.rtsp.setdefault(origin.port, _Rtsp())
        rtsp.public = rtsp.public or mark.public
        rtsp.date = rtsp.date or mark.date
        rtsp.server = rtsp.server or mark.server
        if mark.realm and rtsp.origin is None:
            rtsp.realm, rtsp.origin = mark.realm, origin


def is_unknown_path(path: str) -> bool:
    """Whether a path, in lower case, is one that nobody should know."""
    return path != "/" and not path.startswith(_REAL)


def path_of(observation: Observation, fields: Fields) -> str | None:
    """The path that was asked, lower case, without its query; None if it is not known or was not a GET."""
    if observation.request is None:
        return None
    method, _, target = observation.request.strip().partition(" ")
    if method.upper() not in {"GET", "HEAD"}:
        return None
    path = fields.first("request.path") or target.split(" ")[0]
    return path.partition("?")[0].lower() or None
