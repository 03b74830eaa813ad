"""What a person can do beyond the questions of a scan, to be surer of a device."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.model.coverage import AddressState
from scanner.model.device import Confidence, Device
from scanner.model.evidence import Maker
from scanner.model.explained import Explained


def by_hand(explained: Explained) -> tuple[str, ...]:
    """Sentences for the reader, the most useful first; none where nothing is left to be known."""
    return tuple(_sentences(explained))


def _sentences(explained: Explained) -> Iterator[str]:
    device = explained.device
    sure = device is not None and device.confidence is Confidence.CONFIRMED
    if sure or set(explained.states.values()) == {None}:
        return
    other = device is not None and device.evidenced_maker is Maker.OTHER
    if device is not None and not other:
        yield _label(device)
    if explained.ghost is not None:
        yield "look from behind the proxy or firewall that answers there: it may hide what stands behind it"
    if other:
        return
    if device is not None and not device.addresses and device.mac:
        where = "its router's ARP table, DHCP leases"
        yield f"find its address ({where}) and scan it: only {device.mac} is known"
    elif explained.read:
        if explained.states:
            yield "scan it, best from its own subnet: files hold only what another tool asked and kept"
    elif explained.routed:
        yield "run from the device's own subnet: discovery protocols and its MAC are heard only there"
    if AddressState.EXCLUDED in explained.states.values():
        yield "scan again without the exclusion, if the address may be asked"
    if device is None and not explained.read and AddressState.BLIND in explained.states.values():
        yield "ask who owns the firewall or the route on the way, or ask its router (--snmp-router)"


def _label(device: Device) -> str:
    names = [name for name in (device.model, device.serial) if name]
    if names:
        return f"look at the label: it should name {' and '.join(names)}"
    return "look at the label: it names the model and the serial number"
