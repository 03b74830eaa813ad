"""What every export is held against: the reports of the folder above, and one whose every string is hostile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandate_words import MandateLibrary
from scanner.knowledge.mandates import load_mandates
from scanner.model.coverage import Gap
from scanner.model.device import Confidence, Device, DeviceClass, Relation
from scanner.model.evidence import Evidence, Maker, Strength
from scanner.model.finding import Deadline, Finding, Text
from scanner.model.protocol import Protocol
from scanner.model.report import Report, RunError
from scanner.model.sighting import Sighting
from scanner.reporter.export import FORMATS, Export, Life, Network, format_of

HOSTILE = (
    "=cmd|'/C calc'!A0",
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    '\t=HYPERLINK("http://x";"y")',
    "<script>alert(1)</script>",
    "[a](javascript:alert(1)) ![i](http://x/y) **b** `c` | d",
    "two\r\nlines\nCEF:0|evil|x",
    "nul\x00byte",
    "\U0001f4a9\U0001f3a5 camera",
    "\u202egnp.exe\u202c\u2066x",
    "\x1b[31mred\x1b]0;owned\x07",
    "half\ud83d",
    "a|b\\c=d",
    "quote\" and ' and ; and ,",
    "{{7*7}} ${7*7} %s",
    "x" * 9000,
)
"""What a device may call itself."""
FORBIDDEN = ("\x00", "\x1b", "\u202e", "\u2066", "\x07")
"""What may stand in no export as such, whatever it is written in."""


def hostile_device(text: str, number: int) -> Device:
    """A device whose every string is ``text``."""
    proof = Evidence("sig", Protocol.HTTP, 80, text, Strength.CONCLUSIVE, text, "obs-0123456789abcdef")
    finding = Finding(
        id="ca-federal-2025",
        applies="yes",
        decision="remove_required",
        action=Text(f"This device is presented as {text}.", f"Cet appareil se présente comme {text}."),
        citation="Statement, 27 June 2025",
        reason=Text(text, text),
        as_of="2026-11-23",
        deadline=Deadline("2027-01-31", "day", True),
        profile="ca-federal-institution",
    )
    return Device(
        id=f"dev-{number:016x}",
        addresses=(f"10.9.0.{number}",),
        evidenced_maker=Maker.HIKVISION,
        confidence=Confidence.CONFIRMED,
        mac=f"44:19:b6:00:00:{number:02x}",
        maker_name="Hikvision",
        presented_brand=text,
        relation=Relation.RELABEL,
        device_class=DeviceClass.CAMERA,
        model=text,
        serial=text,
        firmware=text,
        rule=text,
        oem_code=text,
        evidence=(proof,),
        contradictions=(text,),
        would_raise=(text,),
        mandates=(finding,),
        seen_at=(Sighting("44:19:b6:01:02:03", "", text, text, text, source=text),),
    )


def hostile_report(plain: Report) -> Report:
    """A device for each hostile text, hostile coverage and errors, and a run that did not end."""
    everything = " ".join(HOSTILE[:-1])
    gap = Gap(everything, everything, "blind", everything, True)
    run = replace(plain.run, reference=everything, interrupted=True, finished=None)
    devices = tuple(hostile_device(text, number) for number, text in enumerate(HOSTILE, 1))
    counted = replace(plain.coverage, gaps=(gap,))
    return replace(
        plain, run=run, coverage=counted, devices=devices, errors=(RunError(everything, everything),)
    )


@pytest.fixture(scope="session")
def library() -> MandateLibrary:
    """The mandates as they are."""
    return load_mandates(fingerprints_root())


@pytest.fixture
def export(reports: dict[str, Report], library: MandateLibrary) -> Callable[..., Export]:
    """Makes an export of a report of the set by its name, or of ``worst``, the hostile one."""

    def make(name: str, form: str = "", settings: dict[str, str] | None = None, **more: Any) -> Export:
        report = hostile_report(reports["relabel"]) if name == "worst" else reports[name]
        known = format_of(form).checked(settings or {}) if form else {}
        return Export(report, library, report.run.finished or report.run.started, settings=known, **more)

    return make


@pytest.fixture
def lived(export: Callable[..., Export]) -> Callable[..., Export]:
    """The same out of the inventory, with what it knows over time."""

    def make(name: str, form: str = "", **more: Any) -> Export:
        plain = export(name, form, **more)
        lives = {
            device.id: Life(
                "north",
                "present",
                "2026-11-01T10:00:00Z",
                "2026-10-01T10:00:00Z",
                "2026-11-24T10:15:00Z",
                {finding.id: "open" for finding in device.mandates},
            )
            for device in plain.report.devices
        }
        networks = (
            Network("north", "10.1.0.0/24", "2026-11-24T10:15:00Z", "run-1", ("tcp", "sadp"), 0, 256, 2),
            Network("north", "10.2.0.0/24", "2026-11-10T10:15:00Z", "run-0", ("tcp",), 14, 256, 0),
            Network("south", "10.3.0.0/24", None, "", (), None, 256, 0),
        )
        return replace(plain, as_of="2026-11-24", lives=lives, networks=networks)

    return make


SETS = (
    "nothing-complete",
    "nothing-incomplete",
    "one-confirmed",
    "relabel",
    "hostile",
    "french",
    "no-profile",
    "what-it-is",
    "behind-one-address",
    "worst",
)


@pytest.fixture(params=SETS)
def each(request: pytest.FixtureRequest) -> str:
    """The name of each report of the set in turn."""
    return request.param


@pytest.fixture(params=FORMATS)
def form(request: pytest.FixtureRequest) -> str:
    """The name of each format in turn."""
    return request.param
