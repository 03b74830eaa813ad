"""What of a host's statements may name the device, and what is left aside because many carry it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from scanner.knowledge.placeholders import Placeholders
from scanner.matcher.host import HostState
from scanner.matcher.identity import names_of, usable_endpoint, usable_mac, usable_serial
from scanner.matcher.statements import ENDPOINT, MAC, SERIAL, TLS_KEY
from scanner.model.identity import Name
from scanner.parsers.mac import canonical_mac

_GUESSED = ("mdns.", "dhcp.")
"""Fields that hold a name, which a serial number may be read out of."""
_HIDDEN = re.compile(r"0{8}|[xX*]{3}")


@dataclass(frozen=True, slots=True)
class Naming:
    """What may name a device, the most lasting first, and sentences on what does not."""

    names: tuple[Name, ...]
    reasons: tuple[str, ...]


def naming_of(
    state: HostState, serial: str | None, model: str | None, mac: str | None, known: Placeholders
) -> Naming:
    """What names the device of one host.

    Args:
        state: what the host said.
        serial: the serial number that is believed, or None.
        model: the model that is believed, or None.
        mac: the MAC address that is believed, or None.
        known: values that many devices carry.
    """
    endpoint = next(usable_endpoints(state, known), None)
    keys = (one.value for one in state.stated(TLS_KEY) if one.value not in known.tls_keys)
    names = names_of(serial, model, mac, endpoint, next(keys, None), next(_stated_serials(state), None))
    return Naming(names, tuple(dict.fromkeys(_left_aside(state, known))))


def usable_serials(values: Iterable[str], known: Placeholders) -> Iterator[str]:
    """Serial numbers among these that are no placeholder."""
    for value in values:
        serial = usable_serial(value)
        if serial is not None and serial.lower() not in known.serials:
            yield serial


def usable_macs(values: Iterable[str], known: Placeholders) -> Iterator[str]:
    """Universal MAC addresses among these that are no placeholder, in canonical form."""
    for value in values:
        mac = usable_mac(value)
        if mac is not None and mac not in known.macs:
            yield mac


def usable_endpoints(state: HostState, known: Placeholders) -> Iterator[str]:
    """Endpoint references of a host that are no placeholder."""
    for one in state.stated(ENDPOINT):
        endpoint = usable_endpoint(one.value)
        if endpoint is not None and endpoint not in known.endpoints:
            yield endpoint


def _stated_serials(state: HostState) -> Iterator[str]:
    """What is stated as the serial number, placeholders included, but nothing that somebody masked."""
    for one in state.stated(SERIAL):
        if not one.field.startswith(_GUESSED) and not _HIDDEN.search(one.value):
            yield one.value


def _left_aside(state: HostState, known: Placeholders) -> Iterator[str]:
    for one in state.stated(SERIAL):
        yield from _of_many("serial number", one.value, one.value, known.serials)
    for one in state.stated(MAC):
        yield from _of_many("MAC address", one.value, canonical_mac(one.value) or "", known.macs)


def _of_many(what: str, value: str, key: str, table: Mapping[str, str]) -> Iterator[str]:
    says = table.get(key.lower())
    if says is not None:
        yield f"the {what} {value} names no device: {says}"
