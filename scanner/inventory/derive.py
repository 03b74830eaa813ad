"""What one run amounts to by itself: devices and networks, before they are joined with those of other runs.

It depends on the records of the run and on what is known today, and on nothing else of the store.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from scanner.inventory.words import NetworkView
from scanner.knowledge import Knowledge
from scanner.matcher.shared import shared_names
from scanner.model.device import Confidence, Device
from scanner.model.evidence import Maker
from scanner.model.finding import NEEDS_PROFILE
from scanner.model.identity import Name, Rung
from scanner.model.report import Report
from scanner.model.sighting import Sighting
from scanner.policy.ledger import SWEEP
from scanner.run.result import NO_ENGINE, RunResult, build_report
from scanner.scope import AddressRange, Network, group_key

_FIELDS = ("model", "serial", "firmware", "mac", "presented_brand", "device_class", "confidence", "software")
_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_RUNGS = {str(rung): rung for rung in Rung}
_BLINDS = frozenset({"link lost", "no link", "refused here"})
"""States of gaps that make silence say nothing, wherever it was."""


@dataclass(frozen=True, slots=True)
class Found:
    """A device as one run found it."""

    called: str
    """The id that the run gave it."""
    names: tuple[Name, ...]
    """What may name it and nothing else, the most lasting first."""
    addresses: tuple[str, ...]
    maker: str
    methods: frozenset[str] = frozenset()
    measures: frozenset[str] = frozenset()
    fields: Mapping[str, str] | None = None
    heard: str = ""
    """When, where files alone tell of it; empty: the run heard it itself, or a file says no time."""

    @property
    def ours(self) -> bool:
        """Whether it is the maker's, as far as the run can say."""
        return self.maker == Maker.HIKVISION


@dataclass(frozen=True, slots=True)
class Derived:
    """What one run amounts to."""

    found: tuple[Found, ...]
    shared: frozenset[str]
    """Names that things carried which differ."""
    networks: tuple[NetworkView, ...]
    """Without `others`: who is another device shows only among all runs."""
    judged: frozenset[str]
    sightings: tuple[Sighting, ...]


def derive(result: RunResult, knowledge: Knowledge) -> Derived:
    """Work out what a run amounts to.

    Args:
        result: that took all of its records.
        knowledge: what is known today.
    """
    report = build_report([result], knowledge, None, None)
    shared = shared_names(report.devices)
    found = tuple(
        _found(device, result, report, frozenset(shared))
        for device in report.devices
        if _is_kept(device, shared)
    )
    return Derived(
        found,
        frozenset(map(str, shared)),
        tuple(_networks(result, report)),
        frozenset(_judged_by(report.devices)),
        tuple(dict.fromkeys(result.sightings.all())),
    )


def _judged_by(devices: Iterable[Device]) -> Iterator[str]:
    """The measures that say whether they reach a device. Where nobody chose a profile, none says so."""
    for device in devices:
        yield from (finding.id for finding in device.mandates if finding.applies != NEEDS_PROFILE)


def _is_kept(device: Device, shared: Mapping[Name, str]) -> bool:
    """The maker's, and whatever can be told from it: by its maker or by a name of its own."""
    if device.evidenced_maker is Maker.HIKVISION:
        return device.confidence is not Confidence.NONE
    return device.evidenced_maker is Maker.OTHER or any(name not in shared for name in device.names)


def _found(device: Device, result: RunResult, report: Report, shared: frozenset[Name]) -> Found:
    ours = device.evidenced_maker is Maker.HIKVISION
    names = tuple(name for name in device.names if name not in shared and name.rung is not Rung.ADDRESS)
    if not ours:
        return Found(device.id, names, device.addresses, str(device.evidenced_maker))
    fields = {name: str(value) for name in _FIELDS if (value := getattr(device, name))}
    if device.seen_at:
        fields["seen_at"] = "; ".join(f"{one.switch} {one.port}".strip() for one in device.seen_at)
    methods = {method for address in device.addresses for method in result.ledger.methods_at(address)}
    reached = {finding.id for finding in device.mandates if finding.applies not in ("no", NEEDS_PROFILE)}
    return Found(
        device.id,
        names,
        device.addresses,
        str(device.evidenced_maker),
        frozenset(methods),
        frozenset(reached),
        fields,
        "" if result.ledger.talked.intersection(device.addresses) else _heard(device, report),
    )


def _heard(device: Device, report: Report) -> str:
    """The newest of what shows the device, where files alone do; empty where the run heard it itself."""
    shown = {evidence.observation for evidence in device.evidence}
    exhibits = [one for one in report.observations if one.observation in shown]
    if not exhibits or not all(one.source and one.at for one in exhibits):
        return ""
    return min(max(one.at for one in exhibits), report.run.started)


