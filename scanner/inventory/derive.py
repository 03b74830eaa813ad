"""What one run amounts to by itself: devices and networks, before they are joined with those of other runs.

It depends on the records of the run and on what is known today, and on nothing else of the store.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from scanner.inventory.words import NetworkView
from scanner.knowledge import Knowledge
from scanner.matcher.shared import shared_names
from scanner.model.device import Confidence, Device
from scanner.model.evidence import Maker
from scanner.model.identity import Name, Rung
from scanner.model.report import Report
from scanner.model.sighting import Sighting
from scanner.policy.ledger import SWEEP
from scanner.run.result import NO_ENGINE, RunResult, build_report
from scanner.scope import AddressRange, Network, group_key

_FIELDS = ("model", "serial", "firmware", "mac", "presented_brand", "device_class", "confidence", "software")
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
    """When, in a run that read files only; empty: the run heard it itself, or no file says when."""

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
        frozenset(finding.id for device in report.devices for finding in device.mandates),
        tuple(dict.fromkeys(result.sightings.all())),
    )


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
    reached = {finding.id for finding in device.mandates if finding.applies != "no"}
    return Found(
        device.id,
        names,
        device.addresses,
        str(device.evidenced_maker),
        frozenset(methods),
        frozenset(reached),
        fields,
        _heard(device, report) if result.started.engine == NO_ENGINE else "",
    )


def _heard(device: Device, report: Report) -> str:
    """The newest of what shows the device in a run that read files only; empty where one says no time."""
    shown = {evidence.observation for evidence in device.evidence}
    exhibits = [one for one in report.observations if one.observation in shown]
    if not exhibits or not all(one.at for one in exhibits):
        return ""
    return min(max(one.at for one in exhibits), report.run.started)


def _networks(result: RunResult, report: Report) -> Iterator[NetworkView]:
    """What the run walked, cut at the borders of the /24s (IPv6: /112s), and what it did there."""
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
    """As the store keeps it: compressed JSON, the same bytes for the same content."""
    data = {
        "found": [
            {
                **asdict(one),
                "names": [[str(name.rung), name.key] for name in one.names],
                "methods": sorted(one.methods),
                "measures": sorted(one.measures),
            }
            for one in derived.found
        ],
        "shared": sorted(derived.shared),
        "networks": [
            {
                "prefix": one.prefix,
                "covered": sorted(one.covered),
                "answered": sorted(one.answered),
                "interrupted": one.interrupted,
            }
            for one in derived.networks
        ],
        "judged": sorted(derived.judged),
        "sightings": [asdict(one) for one in derived.sightings],
    }
    return zlib.compress(json.dumps(data, sort_keys=True).encode("ascii"))


def unpacked(data: bytes) -> Derived:
    """What `packed` kept."""
    kept = json.loads(zlib.decompress(data))
    return Derived(
        tuple(
            Found(
                one["called"],
                tuple(Name(_RUNGS[rung], key) for rung, key in one["names"]),
                tuple(one["addresses"]),
                one["maker"],
                frozenset(one["methods"]),
                frozenset(one["measures"]),
                one["fields"],
                one.get("heard", ""),
            )
            for one in kept["found"]
        ),
        frozenset(kept["shared"]),
        tuple(
            NetworkView(
                one["prefix"],
                frozenset(one["covered"]),
                frozenset(one["answered"]),
                frozenset(),
                one["interrupted"],
            )
            for one in kept["networks"]
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
