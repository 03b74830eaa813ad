"""Devices that are one thing: several addresses, one name, one row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scanner.matcher.identity import device_id, groups, name_of
from scanner.matcher.level import strongest_first
from scanner.matcher.rules import LEVELS
from scanner.matcher.shared import WORDS, names, shared_names
from scanner.model.device import Device
from scanner.model.evidence import Evidence, Maker
from scanner.model.identity import Identity, Name

_FIELDS = (
    *("maker_name", "presented_brand", "relation", "device_class", "model", "firmware"),
    *("oem_code", "series", "analogue", "produced", "built", "channels", "software"),
)


def join(devices: Iterable[Device]) -> list[Device]:
    """Merge devices that share a name: serial number (short form), endpoint reference, TLS key, MAC address.

    Where two disagree, the one with the higher level is believed. The order is that of first appearance. What
    was decided under measures belongs to single devices and is dropped: judge after joining. A name that
    things carry which cannot be one (a router that answers ARP for a whole prefix) joins nothing.
    """
    found = list(devices)
    shared = shared_names(found)
    own = [tuple(name for name in names(device) if name not in shared) for device in found]
    return [
        _one([found[place] for place in places], [own[place] for place in places], shared)
        for places in groups([tuple(map(str, some)) for some in own])
    ]


def _one(devices: Sequence[Device], own: Sequence[tuple[Name, ...]], shared: Mapping[Name, str]) -> Device:
    """The device that these are, named by what it shares with nobody else."""
    doubtful = [name for device in devices for name in names(device) if name in shared]
    if len(devices) == 1 and not doubtful:
        return devices[0]
    merged = devices[0] if len(devices) == 1 else _merge(devices)
    ranked = [name for _, some in sorted(zip(devices, own, strict=True), key=_place) for name in some]
    port = merged.ports[0] if merged.ports and not _is_first(merged) else 0
    best = name_of(ranked, merged.addresses, port)
    reasons = [reason for device in devices if device.identity for reason in device.identity.reasons]
    reasons += _joined_by(devices, own)
    reasons += [shared[name] for name in doubtful]
    return replace(
        merged,
        id=device_id(best),
        names=tuple(dict.fromkeys(name for device in devices for name in names(device))),
        identity=Identity(best.rung, best.key, tuple(dict.fromkeys(reasons))),
    )


def _is_first(device: Device) -> bool:
    """Whether it stands for its address already, though it is not alone there."""
    return device.identity is not None and device.identity.key in device.addresses


def _place(pair: tuple[Device, tuple[Name, ...]]) -> tuple[bool, int]:
    device = pair[0]
    return device.evidenced_maker is not Maker.HIKVISION, -LEVELS[device.confidence]


def _joined_by(devices: Sequence[Device], own: Sequence[tuple[Name, ...]]) -> Iterator[str]:
    """A sentence for each name that joined."""
    places: dict[Name, dict[str, None]] = {}
    for device, some in zip(devices, own, strict=True):
        for name in some:
            places.setdefault(name, {}).update(dict.fromkeys(device.addresses))
    for name, at in places.items():
        if len(at) > 1:
            yield f"{', '.join(at)}: the same {WORDS[name.rung]} {name.key}"


def _merge(devices: Sequence[Device]) -> Device:
    ranked = sorted(
        devices, key=lambda one: (one.evidenced_maker is not Maker.HIKVISION, -LEVELS[one.confidence])
    )
    best = ranked[0]
    agreeing = [one for one in ranked if one.evidenced_maker in {best.evidenced_maker, Maker.UNKNOWN}]
    filled: dict[str, Any] = {
        name: next((value for one in agreeing if (value := getattr(one, name)) is not None), None)
        for name in _FIELDS
    }
    serial = next((one.serial for one in ranked if one.serial), None)
    mac = next((one.mac for one in ranked if one.mac), None)
    addresses = tuple(dict.fromkeys(address for one in devices for address in one.addresses))
    against = [
        f"{one.addresses[0]} looks like {one.maker_name or 'another maker'}"
        for one in ranked
        if one not in agreeing and one.addresses
    ]
    contradictions = dict.fromkeys(sentence for one in agreeing for sentence in one.contradictions)
    return replace(
        best,
        **filled,
        addresses=addresses,
        mac=mac,
        serial=serial,
        ports=tuple(dict.fromkeys(port for one in ranked for port in one.ports)),
        evidence=_evidence(agreeing),
        contradictions=(*contradictions, *against),
        mandates=(),
    )


def _evidence(devices: Sequence[Device]) -> tuple[Evidence, ...]:
    return strongest_first(dict.fromkeys(one for device in devices for one in device.evidence))