def _networks(result: RunResult, report: Report) -> Iterator[NetworkView]:
    """What the run walked, cut at the borders of the /24s (IPv6: /112s), and what it did there.

    Who reads files walks nothing: their silence was heard at a time and from a place that nobody vouches for,
    and a file that is taken twice would count twice.
    """
    if result.started.engine == NO_ENGINE:
        return
    whole = set() if _was_blind(report) else result.ledger.whole_groups()
    ended = result.finish is not None and not result.finish.interrupted
    answered: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for address in result.ledger.spoke:
        answered[group_key(address)].append(address)
    for network in _pieces(result):
        key = group_key(str(network.network_address))
        there = [one for one in answered[key] if ipaddress.ip_address(one) in network]
        yield NetworkView(
            prefix=str(network),
            covered=frozenset({SWEEP}) if key in whole else frozenset(),
            answered=frozenset(there),
            others=frozenset(),
            interrupted=key not in whole and not ended,
        )


def _pieces(result: RunResult) -> Iterator[Network]:
    """The walked addresses as prefixes, none larger than a group."""
    for key, first, count in result.scope.pieces():
        start = int(ipaddress.ip_address(result.scope.address(first)))
        yield from AddressRange(key[0], start, start + count - 1).networks()


def _was_blind(report: Report) -> bool:
    """Whether something kept the whole sweep from seeing: a lost link, our own firewall, a fault."""
    return any(
        gap.affects_verdict and (gap.state in _BLINDS or (gap.state == "fault" and gap.targets == "run"))
        for gap in report.coverage.gaps
    )


def packed(derived: Derived) -> bytes:
    """As the store keeps it: compressed, a line for each device, the same bytes for the same content.

    A line begins with addresses and methods, so that two runs can be compared without reading every device.
    """
    head = {
        "shared": sorted(derived.shared),
        "networks": [
            [one.prefix, sorted(one.covered), sorted(one.answered), one.interrupted]
            for one in derived.networks
        ],
        "judged": sorted(derived.judged),
        "sightings": [asdict(one) for one in derived.sightings],
    }
    lines = [_WRITER.encode(head), *map(_line, derived.found)]
    return zlib.compress("\n".join(lines).encode("ascii"))


def _line(one: Found) -> str:
    rest = [
        one.called,
        [[str(name.rung), name.key] for name in one.names],
        one.maker,
        sorted(one.measures),
        None if one.fields is None else dict(one.fields),
        one.heard,
    ]
    return f"{' '.join(one.addresses)}\t{' '.join(sorted(one.methods))}\t{_WRITER.encode(rest)}"


def lines_of(data: bytes) -> tuple[str, list[str]]:
    """What `packed` kept: of the run, and a line for each device."""
    head, *lines = zlib.decompress(data).decode("ascii").split("\n")
    return head, lines


def found_of(lines: Iterable[str]) -> tuple[Found, ...]:
    """Devices by their lines."""
    parts = [line.split("\t", 2) for line in lines]
    rests = json.loads(f"[{','.join([part[2] for part in parts])}]")
    return tuple(
        Found(
            called,
            tuple([Name(_RUNGS[rung], key) for rung, key in names]),
            tuple(addresses.split(" ")) if addresses else (),
            maker,
            frozenset(methods.split(" ")) if methods else frozenset(),
            frozenset(measures),
            fields,
            heard,
        )
        for (addresses, methods, _), (called, names, maker, measures, fields, heard) in zip(
            parts, rests, strict=True
        )
    )


def unpacked(data: bytes) -> Derived:
    """What `packed` kept."""
    head, lines = lines_of(data)
    kept = json.loads(head)
    return Derived(
        found_of(lines),
        frozenset(kept["shared"]),
        tuple(
            NetworkView(prefix, frozenset(covered), frozenset(answered), frozenset(), interrupted)
            for prefix, covered, answered, interrupted in kept["networks"]
        ),
        frozenset(kept["judged"]),
        tuple(Sighting(**one) for one in kept["sightings"]),
    )


def derived_row(name: str, lines: int, mark: str, told: Derived) -> dict[str, Any]:
    """What a run amounts to, as the store keeps it.

    Args:
        name: of the run.
        lines: how many of its lines were known.
        mark: of what is known of signatures and mandates.
        told: what it amounts to.
    """
    data = packed(told)
    return {
        "run": name,
        "lines": lines,
        "knowledge": mark,
        "shared": json.dumps(sorted(told.shared), separators=(",", ":")),
        "mark": hashlib.sha256(data).hexdigest()[:16],
        "data": data,
    }
