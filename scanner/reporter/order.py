"""The order in which devices are shown, the same in every format."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from scanner.model.device import Confidence, Device
from scanner.model.evidence import Maker
from scanner.model.report import Report

_MAKERS = {Maker.HIKVISION: 0, Maker.OTHER: 1, Maker.UNKNOWN: 2}
_LEVELS = {level: place for place, level in enumerate(Confidence)}


def address_key(address: str) -> tuple[int, int, str]:
    """Sorts addresses as numbers, IPv4 first; what is no address comes last, by spelling."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return 9, 0, address
    return parsed.version, int(parsed), address


def _place(device: Device) -> tuple[int, int, tuple[int, int, str], str]:
    first = address_key(device.addresses[0]) if device.addresses else (9, 0, "")
    return _MAKERS[device.evidenced_maker], _LEVELS[device.confidence], first, device.id


def ordered(devices: Iterable[Device]) -> list[Device]:
    """The maker that we look for first, surest first, then by address."""
    return sorted(devices, key=_place)


def is_found(device: Device) -> bool:
    """True when the device counts towards the headline."""
    return device.evidenced_maker is Maker.HIKVISION and device.confidence is not Confidence.NONE


def listed(report: Report, *, show_all: bool) -> list[Device]:
    """The devices that a format for people lists: the found ones, or all of them."""
    return ordered(device for device in report.devices if show_all or is_found(device))
