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

from scanner.matcher.making import DIFFERENTIAL, RTSP_COMBINATION, Origin, evidence_of, origin_of
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

    def note(self, observation: Observation, fields: Fields) -> None:
        """Keep what of one reply may matter beside others."""
        if observation.protocol in WEB:
            self._note_web(observation, fields)
        elif observation.protocol is Protocol.RTSP:
            self._note_rtsp(observation, fields)

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

    def _note_web(self, observation: Observation, fields: Fields) -> None:
        path, status = path_of(observation, fields), fields.first("status")
        if (
            path is None
            or status is None
            or (observation.port not in self.web and len(self.web) >= _MOST_PORTS)
        ):
            return
        web = self.web.setdefault(observation.port, _Web())
        guarded, unknown = path.startswith(_GUARDED), is_unknown_path(path)
        if guarded and status == "401" and web.guarded is None:
            web.guarded, web.guarded_path = origin_of(observation), path
        elif unknown and status == "401":
            web.asks_everywhere = True
        elif unknown and status in _UNKNOWN_PATH:
            web.unknown = "404" if "404" in (web.unknown, status) else web.unknown or status
        body = fields.first("body")
        if status == "200" and body:
            digests = web.tree if path.startswith(_TREE) else web.others
            if len(digests) < _MOST_DIGESTS:
                digests.add(hashlib.blake2b(body.encode("utf-8", "surrogatepass"), digest_size=8).digest())

    def _note_rtsp(self, observation: Observation, fields: Fields) -> None:
        if observation.port not in self.rtsp and len(self.rtsp) >= _MOST_PORTS:
            return
        rtsp = self.rtsp.setdefault(observation.port, _Rtsp())
        rtsp.public = rtsp.public or _PUBLIC in (value.strip() for value in fields["public"])
        rtsp.date = rtsp.date or any(_DATE.fullmatch(line.rstrip()) for line in fields["line.date"])
        rtsp.server = rtsp.server or "header.server" in fields
        realm = next((realm for realm in fields["realm"] if _REALM.fullmatch(realm)), None)
        if realm is not None and rtsp.origin is None:
            rtsp.realm, rtsp.origin = realm, origin_of(observation)


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
