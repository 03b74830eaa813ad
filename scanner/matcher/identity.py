"""Which things are one device: serial number before MAC address before network address."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from scanner.parsers.mac import canonical_mac, mac_from_eui64
from scanner.parsers.serial import read_serial

_ZEROS = re.compile(r"0{8}")
_MASK = re.compile(r"[xX*]{3}")
_SHORTEST_SERIAL = 8
_FEWEST_CHARACTERS = 4
_UNIVERSAL = 0b11


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


def device_id(serial: str | None, model: str | None, mac: str | None, addresses: Sequence[str]) -> str:
    """The device's name: a digest of the strongest identity seen, the same in every run that saw it."""
    if serial:
        text = f"serial:{serial_key(serial, model)}"
    elif mac:
        text = f"mac:{mac}"
    else:
        text = f"address:{min(addresses, default='')}"
    return "dev-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


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
