"""Devices that are one thing: several addresses, one serial number or one MAC address, one row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from scanner.matcher.identity import device_id, groups, serial_key, usable_mac
from scanner.matcher.level import strongest_first
from scanner.matcher.rules import LEVELS
from scanner.model.device import Device
from scanner.model.evidence import Evidence, Maker

_FIELDS = (
    *("maker_name", "presented_brand", "relation", "device_class", "model", "firmware"),
    *("oem_code", "series", "analogue", "produced", "built", "channels", "software"),
)


def join(devices: Iterable[Device]) -> list[Device]:
    """Merge devices that share a serial number (its short form is enough) or a universal MAC address.

    Where two disagree, the one with the higher level is believed. The order is that of first appearance. What
    was decided under measures belongs to single devices and is dropped: judge after joining. A MAC address
    behind which different things stand (a router that answers ARP for a whole prefix) joins nothing.
    """
    found = list(devices)
    shared = _shared_macs(found)
    joined = [
        found[places[0]] if len(places) == 1 else _merge([found[place] for place in places])
        for places in groups([tuple(_keys(device, shared)) for device in found])
    ]
    return [_named_apart(device) if usable_mac(device.mac) in shared else device for device in joined]


def _named_apart(device: Device) -> Device:
    """A device behind a shared MAC address is named by its serial number, else by its address."""
    return replace(device, id=device_id(device.serial, device.model, None, device.addresses))


def _keys(device: Device, shared: frozenset[str]) -> Iterator[str]:
    if device.serial:
        yield f"serial:{serial_key(device.serial, device.model)}"
    mac = usable_mac(device.mac)
    if mac is not None and mac not in shared:
        yield f"mac:{mac}"


def _shared_macs(devices: Sequence[Device]) -> frozenset[str]:
    """MAC addresses whose devices cannot be one thing: other serial numbers, models or makers."""
    by_mac: dict[str, list[Device]] = {}
    for device in devices:
        mac = usable_mac(device.mac)
        if mac is not None:
            by_mac.setdefault(mac, []).append(device)
    return frozenset(mac for mac, found in by_mac.items() if _differ(found))


def _differ(devices: Sequence[Device]) -> bool:
    serials = {serial_key(one.serial, one.model) for one in devices if one.serial}
    models = {one.model.casefold() for one in devices if one.model}
    makers = {one.evidenced_maker for one in devices} - {Maker.UNKNOWN}
    return max(len(serials), len(models), len(makers)) > 1


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
    serial, model_of_serial = next(((one.serial, one.model) for one in ranked if one.serial), (None, None))
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
        id=device_id(serial, model_of_serial, mac, addresses),
        addresses=addresses,
        mac=mac,
        serial=serial,
        evidence=_evidence(agreeing),
        contradictions=(*contradictions, *against),
        mandates=(),
    )


def _evidence(devices: Sequence[Device]) -> tuple[Evidence, ...]:
    return strongest_first(dict.fromkeys(one for device in devices for one in device.evidence))
