"""What names a device: serial number, endpoint reference, TLS key with serial, MAC address, address."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from scanner.model.identity import Name, Rung
from scanner.parsers.mac import canonical_mac, mac_from_eui64
from scanner.parsers.serial import read_serial

_ZEROS = re.compile(r"0{8}")
_MASK = re.compile(r"[xX*]{3}|_|serial", re.IGNORECASE)
"""What people put in place of a number; none has an underscore."""
_SHORTEST_SERIAL = 8
_FEWEST_CHARACTERS = 4
_UNIVERSAL = 0b11
_UUID = re.compile(r"(?:urn:)?(?:uuid:)?\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?")
_RUNGS = tuple(Rung)


def usable_serial(text: str | None) -> str | None:
    """The serial number if it can be one: not masked, not a row of zeros, not a word."""
    if text is None or len(text) < _SHORTEST_SERIAL or not any(one.isdigit() for one in text):
        return None
    if _ZEROS.search(text) or _MASK.search(text) or len(set(text)) < _FEWEST_CHARACTERS:
        return None
    return text


def usable_mac(text: str | None) -> str | None:
    """The MAC address in canonical form if it is universal and unicast, so that only one device has it."""
    mac = (canonical_mac(text) or mac_from_eui64(text)) if text else None
    if mac is None or int(mac[:2], 16) & _UNIVERSAL:
        return None
    return mac


def serial_key(serial: str, model: str | None = None) -> str:
    """What of a serial number stays when firmware changes: the counter at its end, else the whole."""
    parsed = read_serial(serial, model)
    return (parsed.short if parsed is not None and parsed.short else serial).upper().replace(" ", "")


def usable_endpoint(text: str | None) -> str | None:
    """The UUID of an endpoint reference in lower case, bare; None for no UUID, and for one of one digit."""
    found = _UUID.fullmatch((text or "").strip().lower())
    if found is None or len(set(found[1]) - {"-"}) == 1:
        return None
    return found[1]


def names_of(
    serial: str | None = None,
    model: str | None = None,
    mac: str | None = None,
    endpoint: str | None = None,
    tls_key: str | None = None,
    stated_serial: str | None = None,
) -> tuple[Name, ...]:
    """What may name a device, the most lasting first.

    Args:
        serial: a serial number that can be one.
        model: the model, which tells where some serial numbers begin.
        mac: a universal MAC address.
        endpoint: an endpoint reference.
        tls_key: digest of the public key of its certificate; it counts beside a serial number only, since a
            firmware may bring one key along for all its devices.
        stated_serial: whatever it states as its serial number, a placeholder included.
    """
    names = []
    if serial:
        names.append(Name(Rung.SERIAL, serial_key(serial, model)))
    if endpoint:
        names.append(Name(Rung.ENDPOINT, endpoint))
    if tls_key and (beside := serial or stated_serial):
        names.append(Name(Rung.TLS, f"{tls_key} {serial_key(beside, model)}"))
    if mac:
        names.append(Name(Rung.MAC, mac))
    return tuple(names)


def name_of(names: Iterable[Name], addresses: Sequence[str], port: int = 0) -> Name:
    """The most lasting name; the address, and the port where it is not alone there, if there is none.

    Of several at one rung the first counts.
    """
    best = min(names, key=lambda name: _RUNGS.index(name.rung), default=None)
    if best is not None:
        return best
    address = min(addresses, default="")
    return Name(Rung.ADDRESS, f"{address} port {port}" if port else address)


def device_id(name: Name) -> str:
    """The device's id: a digest of its most lasting name, the same in every run that saw it."""
    return "dev-" + hashlib.sha256(str(name).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def groups(keys: Sequence[Iterable[str]]) -> list[list[int]]:
    """Positions that share a key, directly or through others; in the order of their first member."""
    parent = list(range(len(keys)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    seen: dict[str, int] = {}
    for place, own in enumerate(keys):
        for key in own:
            first = seen.setdefault(key, place)
            one, two = sorted((root(first), root(place)))
            parent[two] = one
    found: dict[int, list[int]] = {}
    for place in range(len(keys)):
        found.setdefault(root(place), []).append(place)
    return [found[first] for first in sorted(found)]
