"""Devices behind one address: port forwards, told apart by what their ports state.

Two ports belong to different things when both state a serial number of the maker's grammar and have none in
common, when both are TCP and state MAC addresses and have none in common, or when one shows Hikvision and the
other somebody else: by a strong sign, or by a model or serial number of its own, beside another name or
beside each other, and no sign of Hikvision whatever. A serial number, MAC address or model that both state
joins them, whatever else differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from scanner.knowledge import Knowledge
from scanner.matcher.host import HostState
from scanner.matcher.identity import groups
from scanner.matcher.level import climb
from scanner.matcher.making import STATED_MAKER
from scanner.matcher.naming import usable_macs, usable_serials
from scanner.matcher.platform import without_machine
from scanner.matcher.rules import LEVELS, YIELDING
from scanner.matcher.statements import MAC, MODEL, SERIAL
from scanner.matcher.weigh import weigh
from scanner.model.device import Confidence
from scanner.model.evidence import Evidence, Maker
from scanner.model.protocol import Protocol
from scanner.parsers.serial import read_serial

_GUESSED = ("mdns.", "dhcp.")
_DATAGRAMS = frozenset({0, 67, 68, 161, 1900, 3702, 5353, 37020})
"""Ports of discovery and of no port: whoever holds the address answers there, by any of its interfaces."""
_PROBABLE = LEVELS[Confidence.PROBABLE]


@dataclass(slots=True)
class _Node:
    """Ports that are of one thing for sure, and what they show."""

    ports: set[int]
    serials: set[str] = field(default_factory=set)
    macs: set[str] = field(default_factory=set)
    makers: set[Maker] = field(default_factory=set)
    models: set[str] = field(default_factory=set)

    @property
    def tcp(self) -> list[int]:
        """Its TCP ports, in order."""
        return sorted(self.ports - _DATAGRAMS)

    @property
    def names_itself(self) -> bool:
        """Whether it states or shows something by which it can be told from others.

        A MAC address that discovery gives is that of one interface of several, and tells nothing alone.
        """
        return bool(self.serials or self.makers or (self.macs and self.tcp))

    def why_apart(self, other: _Node) -> str:
        """What of the two cannot be of one thing; empty = nothing."""
        if self.macs & other.macs or any(_ends_alike(a, b) for a in self.serials for b in other.serials):
            return ""
        if self.serials and other.serials:
            return "state different serial numbers"
        if self.macs and other.macs and self.tcp and other.tcp:
            return "state different MAC addresses"
        differ = len(self.makers) == 1 == len(other.makers) and self.makers != other.makers
        if differ and not self.models & other.models:
            return "are of different makers"
        return ""

    def take(self, other: _Node) -> None:
        """The other is of the same thing."""
        self.ports |= other.ports
        self.serials |= other.serials
        self.macs |= other.macs
        self.makers |= other.makers
        self.models |= other.models


def _ends_alike(one: str, other: str) -> bool:
    """Whether two counters are one, of which a protocol may give the end alone."""
    return one.endswith(other) or other.endswith(one)


@dataclass(frozen=True, slots=True)
class Part:
    """One of several devices behind an address."""

    state: HostState
    ports: tuple[int, ...]
    """Its TCP ports."""
    main: bool
    """Whether it is the one that holds the address."""
    reason: str


def parts_of(state: HostState, knowledge: Knowledge) -> tuple[Part, ...]:
    """The devices behind one address; empty when nothing shows that there are several.

    The first is the one that holds the address: what no port tells is its.
    """
    if not _may_be_several(state):
        return ()
    nodes = _joined(_nodes(state, knowledge, sorted(state.ports)))
    if _is_software(state, knowledge):
        for node in nodes:
            node.makers.clear()
    telling = [node for node in nodes if node.names_itself]
    why = next((why for one in telling for other in telling if (why := one.why_apart(other))), "")
    if not why:
        return ()
    things = _things(telling)
    for node in nodes:
        if not any(node.ports <= thing.ports for thing in things):
            _home(node, things).take(node)
    return tuple(
        Part(
            state=state.part(thing.ports, main=place == 0),
            ports=tuple(thing.tcp),
            main=place == 0,
            reason=_reason(state.host, thing, things, why),
        )
        for place, thing in enumerate(things)
    )


def _may_be_several(state: HostState) -> bool:
    """Whether a closer look could show more than one: most state one number at one port."""
    if len(state.stated_at(SERIAL)) > 1 or len(state.stated_at(MAC).keys() - _DATAGRAMS) > 1:
        return True
    if len(state.ports - _DATAGRAMS) < 2:
        return False
    makers = {one.claims.maker for one in state.evidence}
    return makers >= {Maker.HIKVISION, Maker.OTHER} or (
        Maker.HIKVISION in makers and bool(state.stated(SERIAL))
    )


def _reason(host: str, thing: _Node, things: Sequence[_Node], why: str) -> str:
    others = [_where(other.tcp) for other in things if other is not thing]
    return f"{host}: {_where(thing.tcp)} and {', '.join(others)} {why}, so several devices stand behind it"


def _where(ports: Sequence[int]) -> str:
    if not ports:
        return "discovery"
    return f"{'port' if len(ports) == 1 else 'ports'} {', '.join(map(str, ports))}"


def _nodes(state: HostState, knowledge: Knowledge, ports: Iterable[int]) -> list[_Node]:
    models = state.stated_at(MODEL)
    found = []
    for port in ports:
        model = next((one.value for one in models.get(port, ())), None)
        stated = [
            one.value for one in state.stated_at(SERIAL).get(port, ()) if not one.field.startswith(_GUESSED)
        ]
        serials = {
            parsed.short.upper()
            for serial in usable_serials(stated, knowledge.placeholders)
            if (parsed := read_serial(serial, model)) is not None and parsed.short
        }
        macs = usable_macs((one.value for one in state.stated_at(MAC).get(port, ())), knowledge.placeholders)
        makers = set(_makers(state.part({port}, main=False), knowledge)) if port not in _DATAGRAMS else set()
        named = {one.value.casefold() for one in models.get(port, ())}
        found.append(_Node({port}, serials, set(macs), makers, named))
    return found


def _makers(state: HostState, knowledge: Knowledge) -> Iterator[Maker]:
    """Makers that this port alone shows."""
    counting = weigh(state.evidence, knowledge.signature, state.crossing.same_page_ports()).counting
    ours = [
        one for one in counting if one.claims.maker is Maker.HIKVISION and one.protocol is not Protocol.MAC
    ]
    theirs = [one for one in counting if one.claims.maker is Maker.OTHER and one.protocol is not Protocol.MAC]
    if LEVELS[climb(ours)] >= _PROBABLE:
        yield Maker.HIKVISION
    weighty = [one for one in theirs if one.family not in YIELDING]
    if LEVELS[climb(weighty)] >= _PROBABLE or (not ours and _introduces_itself(state, theirs, knowledge)):
        yield Maker.OTHER


def _introduces_itself(state: HostState, theirs: Iterable[Evidence], knowledge: Knowledge) -> bool:
    """Whether a port says what it is, and nothing of it can be the maker's.

    A relabel names somebody else too, but keeps the maker's serial number, or shows the maker beside it.
    """
    models = state.stated(MODEL)
    serials = [one.value for one in state.stated(SERIAL) if not one.field.startswith(_GUESSED)]
    beside = models[0].value if models else None
    if any(_may_be_ours(serial, beside, knowledge) for serial in serials):
        return False
    if any(one.signature == STATED_MAKER.id for one in theirs):
        return bool(models or serials)
    return bool(models and serials)


def _may_be_ours(serial: str, model: str | None, knowledge: Knowledge) -> bool:
    return read_serial(serial, model) is not None or knowledge.serials.period(serial) is not None


def _joined(nodes: Sequence[_Node]) -> list[_Node]:
    """Ports that share a serial number or a MAC address are of one thing."""
    keys = [
        [*(f"serial {one}" for one in node.serials), *(f"mac {one}" for one in node.macs)] for node in nodes
    ]
    joined = []
    for places in groups(keys):
        first = nodes[places[0]]
        for place in places[1:]:
            first.take(nodes[place])
        joined.append(first)
    return joined


def _things(nodes: Sequence[_Node]) -> list[_Node]:
    """One thing for each that names itself; a port that shows a maker alone goes to a thing of that maker."""
    things = sorted((node for node in nodes if node.serials or node.macs), key=_order)
    for node in nodes:
        if node.serials or node.macs:
            continue
        fitting = [thing for thing in things if not thing.why_apart(node) and _agree(thing, node)]
        if fitting:
            fitting[0].take(node)
        else:
            things.append(node)
    return sorted(things, key=_order)


def _order(thing: _Node) -> tuple[bool, int]:
    """Who answers to discovery holds the address; else whoever has the lowest port."""
    return not thing.ports & _DATAGRAMS, min(thing.ports)


def _agree(thing: _Node, node: _Node) -> bool:
    return not thing.makers or not node.makers or bool(thing.makers & node.makers)


def _home(node: _Node, things: Sequence[_Node]) -> _Node:
    """The thing that a port belongs to which says nothing by itself."""
    for thing in things:
        if thing.serials & node.serials or thing.macs & node.macs:
            return thing
    return next((thing for thing in things if not thing.why_apart(node)), things[0])


def _is_software(state: HostState, knowledge: Knowledge) -> bool:
    """Whether the maker's software on somebody else's machine explains that two makers are seen."""
    counting = weigh(state.evidence, knowledge.signature, state.crossing.same_page_ports()).counting
    return len(without_machine(counting, knowledge)) < len(counting)
