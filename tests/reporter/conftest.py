"""One named set of reports; every format is held against all of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scanner.model.coverage import AddressState, Coverage, Gap, MethodCount
from scanner.model.device import Channels, Confidence, Device, DeviceClass, Relation
from scanner.model.evidence import Evidence, Maker, Strength
from scanner.model.exhibit import Exhibit
from scanner.model.finding import Deadline, Finding, Text
from scanner.model.identity import Identity, Rung
from scanner.model.protocol import Protocol
from scanner.model.report import GhostKind, Ignored, KnowledgeVersion, Report, RunError, RunInfo, Sensor
from scanner.model.sighting import Sighting
from scanner.reporter.interface import Options

GOLDEN = Path(__file__).parent / "golden"
REGENERATE = "HIKSWEEP_GOLDEN"
"""Set this variable to 1 to write the golden files anew; then read the diff."""

DISCLAIMER = Text(
    "This report compares what was seen on the network with published measures as known on 2026-11-23. It is not "
    "legal advice; your security, procurement or legal authority decides."
)
DISCLAIMER_BOTH = Text(
    DISCLAIMER.en,
    "Ce rapport compare ce qui a été observé sur le réseau aux mesures publiées connues en date du 2026-11-23. Il ne "
    "constitue pas un avis juridique; la décision appartient à votre autorité responsable de la sécurité, de "
    "l'approvisionnement ou des affaires juridiques.",
)
OTHER_MAKERS = Text(
    "This measure reaches other makers too; this scan names only those that it can recognise."
)


RUN = RunInfo(
    id="run-20261124T101500Z-7f3a",
    version="0.1.0",
    started="2026-11-24T10:15:00Z",
    finished="2026-11-24T10:21:30Z",
    targets=("10.1.0.0/24",),
    profiles=(),
    engine="connect",
    reference="CHG-123",
    sensor=Sensor("north", "probe-1.example.net", ("eth0 10.1.0.5/24",), ("raw-socket", "multicast")),
    knowledge={
        "signatures": KnowledgeVersion("1", "2026-11-23"),
        "mandates": KnowledgeVersion("1", "2026-11-23"),
        "oui": KnowledgeVersion("1", "2026-11-20"),
    },
)


def coverage(
    answered: int = 3,
    refused: int = 1,
    silent: int = 250,
    blind: int = 0,
    aborted: int = 0,
    excluded: int = 2,
    gaps: tuple[Gap, ...] = (),
) -> Coverage:
    states = {
        AddressState.ANSWERED: answered,
        AddressState.REFUSED: refused,
        AddressState.SILENT: silent,
        AddressState.BLIND: blind,
        AddressState.ABORTED: aborted,
        AddressState.EXCLUDED: excluded,
    }
    asked = answered + refused + silent
    methods = {
        "tcp": MethodCount(asked, answered, silent, refused, 0),
        "http": MethodCount(answered, answered, 0, 0, 0),
        "sadp": MethodCount(asked, min(answered, 1), asked - min(answered, 1), 0, 0),
    }
    return Coverage(sum(states.values()), states, methods, gaps)


def evidence(
    signature: str,
    claim: str,
    strength: Strength,
    excerpt: str,
    protocol: Protocol = Protocol.HTTP,
    port: int = 80,
) -> Evidence:
    return Evidence(signature, protocol, port, claim, strength, excerpt, "obs-0123456789abcdef")


ISAPI = evidence(
    "isapi-namespace",
    "Answers with the maker's own XML namespace",
    Strength.CONCLUSIVE,
    'xmlns="http://www.hikvision.com/ver20/XMLSchema"',
    protocol=Protocol.ISAPI,
)
SERVER = evidence(
    "http-server-dnvrs-webs",
    "Web server of devices built by Hikvision; relabels keep it",
    Strength.CONCLUSIVE,
    "Server: DNVRS-Webs",
)
REALM = evidence(
    "rtsp-realm",
    "RTSP realm as Hikvision cameras write it",
    Strength.WEAK,
    'realm="IP Camera(C1234)"',
    protocol=Protocol.RTSP,
    port=554,
)

REMOVE = Finding(
    id="ca-federal-2025",
    applies="yes",
    decision="remove_required",
    action=Text(
        "Hikvision equipment confirmed. Take this device out of service and plan its replacement; no removal date "
        "has been published.",
        "Équipement Hikvision confirmé. Mettez cet appareil hors service et prévoyez son remplacement; aucune date "
        "limite de retrait n'a été publiée.",
    ),
    citation="Statement of the Minister of Industry, 27 June 2025",
    reason=Text(
        "Purchase and use are prohibited and installed products are to be identified and taken out.",
        "L'achat et l'utilisation sont interdits et les produits installés doivent être repérés et retirés.",
    ),
    as_of="2026-11-23",
    profile="ca-federal-institution",
)
COMPANY = Finding(
    id="ca-ica-2025",
    applies="no",
    decision="not_bound",
    action=Text(
        "This order binds the company and not its customers.", "Ce décret lie la société et non ses clients."
    ),
    citation="Order under subsection 25.4(1) of the Investment Canada Act, 27 June 2025",
    reason=Text("It binds the company only.", "Il ne lie que la société."),
    as_of="2026-11-23",
    profile="ca-federal-institution",
)
RELABEL_REVIEW = Finding(
    id="ca-federal-2025",
    applies="may",
    decision="review",
    action=Text(
        "This device is presented as LTS, but its own evidence shows that Hikvision made it. Treat it as included "
        "until your security authority decides.",
        "Cet appareil se présente sous la marque LTS, mais les éléments qu'il fournit lui-même montrent qu'il a été "
        "fabriqué par Hikvision. Considérez-le comme visé jusqu'à ce que votre autorité de sécurité se prononce.",
    ),
    citation="Statement of the Minister of Industry, 27 June 2025",
    reason=Text("The announcement is silent on other labels.", "L'annonce ne dit rien des autres marques."),
    as_of="2026-11-23",
    profile="ca-federal-institution",
)
NEEDS_DATE = Finding(
    id="ca-qc-2023",
    applies="needs:acquired_on",
    decision="review",
    action=Text(
        "The day of acquisition is not known. Find it: equipment acquired after 21 December 2023 may not be used.",
        "La date d'acquisition est inconnue. Établissez-la : l'équipement acquis après le 21 décembre 2023 ne peut "
        "être utilisé.",
    ),
    citation="Ministère de la Cybersécurité et du Numérique, 22 December 2023",
    reason=Text("It turns on the day of acquisition.", "Tout dépend de la date d'acquisition."),
    as_of="2026-11-23",
    profile="ca-quebec-public-body",
)
UNITED_KINGDOM = Finding(
    id="uk-2025-removal",
    applies="yes",
    decision="remove_required",
    action=Text(
        "Hikvision equipment confirmed on a site marked sensitive. Removal was planned for April 2025."
    ),
    citation="Statement to Parliament on removal, 2023",
    reason=Text("The site is marked sensitive."),
    as_of="2026-11-23",
    deadline=Deadline("2025-04", "month", False),
    profile="uk-central-government-sensitive-site",
)
INFORMATION = tuple(
    Finding(
        id=measure,
        applies="needs:profile",
        decision=None,
        action=Text("No profile was chosen: the measures listed are for information."),
        citation=citation,
        reason=Text("No profile was chosen."),
        as_of="2026-11-23",
    )
    for measure, citation in (
        ("ca-federal-2025", "Statement of the Minister of Industry, 27 June 2025"),
        ("us-ndaa-889-b", "Pub. L. 115-232, section 889(a)(1)(B)"),
    )
)

CAMERA = Device(
    id="dev-1c7a90e2b4d6f801",
    addresses=("10.1.0.64",),
    evidenced_maker=Maker.HIKVISION,
    confidence=Confidence.CONFIRMED,
    mac="c0:56:e3:01:02:03",
    maker_name="Hikvision",
    presented_brand="Hikvision",
    relation=Relation.OWN,
    device_class=DeviceClass.CAMERA,
    model="DS-2CD2042WD-I",
    serial="DS-2CD2042WD-I20160401CCWR000000001",
    firmware="V5.4.5 build 170124",
    evidence=(REALM, ISAPI),
)
RELABEL = Device(
    id="dev-2b8f11d3c5a79e02",
    addresses=("10.1.0.30", "10.1.9.30", "fd00::1e"),
    evidenced_maker=Maker.HIKVISION,
    confidence=Confidence.PROBABLE,
    mac="44:19:b6:0a:0b:0c",
    maker_name="Hikvision",
    presented_brand="LTS",
    relation=Relation.RELABEL,
    device_class=DeviceClass.RECORDER,
    model="LTN8704-P4",
    evidence=(SERVER,),
    contradictions=("The certificate names another maker (Example Systems)",),
    would_raise=("An answer to the discovery inquiry on UDP 37020",),
)
POSSIBLE = Device(
    id="dev-3aa0",
    addresses=("10.1.0.9",),
    evidenced_maker=Maker.HIKVISION,
    confidence=Confidence.POSSIBLE,
    maker_name="Hikvision",
    relation=Relation.UNKNOWN,
    evidence=(REALM,),
    would_raise=("One strong signature of another family",),
)
UNLISTED = Device(
    id="dev-7ee1",
    addresses=("10.1.0.80",),
    evidenced_maker=Maker.HIKVISION,
    confidence=Confidence.CONFIRMED,
    maker_name="Hikvision",
    relation=Relation.RELABEL,
    device_class=DeviceClass.CAMERA,
    model="ZQ99",
    firmware="V5.6.2",
    oem_code="1142",
    built="2019-07-01",
    evidence=(SERVER,),
)
RECORDER = Device(
    id="dev-7ee2",
    addresses=("10.1.0.81",),
    evidenced_maker=Maker.HIKVISION,
    confidence=Confidence.CONFIRMED,
    maker_name="Hikvision",
    presented_brand="Hikvision",
    relation=Relation.OWN,
    device_class=DeviceClass.RECORDER,
    model="DS-7216HQHI-K2",
    series="DS-72 digital video recorder",
    serial="D53257168",
    produced="2019-07/2019-09",
    analogue=True,
    channels=Channels(16, 9, 7, "room for 16 channels; 9 tied to it; up to 7 to look for by hand"),
    evidence=(ISAPI,),
    seen_at=(
        Sighting(
            "44:19:b6:01:02:03",
            "",
            "core-1",
            "Gi1/0/7",
            "20",
            source="forwarding table of 10.9.0.1",
            at="2026-11-24T10:20:00Z",
        ),
    ),
)
SOFTWARE = Device(
    id="dev-7ee3",
    addresses=("10.1.0.82",),
    evidenced_maker=Maker.HIKVISION,
    confidence=Confidence.PROBABLE,
    maker_name="Hikvision",
    relation=Relation.OWN,
    device_class=DeviceClass.PLATFORM,
    software="HikCentral Professional",
    evidence=(SERVER,),
)
OTHER = Device(
    id="dev-4bb0",
    addresses=("10.1.0.70",),
    evidenced_maker=Maker.OTHER,
    confidence=Confidence.CONFIRMED,
    maker_name="Axis",
    presented_brand="Axis",
    device_class=DeviceClass.CAMERA,
    model="M3045-V",
)
UNKNOWN = Device(id="dev-5cc0", addresses=("10.1.0.71",))

HOSTILE_TEXT = (
    "\x1b[31m=cmd|'/C calc'!A0\x1b]0;owned\x07 <img src=x onerror=alert(1)>\u202egnp.exe\u0301\x9b2J"
)


def exhibit(excerpt: bytes | None, **changes: Any) -> Exhibit:
    """What the evidence of these reports points to."""
    plain = Exhibit(
        observation="obs-0123456789abcdef",
        host="10.1.0.64",
        protocol=Protocol.HTTP,
        port=80,
        digest="ab" * 32,
        size=len(excerpt or b"") + 1000,
        excerpt=excerpt,
        request="GET /",
        method="http",
        at="2026-11-24T10:16:02Z",
    )
    return replace(plain, **changes)


def with_mandates(device: Device, *findings: Finding) -> Device:
    return replace(device, mandates=findings)


def nothing_complete() -> Report:
    return Report(RUN, coverage(), (OTHER, UNKNOWN), disclaimer=DISCLAIMER)


def nothing_incomplete() -> Report:
    gaps = (
        Gap("10.2.0.0/24", "tcp", "blind", "No sign of life from this prefix", True),
        Gap("eth0", "sadp-multicast", "off", "Switched off by --no-multicast", False),
    )
    errors = (RunError("http 10.1.0.8:80", "The conversation ended with a fault of ours"),)
    counted = coverage(answered=3, silent=248, blind=256, aborted=2, gaps=gaps)
    return Report(replace(RUN, targets=("10.1.0.0/24", "10.2.0.0/24")), counted, (), errors, DISCLAIMER)


def one_confirmed() -> Report:
    run = replace(RUN, profiles=("uk-central-government-sensitive-site",))
    devices = (with_mandates(CAMERA, UNITED_KINGDOM), OTHER)
    shown = (exhibit(b"HTTP/1.1 200 OK\r\nServer: DNVRS-Webs\r\n\r\n<html>"),)
    return Report(run, coverage(), devices, disclaimer=DISCLAIMER, notes=(OTHER_MAKERS,), observations=shown)


def relabel() -> Report:
    run = replace(RUN, profiles=("ca-federal-institution",), interrupted=True, finished=None)
    gap = Gap("10.1.0.128-255", "tcp", "stopped", "The run was interrupted", True)
    devices = (UNKNOWN, with_mandates(RELABEL, RELABEL_REVIEW, COMPANY))
    return Report(run, coverage(aborted=1, gaps=(gap,)), devices, disclaimer=DISCLAIMER_BOTH)


def hostile() -> Report:
    bad = evidence(HOSTILE_TEXT, HOSTILE_TEXT, Strength.STRONG, HOSTILE_TEXT)
    device = Device(
        id="dev-6dd0",
        addresses=("10.1.0.66",),
        evidenced_maker=Maker.HIKVISION,
        confidence=Confidence.PROBABLE,
        maker_name="Hikvision",
        presented_brand="\uff1d1+1",
        relation=Relation.RELABEL,
        device_class=DeviceClass.CAMERA,
        model=HOSTILE_TEXT,
        serial='  \t\r=HYPERLINK("http://x";"y")',
        firmware="a;=1+1",
        evidence=(bad,),
        contradictions=("@SUM(1+1)", "-2+3"),
        seen_at=(Sighting("44:19:b6:01:02:03", "", HOSTILE_TEXT, HOSTILE_TEXT, HOSTILE_TEXT, source="=1+1"),),
    )
    run = replace(RUN, reference="=1+1", targets=("10.1.0.0/24",))
    errors = (RunError("http\x1b[2J", HOSTILE_TEXT),)
    shown = (exhibit(HOSTILE_TEXT.encode(), host=HOSTILE_TEXT, request=HOSTILE_TEXT, source=HOSTILE_TEXT),)
    return Report(run, coverage(), (device,), errors, DISCLAIMER, observations=shown)


def french() -> Report:
    run = replace(RUN, profiles=("ca-federal-institution", "ca-quebec-public-body"))
    devices = (
        with_mandates(POSSIBLE, NEEDS_DATE),
        with_mandates(RELABEL, RELABEL_REVIEW, NEEDS_DATE, COMPANY),
        with_mandates(CAMERA, REMOVE, NEEDS_DATE, COMPANY),
    )
    return Report(run, coverage(answered=5, silent=248), devices, disclaimer=DISCLAIMER_BOTH)


def what_it_is() -> Report:
    devices = (with_mandates(UNLISTED, RELABEL_REVIEW), with_mandates(RECORDER, REMOVE), SOFTWARE)
    run = replace(RUN, profiles=("ca-federal-institution",))
    return Report(run, coverage(), devices, disclaimer=DISCLAIMER_BOTH)


def no_profile() -> Report:
    return Report(RUN, coverage(), (with_mandates(CAMERA, *INFORMATION),), disclaimer=DISCLAIMER)


@cache
def ten_thousand() -> Report:
    kinds = (
        with_mandates(CAMERA, REMOVE, NEEDS_DATE, COMPANY),
        with_mandates(RELABEL, RELABEL_REVIEW, NEEDS_DATE),
        with_mandates(POSSIBLE, NEEDS_DATE),
        OTHER,
        UNKNOWN,
    )
    devices = []
    for number in range(10_000):
        kind = kinds[number % len(kinds)]
        address = f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"
        devices.append(replace(kind, id=f"dev-{number:05d}", addresses=(address,)))
    run = replace(RUN, targets=("10.0.0.0/16",), profiles=("ca-federal-institution", "ca-quebec-public-body"))
    return Report(run, coverage(answered=10_000, silent=55_534), tuple(devices), disclaimer=DISCLAIMER_BOTH)


def behind_one_address() -> Report:
    """Two devices behind one address, one joined by its serial number, and addresses that answer everything."""
    reason = "10.1.0.64: ports 80 and 8080 state different serial numbers, so several devices stand behind it"
    camera = replace(
        CAMERA, ports=(80, 554), identity=Identity(Rung.SERIAL, "C12345678", (reason,)), also=(UNKNOWN,)
    )
    joined = "10.1.0.64, 10.2.0.64: the same serial number C12345679"
    other = replace(
        CAMERA,
        id="dev-7ee0",
        addresses=("10.1.0.64", "10.2.0.64"),
        ports=(8080,),
        identity=Identity(Rung.SERIAL, "C12345679", (reason, joined)),
    )
    ghosts = tuple(
        Ignored(f"10.1.0.{last}", GhostKind.EVERY_PORT, "it accepts every port", (f"port {50_000 + last}",))
        for last in (200, 201, 202)
    )
    page = Ignored("10.1.0.9", GhostKind.EVERY_PATH, f"one page for every path {HOSTILE_TEXT}")
    gap = Gap("10.1.0.0/24", "tcp", "ghosts", "3 addresses accept every port", True)
    counted = coverage(answered=7, silent=246, gaps=(gap,))
    return Report(RUN, counted, (camera, other), disclaimer=DISCLAIMER, ignored=(*ghosts, page))


REPORTS: dict[str, Callable[[], Report]] = {
    "nothing-complete": nothing_complete,
    "nothing-incomplete": nothing_incomplete,
    "one-confirmed": one_confirmed,
    "relabel": relabel,
    "hostile": hostile,
    "french": french,
    "no-profile": no_profile,
    "what-it-is": what_it_is,
    "behind-one-address": behind_one_address,
}
"""Those small enough for a golden file; ``ten_thousand`` is held to time and to properties instead."""


@pytest.fixture(params=sorted(REPORTS))
def named(request: pytest.FixtureRequest) -> tuple[str, Report]:
    """Each report of the set in turn, with its name."""
    return request.param, REPORTS[request.param]()


@pytest.fixture
def reports() -> dict[str, Report]:
    """The whole set."""
    return {name: build() for name, build in REPORTS.items()}


@pytest.fixture(scope="session")
def many() -> Report:
    """Ten thousand devices."""
    return ten_thousand()


@pytest.fixture
def everything() -> Options:
    """Devices of other makers listed too."""
    return Options(show_all=True)


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Holds a text against a file under ``golden/``; with ``HIKSWEEP_GOLDEN=1`` it writes the file."""

    def check(name: str, text: str) -> None:
        path = GOLDEN / name
        if os.environ.get(REGENERATE) == "1":
            path.write_text(text, encoding="utf-8", newline="")
        with path.open(encoding="utf-8", newline="") as file:
            assert file.read() == text, f"{name} differs; run again with {REGENERATE}=1 and read the diff"

    return check
