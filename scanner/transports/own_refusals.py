"""Questions that this machine's own firewall refused in the asked hosts' name.

A rule that rejects what leaves answers with a reset or an ICMP message that looks as if the host had sent it;
the socket cannot tell. The kernel's counters can: such a packet is counted as requested and not as
transmitted (``OutRequests``, ``OutTransmits`` of RFC 4293, in Linux since 6.9), and its answer comes in over
the loopback interface. Both have to show, since encrypted tunnels make packets that are requested twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_NET = Path("/proc/thread-self/net")


@dataclass(frozen=True, slots=True)
class _Counters:
    requested: int
    transmitted: int
    looped: int


class OwnRefusals:
    """Counts from when it is made."""

    def __init__(self, folder: Path = _NET) -> None:
        self._folder = folder
        self._start = _read(folder)

    def count(self) -> int:
        """How many packets were refused here so far; 0 also where the kernel does not count them."""
        now = _read(self._folder)
        if self._start is None or now is None:
            return 0
        requested = now.requested - self._start.requested
        transmitted = now.transmitted - self._start.transmitted
        return max(0, min(requested - transmitted, now.looped - self._start.looped))


def _read(folder: Path) -> _Counters | None:
    """The counters of this network namespace; None where one of them is missing."""
    try:
        names, values = (folder / "snmp").read_text().splitlines()[:2]
        ipv4 = dict(zip(names.split()[1:], map(int, values.split()[1:]), strict=True))
        ipv6 = _pairs((folder / "snmp6").read_text()) if (folder / "snmp6").exists() else {}
        looped = _sent_over_loopback((folder / "dev").read_text())
        return _Counters(
            ipv4["OutRequests"] + ipv4["ForwDatagrams"] + _ipv6(ipv6, "OutRequests", "OutForwDatagrams"),
            ipv4["OutTransmits"] + _ipv6(ipv6, "OutTransmits"),
            looped,
        )
    except (OSError, ValueError, KeyError):
        return None


def _pairs(text: str) -> dict[str, int]:
    return {name: int(value) for name, value in (line.split() for line in text.splitlines())}


def _ipv6(counters: dict[str, int], *names: str) -> int:
    return sum(counters[f"Ip6{name}"] for name in names) if counters else 0


def _sent_over_loopback(text: str) -> int:
    """The transmitted packets of ``lo`` in /proc/net/dev; 0 without such an interface."""
    for line in text.splitlines():
        name, _, numbers = line.partition(":")
        if name.strip() == "lo":
            return int(numbers.split()[9])
    return 0
