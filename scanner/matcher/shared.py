"""Names that cannot be of one device alone, because things that differ carry them.

Seen in the field: one serial number in every camera of a model (edgexfoundry/device-onvif-camera#2), one MAC
address in two cameras (home-assistant/core#59218, #97258, #162687), a router that answers ARP for a whole
prefix, a trunk with one address (NetAlertX#859). Such a name joins nothing and names nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from scanner.matcher.identity import names_of, usable_mac
from scanner.model.device import Device
from scanner.model.evidence import Maker
from scanner.model.identity import Name, Rung
from scanner.parsers.serial import read_serial

MANY_ADDRESSES = 8
"""IPv4 addresses of one device at most; behind more stands a router that answers for them."""
MANY_ENDPOINTS = 3
"""Endpoint references with one serial number of the maker's own grammar: a recorder with two interfaces may
have two."""
WORDS: Mapping[Rung, str] = {
    Rung.SERIAL: "serial number",
    Rung.ENDPOINT: "endpoint reference",
    Rung.TLS: "TLS key and serial number",
    Rung.MAC: "MAC address",
    Rung.ADDRESS: "address",
}


def names(device: Device) -> tuple[Name, ...]:
    """What may name a device, also where nobody worked it out."""
    return device.names or names_of(device.serial, device.model, usable_mac(device.mac))


def shared_names(devices: Sequence[Device]) -> dict[Name, str]:
    """Names that several different devices carry, each with a sentence."""
    carriers: dict[Name, list[Device]] = defaultdict(list)
    for device in devices:
        for name in names(device):
            carriers[name].append(device)
    several = {name: found for name, found in carriers.items() if len(found) > 1}
    shared = {
        name
        for name, found in several.items()
        if name.rung is Rung.SERIAL and _other_things_with_one_serial(found)
    }
    shared |= {
        name
        for name, found in several.items()
        if name.rung is not Rung.SERIAL and (_differ(found, shared, name.rung) or _are_many(found, name.rung))
    }
    return {name: _sentence(name) for name in shared}


def _sentence(name: Name) -> str:
    return (
        f"the {WORDS[name.rung]} {name.key} is that of things that differ, so it joins and names none of them"
    )


def _other_things_with_one_serial(devices: Sequence[Device]) -> bool:
    endpoints = _keys(devices, Rung.ENDPOINT)
    own = any(_is_of_the_grammar(device) for device in devices)
    return len(endpoints) >= (MANY_ENDPOINTS if own else 2)


def _is_of_the_grammar(device: Device) -> bool:
    parsed = read_serial(device.serial, device.model) if device.serial else None
    return parsed is not None and bool(parsed.short)


def _differ(devices: Sequence[Device], shared: Iterable[Name], rung: Rung) -> bool:
    """Whether these cannot be one thing: other serial numbers, models, makers or endpoint references."""
    serials = _keys(devices, Rung.SERIAL) - {name.key for name in shared}
    models = {one.model.casefold() for one in devices if one.model}
    makers = {one.evidenced_maker for one in devices} - {Maker.UNKNOWN}
    endpoints = _keys(devices, Rung.ENDPOINT)
    same_serial = len(serials) == 1 and all(_keys([one], Rung.SERIAL) for one in devices)
    # Two interfaces of one recorder may each have their own reference; its serial number makes them one.
    others = len(endpoints) if rung is not Rung.ENDPOINT and not same_serial else 0
    return max(len(serials), len(models), len(makers), others) > 1


def _are_many(devices: Sequence[Device], rung: Rung) -> bool:
    if rung is not Rung.MAC:
        return False
    return len({address for one in devices for address in one.addresses if "." in address}) > MANY_ADDRESSES


def _keys(devices: Iterable[Device], rung: Rung) -> set[str]:
    return {name.key for device in devices for name in names(device) if name.rung is rung}
