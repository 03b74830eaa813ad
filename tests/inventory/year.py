"""A year of weekly sweeps of a changing network, and what each device is after each week, written by hand.

Two sites use one prefix. In the second network a whole VLAN of cameras fails once and is cut later.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

from scanner.inventory.words import Decision, NetworkView, RunView, Seen
from scanner.model.sighting import Sighting

VLAN, FOREIGN = "10.2.0.0/24", "192.168.99.5"
BLIND, NARROW, EMPTY, INTERRUPTED, OUTAGE, CUT = 12, 18, 22, 26, 16, 20
MAC, LATER = "aa:aa:aa:aa:aa:16", "bb:bb:bb:bb:bb:99"

ABSENT = {
    # Weeks in which a device does not answer, though it is asked.
    "steady": (),
    "added": range(4),
    "roaming": (),
    "old": range(6, 53),
    "successor": range(6),
    "off": range(8, 31),
    "laptop": range(8, 53),
    "blinking": (15, 16, 25, 35, 36),
    "discovered": range(10, 53),
    "returned": range(1, 41),
    "vlan-1": (OUTAGE, *range(CUT, 53)),
    "vlan-2": (OUTAGE, *range(CUT, 53)),
    "vlan-3": (OUTAGE, *range(CUT, 53)),
    "spared": (),
}
STATES = {
    # What changes in which week; everything else stays as it was.
    0: "steady new, roaming new, old new, off new, laptop new, blinking new, discovered new, returned new, "
    "vlan-1 new, vlan-2 new, vlan-3 new, spared new, twin new",
    1: "steady present, roaming present, old present, off present, laptop present, blinking present, "
    "discovered present, vlan-1 present, vlan-2 present, vlan-3 present, spared present, foreign new",
    3: "returned missing",
    4: "added new, twin present",
    5: "added present",
    6: "foreign stale, successor new",
    7: "successor present",
    8: "old missing, returned removed-unverified",
    10: "off missing, laptop missing, returned removed-verified",
    13: "old removed-unverified",
    14: "discovered stale",
    15: "off removed-unverified, laptop removed-unverified",
    17: "old removed-verified",
    20: "twin missing",
    21: "laptop removed-verified",
    25: "vlan-1 missing, vlan-2 missing, vlan-3 missing",
    28: "twin removed-unverified",
    30: "vlan-1 removed-unverified, vlan-2 removed-unverified, vlan-3 removed-unverified",
    31: "off present",
    40: "discovered removed-verified",
    41: "returned present",
}
FINDINGS = {
    # The same for findings, by device; a week's decisions come after its sweep.
    0: "steady open, roaming open, old open, off open, laptop open, blinking open, discovered open, "
    "returned open, vlan-1 open, vlan-2 open, vlan-3 open, spared open, twin open",
    1: "foreign open",
    2: "steady waived",
    4: "added open",
    6: "successor open",
    9: "steady open",
    10: "returned closed",
    17: "old closed",
    21: "laptop closed",
    30: "spared retracted",
    33: "spared open",
    40: "discovered closed",
    41: "returned open",
    45: "vlan-1 declared, vlan-2 declared, vlan-3 declared",
}
"""Waived in week 2 until the Sunday before the sweep of week 9."""


def decisions(say: SimpleNamespace) -> Iterator[Decision]:
    """What persons said, the day after a week's sweep."""
    yield say.decision(7 * 2 + 1, "waive", f"steady/{say.MEASURE}", until="2026-03-08", reason="spring")
    yield say.decision(7 * 10 + 1, "verify-removed", "returned", date="2026-01-20", note="sent back")
    yield say.decision(7 * 17 + 1, "verify-removed", "old", date="2026-02-12", note="label photographed")
    yield say.decision(
        7 * 20 + 1, "verify-removed", "vlan-1", date="2026-05-26", note="too early: not missing"
    )
    yield say.decision(7 * 25 + 1, "confirm", f"lab {VLAN}", answer="removed")
    yield say.decision(7 * 40 + 1, "verify-removed", "discovered", date="2026-10-12", note="seen by eye")
    yield say.decision(7 * 45 + 1, "retire", f"lab {VLAN}")


def runs(say: SimpleNamespace) -> Iterator[RunView]:
    """A sweep of the laboratory each week, and of the annex every fourth."""
    for week in range(53):
        yield laboratory(say, week)
        if week % 4 == 0:
            twin = (say.seen("twin", "10.1.0.11"),) if week < 12 else ()
            yield say.run(7 * week + 0.1, *twin, site="annex")


def laboratory(say: SimpleNamespace, week: int) -> RunView:
    """What a week's sweep of the laboratory saw."""
    there = {device: place(say, device, week) for device, weeks in ABSENT.items() if week not in weeks}
    foreign = [say.seen("foreign", FOREIGN, methods=("sadp",))] if week == 1 else []
    asked = [one for one in there.values() if answers(one, week)]
    return say.run(
        7 * week,
        *asked,
        *foreign,
        networks=tuple(networks(say, week, {address for one in asked for address in one.addresses})),
        sightings=tuple(sightings(week)),
    )


def place(say: SimpleNamespace, device: str, week: int) -> Seen:
    """A device as it would answer in a week."""
    number = 11 + [*ABSENT].index(device)
    net = "10.2.0" if device.startswith("vlan") else "10.1.0"
    if device == "roaming" and week >= 6:
        number += 40
    if device == "successor":
        number = 11 + [*ABSENT].index("old")
    methods = ("sadp",) if device == "discovered" else ("tcp", "sadp")
    measures = () if device == "spared" and 30 <= week < 33 else (say.MEASURE,)
    mac = MAC if device == "laptop" else ""
    return say.seen(device, f"{net}.{number}", methods=methods, measures=measures, mac=mac)


def answers(seen: Seen, week: int) -> bool:
    """Whether a sensor in this week's condition hears a device."""
    in_vlan = seen.addresses[0].startswith("10.2.")
    low = int(seen.addresses[0].rsplit(".", 1)[1]) < 16
    if week in (BLIND, EMPTY) and not in_vlan:
        return False
    return low or in_vlan if week in (NARROW, INTERRUPTED) else True


def networks(say: SimpleNamespace, week: int, heard: set[str]) -> Iterator[NetworkView]:
    """What it covered, and who else answered."""
    others = set(say.OTHERS) - (set(say.OTHERS[2:]) if week == BLIND else set())
    if week >= 9:
        others.add("10.1.0.17")  # a laptop has the address of the device of that name
    if week == EMPTY:
        others = set()
    here = {address for address in heard if address.startswith("10.1.")}
    whole = week not in (NARROW, INTERRUPTED)
    yield say.network(
        answered=here | others,
        others=others,
        covered=("tcp",) if whole else (),
        interrupted=week == INTERRUPTED,
    )
    switch = {"10.2.0.1"} if week != OUTAGE and week < CUT else set()
    vlan = {address for address in heard if address.startswith("10.2.")}
    yield say.network(VLAN, answered=vlan | switch, others=switch)


def sightings(week: int) -> Iterator[Sighting]:
    """What the switch lists at the port of the device whose address a laptop took."""
    if week < 8:
        yield Sighting(MAC, switch="sw1", port="Gi1/0/7")
    elif week >= 21:
        yield Sighting(LATER, switch="sw1", port="Gi1/0/7")
