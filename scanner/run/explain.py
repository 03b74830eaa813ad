"""Finds a device or an address in the record of a run, and gathers all that the run knows of it."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from scanner.journal import Left, Life, Looked, Record, Rejected, read_journal
from scanner.knowledge import Knowledge
from scanner.matcher.identity import serial_key
from scanner.model.coverage import Gap
from scanner.model.device import Device
from scanner.model.ending import Ended
from scanner.model.errors import UsageError
from scanner.model.explained import Explained
from scanner.model.observation import Observation
from scanner.model.report import Report
from scanner.model.sighting import Sighting
from scanner.parsers.mac import canonical_mac
from scanner.parsers.text import printable
from scanner.policy.heard_ledger import LISTEN
from scanner.run.machine import data_folder
from scanner.run.result import NO_ENGINE, RunResult, build_report, read_result
from scanner.scope import canonical

ENDINGS_AT_MOST = 200
"""Endings listed of one device; a host that was asked more often than that is no usual one."""
_SHORTEST_PREFIX = 3
"""Digits of an id that are one without the ``dev-`` in front."""
_NAMED_AT_MOST = 4
_LONGEST_WITH_BROADCAST = 30
"""Bits of a prefix of IPv4 beyond which every address is a device's (RFC 3021)."""
_NAME_LENGTH = 64


def last_journal() -> Path:
    """The journal of the run that started last.

    Raises:
        UsageError: there is none.
    """
    folder = data_folder() / "journals"
    found = max(folder.glob("*.jsonl"), key=lambda path: path.name, default=None)
    if found is None:
        raise UsageError(f"{folder}: no run is recorded there; name one with --journal FILE")
    return found


def explain(path: Path, text: str, knowledge: Knowledge) -> Explained:
    """What a run knows of a device (id or its beginning, serial number, MAC) or of an address.

    Raises:
        UsageError: the journal cannot be read, or the text names nothing, or several devices.
    """
    result = read_result(path, knowledge)
    report = build_report([result], knowledge, None, None)
    address = _address(text)
    device = _find(report.devices, text, address)
    if device is None and address is None:
        named = printable(text, _NAME_LENGTH)
        raise UsageError(f"{named}: no device of {result.started.id} has this id, serial number or MAC")
    addresses = device.addresses if device is not None else (address,) if address is not None else ()
    return _gather(path, text, result, report, device, addresses)


def _gather(
    path: Path,
    text: str,
    result: RunResult,
    report: Report,
    device: Device | None,
    addresses: Sequence[str],
) -> Explained:
    hosts = {*addresses, *((device.mac,) if device is not None and device.mac else ())}
    endings: list[Ended] = []
    heard: Counter[str] = Counter()
    notes: dict[str, None] = {}
    for record in read_journal(path):
        match record:
            case Observation() if record.host in hosts:
                heard[record.protocol] += 1
            case Ended() if record.address in hosts and len(endings) < ENDINGS_AT_MOST:
                endings.append(record)
            case _ if note := _note(record, hosts):
                notes[note] = None
    notes |= dict.fromkeys(_of_the_subnet(addresses, (*result.started.connected, *result.started.targets)))
    own = [ipaddress.ip_network(prefix) for prefix in result.started.connected]
    near = any(ipaddress.ip_address(address) in prefix for address in addresses for prefix in own)
    wanted = {piece.observation for piece in device.evidence} if device is not None else set()
    return Explained(
        asked_for=text,
        run=result.started.id,
        journal=str(path),
        device=device,
        states={address: result.ledger.state_of(address) for address in addresses},
        exhibits={one.observation: one for one in report.observations if one.observation in wanted},
        heard=dict(heard),
        endings=tuple(endings),
        notes=tuple(notes),
        gaps=tuple(_concerning(report.coverage.gaps, addresses)),
        routed=bool(addresses) and not near,
        scope=", ".join(result.started.targets),
        ghost=next((one for one in report.ignored if one.address in hosts), None),
        asks=result.started.engine not in {LISTEN, NO_ENGINE},
        read=result.started.engine == NO_ENGINE,
    )


def _of_the_subnet(addresses: Iterable[str], prefixes: Iterable[str]) -> Iterator[str]:
    """Addresses that no device has where a prefix is one subnet: they name the subnet, or all in it."""
    for address in addresses:
        for prefix in prefixes:
            network = _network(prefix)
            if network is None or network.version == 6 or network.prefixlen > _LONGEST_WITH_BROADCAST:
                continue
            whole = "if that is one subnet; no device has it then"
            if address == str(network.network_address):
                yield f"{address} is the address of {network} itself, {whole}"
            elif address == str(network.broadcast_address):
                yield f"{address} is the broadcast address of {network}, {whole}"


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _note(record: Record, hosts: set[str]) -> str:
    """What a record says of one of these addresses, besides answers and endings."""
    match record:
        case Left(address, reason, prefix) if address in hosts:
            return f"{'its prefix' if prefix else address} was left alone: {reason}"
        case Rejected(address, router) if address in hosts:
            return f"{router} on the way says that nothing gets through to {address}"
        case Life(address) if address in hosts:
            return f"{address} gave a sign of life that is no answer"
        case Looked(address) if address in hosts:
            return f"every conversation planned with {address} was finished"
        case Sighting(mac=mac, switch=switch, port=port, uplink=True) if mac in hosts:
            return f"{mac} is behind port {port} of {switch}, which leads to other switches"
    return ""


def _address(text: str) -> str | None:
    """An address in its one spelling; one of IPv4 that is written as IPv6 is that of IPv4."""
    try:
        address = ipaddress.ip_address(canonical(text))
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def _find(devices: Iterable[Device], text: str, address: str | None) -> Device | None:
    """The device that a text names; None if there is none.

    Raises:
        UsageError: there are several.
    """
    found = [device for device in devices if _is_called(device, text, address)]
    if len(found) > 1:
        names = ", ".join(f"{one.id} ({', '.join(one.addresses[:1])})" for one in found[:_NAMED_AT_MOST])
        more = f" and {len(found) - _NAMED_AT_MOST} more" if len(found) > _NAMED_AT_MOST else ""
        named = printable(text, _NAME_LENGTH)
        raise UsageError(f"{named}: {len(found)} devices: {names}{more}; name one of them")
    return found[0] if found else None


def _is_called(device: Device, text: str, address: str | None) -> bool:
    if address is not None:
        return address in device.addresses
    return any(name == wanted for name, wanted in _names(device, text))


def _names(device: Device, text: str) -> Iterator[tuple[str, str]]:
    """Pairs that are equal where the text is a name of the device."""
    plain = text.strip()
    digits = plain.lower().removeprefix("dev-")
    if len(digits) >= (1 if plain.lower().startswith("dev-") else _SHORTEST_PREFIX):
        yield device.id[: len("dev-") + len(digits)], f"dev-{digits}"
    if device.mac and (mac := canonical_mac(plain)):
        yield device.mac, mac
    if device.serial:
        yield device.serial.upper(), plain.upper()
        yield serial_key(device.serial, device.model), serial_key(plain, device.model)


def _concerning(gaps: Iterable[Gap], addresses: Sequence[str]) -> Iterator[Gap]:
    """Gaps of everything, of an address itself, or of a prefix that holds it."""
    for gap in gaps:
        if gap.targets == "all" or any(_holds(gap.targets, address) for address in addresses):
            yield gap


def _holds(targets: str, address: str) -> bool:
    for part in targets.split(","):
        try:
            if ipaddress.ip_address(address) in ipaddress.ip_network(part.strip()):
                return True
        except ValueError:
            continue
    return False
