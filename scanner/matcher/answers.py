"""How a host answers, whatever it says: what two controls and its neighbours are held against.

One control is a port that nobody opens, the other a path that no server has. Of each web port the digest of
every answer is kept, by path: status, server, redirect and body, without the path that was asked and without
long numbers, so that a page that repeats them is still one page.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.matcher.crossing import WEB, is_unknown_path, path_of
from scanner.model.fields import Fields
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

_MOST_PORTS = 64
_MOST_PATHS = 16
_NUMBERS = re.compile(r"[0-9a-fA-F]{6,}")
_SAME_PAGE = "200"


@dataclass(slots=True)
class WebAnswers:
    """One web port: digest and status of each answer, by path."""

    by_path: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def front(self) -> str:
        """Digest of the front page, or of whatever came first."""
        return self.by_path.get("/", next(iter(self.by_path.values())))[0]

    @property
    def is_uniform(self) -> bool:
        """A path that nobody should know got the same answer as every other one."""
        asked = len(self.by_path) > 1 and any(is_unknown_path(path) for path in self.by_path)
        return asked and len({digest for digest, _ in self.by_path.values()}) == 1

    @property
    def is_one_page(self) -> bool:
        """Uniform, and it is a page and no refusal."""
        return self.is_uniform and {status for _, status in self.by_path.values()} == {_SAME_PAGE}


@dataclass(slots=True)
class Answers:
    """How one host answers; bounded, however much it says."""

    control: int = 0
    """The port that nobody opens; 0 = not tried."""
    accepts_control: bool | None = None
    """None: not tried, or not told."""
    looked: bool = False
    """Whether every conversation with it was finished."""
    open: set[int] = field(default_factory=set)
    """TCP ports that accepted."""
    web: dict[int, WebAnswers] = field(default_factory=dict)
    spoke: dict[int, str] = field(default_factory=dict)
    """Digest of the first words of every other TCP port that said something."""
    datagrams: set[Protocol] = field(default_factory=set)
    """Discovery that it answered: nothing that answers for TCP ports does."""

    def note(self, observation: Observation, fields: Fields) -> None:
        """Take one reply into account."""
        if observation.protocol is Protocol.MAC or observation.protocol is Protocol.DHCP:
            return
        if observation.protocol in _DATAGRAMS:
            self.datagrams.add(observation.protocol)
        elif observation.protocol in WEB:
            self._note_web(observation, fields)
        elif self._is_word(observation) and len(self.spoke) < _MOST_PORTS:
            self.spoke.setdefault(observation.port, _digest(observation.payload[:256].decode("latin-1")))

    @staticmethod
    def _is_word(observation: Observation) -> bool:
        """False for a certificate, and for a web server's refusal of a question in another protocol."""
        return observation.protocol is not Protocol.TLS_CERT and not observation.payload.startswith(b"HTTP/")

    def _note_web(self, observation: Observation, fields: Fields) -> None:
        path, status = path_of(observation, fields), fields.first("status")
        if path is None or status is None:
            return
        if observation.port not in self.web and len(self.web) >= _MOST_PORTS:
            return
        web = self.web.setdefault(observation.port, WebAnswers())
        if path not in web.by_path and len(web.by_path) < _MOST_PATHS:
            texts = (status, *fields["header.server"], *fields["header.location"], *fields["body"])
            web.by_path[path] = (_digest("\n".join(_plain(text, path) for text in texts)), status)

    @property
    def pages(self) -> frozenset[str]:
        """Digests that uniform ports give for every path."""
        return frozenset(web.front for web in self.web.values() if web.is_uniform)

    @property
    def explained(self) -> frozenset[int]:
        """Web ports whose answers do not depend on the path, or are those of such a port."""
        pages = self.pages
        return frozenset(
            port for port, web in self.web.items() if pages >= {digest for digest, _ in web.by_path.values()}
        )

    @property
    def pages_alike(self) -> frozenset[int]:
        """Those of them that give a page, and no refusal: an old device may refuse every path by itself."""
        return frozenset(
            port
            for port in self.explained
            if {status for _, status in self.web[port].by_path.values()} == {_SAME_PAGE}
        )

    @property
    def is_alike(self) -> bool:
        """Nothing that came depends on what was asked or where: one answer a kind of question."""
        words = Counter(self.spoke.values())
        same = all(count > 1 for count in words.values()) and len(words) <= 1
        return self.explained == self.web.keys() and same

    @property
    def is_one_page(self) -> bool:
        """Every reply that came is one page, whatever was asked and wherever."""
        return (
            any(web.is_one_page for web in self.web.values())
            and self.explained == self.web.keys()
            and not self.spoke
            and not self.datagrams
        )

    @property
    def is_mute(self) -> bool:
        """Several ports accept, a usual web port among them, and none says a word."""
        return len(self.open) > 1 and bool(self.open & _WEB_PORTS) and not (self.web or self.spoke)

    def print(self) -> tuple[tuple[int, str], ...]:
        """What neighbours are compared by: each port that accepted or answered, and how it answers."""
        return tuple(sorted(self._marks()))

    def _marks(self) -> Iterator[tuple[int, str]]:
        for port in self.open | self.web.keys() | self.spoke.keys():
            if port in self.web:
                yield port, self.web[port].front
            else:
                yield port, self.spoke.get(port, "")


_DATAGRAMS = frozenset(
    {Protocol.SADP, Protocol.ONVIF_WSDISCOVERY, Protocol.SSDP, Protocol.MDNS, Protocol.SNMP}
)
_WEB_PORTS = frozenset({80, 443, 8080, 8443})


def _plain(text: str, path: str) -> str:
    """A text without what differs from one asking to the next."""
    if len(path) > 1:
        text = re.sub(re.escape(path.lstrip("/")), "", text, flags=re.IGNORECASE)
    return _NUMBERS.sub("#", text)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
