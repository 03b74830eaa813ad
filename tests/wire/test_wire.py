"""What a whole scan puts on the wire, judged by the bytes that its peers received.

The list of messages is written out here a third time, apart from the probes and from the gate, because this is the
promise that a network's owner is given.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from scanner.journal import Looked, read_journal
from scanner.knowledge import load
from scanner.lab import Lab
from scanner.lab.card import Card, Truth
from scanner.lab.devices import DEVICES
from scanner.lab.recorder import Record
from scanner.lab.servers.http import Page, Web
from scanner.model.action import Close, Conversation, Open, Receive, Send
from scanner.model.ending import Ended, Ending
from scanner.model.exchange import Exchange
from scanner.model.observation import Observation
from scanner.model.probe import Probe, ProbeKind, Target
from scanner.model.protocol import Protocol
from scanner.model.report import Report
from scanner.policy.requests import GET_PATHS, ONVIF_QUERIES
from scanner.policy.rules import LISTENED_PORTS
from scanner.probes import PROBES
from scanner.run.events import Finished
from scanner.run.machine import this_machine
from scanner.run.plan import make_plan
from scanner.run.request import ScanRequest
from scanner.run.scan import Scan

GETS = {
    "/", "/SDK/activateStatus", "/ISAPI/System/deviceInfo", "/favicon.ico", "/doc/page/login.asp",
    "/doc/script/lib/seajs/config/sea-config.js", "/pramaAPI/System/deviceInfo",
}  # fmt: skip
INQUIRY = re.compile(
    rb'<\?xml version="1\.0" encoding="utf-8"\?><Probe><Uuid>[0-9A-F-]{36}</Uuid><Types>inquiry</Types></Probe>'
)
HEADERS = {"host", "user-agent", "accept", "connection", "content-type", "content-length", "cseq"}


DOUBTFUL = Card(
    name="doubtful",
    title="guards the maker's tree and says nothing more: the one page that settles a doubt is asked for",
    number=99,
    truth=Truth(unjudged=("evidenced_maker", "confidence", "presented_brand", "relation", "device_class")),
    tcp=(
        Web(
            pages={
                "/": Page("200 OK", ("Content-Type: text/html",), "<html><title>Welcome</title></html>"),
                "/ISAPI/System/deviceInfo": Page("401 Unauthorized", ('WWW-Authenticate: Basic realm="x"',)),
            },
            missing=Page("404 Not Found", ("Content-Type: text/html",)),
        ),
    ),
)
"""No device of the lab leaves this doubt."""


def base() -> str:
    """A network of the lab for this process alone, so that tests run side by side."""
    return f"127.{120 + os.getpid() % 100}.7.0/24"


class Run:
    """A scan of the lab: its plan, its report, its journal, and what the devices received."""

    def __init__(self, folder: Path, lab: Lab, extra: tuple[Probe, ...] = ()) -> None:
        request = ScanRequest(
            targets=(lab.network,), ports=(lab.ports_option,), rate=20_000.0, journal=folder / "journal.jsonl"
        )
        plan = make_plan(request, this_machine())
        self.plan = replace(plan, probes=(*plan.probes, *extra)) if extra else plan
        (finished,) = [event for event in Scan(self.plan, load()).events() if isinstance(event, Finished)]
        self.report: Report = finished.report
        self.journal = folder / "journal.jsonl"
        self.records = lab.recorder.records()
        self.lab = lab

    def streams(self) -> dict[int, list[Record]]:
        """What came in on each TCP connection that said something."""
        found: dict[int, list[Record]] = defaultdict(list)
        for record in self.records:
            if record.kind == "bytes":
                found[record.connection].append(record)
        return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("wire")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HIKSWEEP_DATA", str(folder / "data"))
        patch.setattr("scanner.lab.lab.DEVICES", (*DEVICES, DOUBTFUL))
        with Lab(base=base()) as lab:
            yield Run(folder, lab)


def requests(stream: list[Record]) -> list[tuple[str, list[str], bytes]]:
    """First line, headers and body of each request of a connection."""
    rest = b"".join(record.data for record in stream)
    found = []
    while rest:
        head, _, rest = rest.partition(b"\r\n\r\n")
        first, *headers = head.decode("ascii").split("\r\n")
        length = next((int(h.split(":")[1]) for h in headers if h.lower().startswith("content-length")), 0)
        found.append((first, headers, rest[:length]))
        rest = rest[length:]
    return found


def every_request(whole: Run) -> Iterator[tuple[Record, str, list[str], bytes]]:
    for stream in whole.streams().values():
        for first, headers, body in requests(stream):
            yield stream[0], first, headers, body


def redirected(whole: Run, address: str) -> set[str]:
    """Paths that a device sent us to on itself."""
    found = set()
    for record in read_journal(whole.journal):
        if isinstance(record, Observation) and record.host == address:
            for location in re.findall(rb"(?im)^location:\s*(\S+)", record.payload[:4096]):
                found.add(re.sub(r"^https?://[^/]+", "", location.decode("latin-1")).split("#")[0] or "/")
    return found


def test_every_device_is_what_the_truth_says_and_every_address_is_accounted_for(whole: Run) -> None:
    by_address = defaultdict(list)
    for device in whole.report.devices:
        for address in device.addresses:
            by_address[address].append(device)
    ignored = {one.address: one.kind for one in whole.report.ignored}
    names = (
        "evidenced_maker",
        "confidence",
        "presented_brand",
        "relation",
        "device_class",
        "model",
        "serial",
        "firmware",
        "mac",
    )
    for address, truth in whole.lab.truth.items():
        if truth.ignored:
            assert (ignored.get(address), by_address[address]) == (truth.ignored, []), address
            continue
        assert len(by_address[address]) == 1 + len(truth.also), address
        for device, said in zip(by_address[address], (truth, *truth.also), strict=True):
            for name in names:
                if name not in said.unjudged:
                    assert getattr(device, name) == getattr(said, name), (address, name)
    assert {address for address, devices in by_address.items() if devices} | set(ignored) == set(
        whole.lab.truth
    )
    for card in whole.lab.cards:
        if card.truth.same_as:
            other = whole.lab.addresses[card.truth.same_as]
            assert by_address[whole.lab.addresses[card.name]] == by_address[other], card.name
    assert whole.report.coverage.addresses == 256
    assert sum(whole.report.coverage.by_state.values()) == 256
    assert whole.report.coverage.complete
    assert whole.report.errors == ()


def test_nothing_arrived_that_a_device_calls_unexpected(whole: Run) -> None:
    assert [record for record in whole.records if record.kind == "unexpected"] == []


def test_only_requests_of_the_list_arrived_without_any_credential(whole: Run) -> None:
    kinds: Counter[str] = Counter()
    for record, first, headers, body in every_request(whole):
        names = {header.partition(":")[0].lower() for header in headers}
        assert names <= HEADERS, headers
        if match := re.fullmatch(r"GET (\S+) HTTP/1\.1", first):
            known = match[1] in GETS or re.fullmatch(r"/[0-9a-f]{16}", match[1])
            assert known or match[1] in redirected(whole, record.address), first
            assert body == b""
        elif match := re.fullmatch(r"POST (/onvif\S*) HTTP/1\.1", first):
            queries = re.findall(rb"<(?:\w+:)?(Get\w+)", body)
            assert len(queries) == 1
            assert queries[0] in (b"GetServices", b"GetDeviceInformation")
            assert b"Security" not in body
            assert b"Password" not in body
        else:
            assert re.fullmatch(r"(OPTIONS|DESCRIBE) rtsp://\S+ RTSP/1\.0", first), first
        kinds[first.split()[0]] += 1
    assert set(kinds) == {"GET", "POST", "OPTIONS", "DESCRIBE"}


def test_the_other_name_of_the_interface_was_asked_only_where_the_usual_one_gave_nothing(whole: Run) -> None:
    """An answer of 401 or 403 says that the usual one is there."""
    asked = {
        record.address
        for record, first, _, _ in every_request(whole)
        if first.startswith("GET /pramaAPI/System/deviceInfo ")
    }
    gave = {
        record.host
        for record in read_journal(whole.journal)
        if isinstance(record, Observation)
        and record.request == "GET /ISAPI/System/deviceInfo"
        and re.match(rb"HTTP/1\.. (?!404|20[04])", record.payload)
    }
    assert whole.lab.addresses["recorder-prama"] in asked
    assert len(gave) > 10
    assert asked & gave == set()


def test_datagrams_were_the_inquiry_and_the_discovery_probe_alone(whole: Run) -> None:
    ports = Counter()
    for record in whole.records:
        if record.kind != "datagram":
            continue
        ports[record.port] += 1
        if record.port == 37020:
            assert INQUIRY.fullmatch(record.data)
            assert len(record.data) == 124
        else:
            assert record.port == 3702
            assert record.data.count(b"Probe>") >= 1
            assert b"schemas.xmlsoap.org/ws/2005/04/discovery/Probe" in record.data
    assert set(ports) == {37020, 3702}


def test_control_ports_heard_not_a_byte_and_the_printer_was_not_even_called(whole: Run) -> None:
    assert [r for r in whole.records if r.kind == "bytes" and r.port in LISTENED_PORTS] == []
    assert whole.lab.printed == b""
    assert [r for r in whole.records if r.device == "printer" and r.port == 9100] == []


def conversations_with(whole: Run, address: str) -> int:
    """Connections that were opened to talk: a port that accepts is taken by the sweep once, at its first try."""
    ports = Counter(r.port for r in whole.records if r.kind == "connect" and r.address == address)
    return sum(ports.values()) - sum(port in whole.plan.ports for port in ports)


def test_a_host_had_no_more_than_its_budget_and_one_conversation_at_a_time(whole: Run) -> None:
    spoken: dict[str, list[list[Record]]] = defaultdict(list)
    for stream in whole.streams().values():
        spoken[stream[0].address].append(stream)
    assert len(spoken) > 30
    for address, streams in spoken.items():
        asked = [request for stream in streams for request in requests(stream)]
        assert len(asked) <= 20, address
        assert len(streams) <= conversations_with(whole, address) <= 24, address
        gets = Counter(
            stream[0].port
            for stream in streams
            for first, _, _ in requests(stream)
            if first.startswith("GET")
        )
        main, *further = sorted(gets.values(), reverse=True) or [0]
        assert main <= 6, address
        assert all(count <= 1 for count in further), (address, gets)
        spans = sorted((stream[0].time, stream[-1].time) for stream in streams)
        for (_, ended), (started, _) in itertools.pairwise(spans):
            assert started >= ended, address


def test_a_host_was_asked_for_discovery_twice_at_most_by_each_method(whole: Run) -> None:
    asked = Counter((r.address, r.port) for r in whole.records if r.kind == "datagram")
    assert asked
    assert max(asked.values()) <= 2


def test_one_port_that_nobody_opens_was_tried_of_each_host_that_accepted_another(whole: Run) -> None:
    tried: dict[str, list[Ended]] = defaultdict(list)
    accepted = set()
    for record in read_journal(whole.journal):
        if isinstance(record, Ended) and record.method == "control":
            tried[record.address].append(record)
        elif isinstance(record, Ended) and record.method == "tcp" and record.ending is Ending.COMPLETE:
            accepted.add(record.address)
    # One has moved its port and said so in discovery: the sweep found nothing open there.
    assert set(tried) == accepted | {whole.lab.addresses["camera-moved-port"]}
    assert {len(records) for records in tried.values()} == {1}
    assert {record.ending for (record,) in tried.values()} == {Ending.REFUSED}
    assert all(50_000 <= record.port < 65_000 for (record,) in tried.values())
    assert len({record.port for (record,) in tried.values()}) > len(tried) // 2
    assert [r for r in whole.records if 50_000 <= r.port < 65_000] == []
    assert whole.report.coverage.by_method["control"].asked == len(tried)


def test_control_ports_were_called_and_only_called(whole: Run) -> None:
    """Silence there would prove nothing if nobody had come."""
    ezviz = whole.lab.addresses["ezviz"]
    called = {r.port for r in whole.records if r.kind == "connect" and r.address == ezviz}
    assert set(LISTENED_PORTS) <= called


def test_the_list_here_the_gates_and_what_the_probes_declare_are_one(whole: Run) -> None:
    assert set(GET_PATHS) == GETS
    assert set(ONVIF_QUERIES) == {"GetServices", "GetDeviceInformation"}
    declared = " ".join(message for probe in PROBES for message in probe.sends)
    for path in GETS:
        assert f"GET {path}" in declared
    for word in (
        "GetServices",
        "GetDeviceInformation",
        "OPTIONS",
        "DESCRIBE",
        "inquiry",
        "M-SEARCH",
        "TLS handshake",
    ):
        assert word in declared
    used = {
        record.method for record in read_journal(whole.journal) if isinstance(record, Ended | Observation)
    }
    assert used - {"tcp"} <= {probe.name for probe in PROBES}


def kind(whole: Run, record: Record, first: str, body: bytes) -> str:
    """A message in the words of the probe that declares it."""
    word, place, *_ = first.split()
    if word in ("OPTIONS", "DESCRIBE"):
        return f"{word} rtsp://<address>:<port>/" + (" without credentials" if word == "DESCRIBE" else "")
    if word == "POST":
        (query,) = re.findall(r"<(?:\w+:)?(Get\w+)", body.decode())
        return f"POST of {query}, without credentials"
    if re.fullmatch(r"/[0-9a-f]{16}", place):
        return "GET /<16 random hexadecimal digits>"
    if place == "/doc/script/lib/seajs/config/sea-config.js" or (
        place == "/doc/page/login.asp" and place not in redirected(whole, record.address)
    ):
        return (
            "GET /doc/script/lib/seajs/config/sea-config.js or GET /doc/page/login.asp, "
            "where the replies so far leave a doubt"
        )
    if place == "/pramaAPI/System/deviceInfo":
        return f"GET {place}, where /ISAPI/System/deviceInfo answers empty, and never after a 401"
    if place in GETS - {"/doc/page/login.asp"}:
        return f"GET {place}"
    return "GET of a redirect's target on the same address, two at most"


def test_every_kind_of_message_that_a_probe_declares_arrived_and_no_other(whole: Run) -> None:
    """The links, SNMP and the description that only a link's answer leads to are asked where there is a link."""
    elsewhere = {"ssdp", "mdns", "arp", "icmpv6", "snmp", "snmp-router", "upnp"}
    declared = {message for probe in PROBES if probe.name not in elsewhere for message in probe.sends}
    datagrams = {
        37020: "124 bytes: <Probe> with <Types>inquiry</Types> and a random UUID",
        3702: "WS-Discovery Probe for dn:NetworkVideoTransmitter with a random message number",
    }
    arrived = {kind(whole, record, first, body) for record, first, _, body in every_request(whole)}
    arrived |= {datagrams[record.port] for record in whole.records if record.kind == "datagram"}
    # A handshake is no bytes for a device that sits inside TLS: the certificate that came of it shows it.
    if any(
        isinstance(r, Observation) and r.protocol is Protocol.TLS_CERT for r in read_journal(whole.journal)
    ):
        arrived.add("TLS handshake, nothing after it")
    assert arrived == declared


def test_a_hostile_device_costs_its_twenty_seconds_at_most_and_hurts_nobody(whole: Run) -> None:
    hostile = {whole.lab.addresses[card.name]: card.name for card in whole.lab.cards if card.hostile}
    spoken: dict[str, list[float]] = defaultdict(list)
    for record in whole.records:
        if record.kind == "bytes":
            spoken[record.address].append(record.time)
    calls = {"tcp", *(probe.name for probe in PROBES if probe.kind is ProbeKind.CALL)}
    ended: dict[str, float] = {}
    looked = set()
    for entry in read_journal(whole.journal):
        if isinstance(entry, Ended | Observation) and entry.method not in calls:
            address = entry.host if isinstance(entry, Observation) else entry.address
            ended[address] = datetime.fromisoformat(entry.at).timestamp()
        elif isinstance(entry, Looked):
            looked.add(entry.address)
    assert len(hostile) >= 8
    for address, name in hostile.items():
        assert max(spoken[address]) - min(spoken[address]) <= 20, name
        assert ended[address] - min(spoken[address]) <= 20 + 1, name  # a look is written down when it is over
    assert set(whole.lab.truth) <= looked


def forbidden(data: bytes) -> Probe:
    """A probe that somebody got wrong."""

    def converse(target: Target) -> Conversation:
        exchanges = []
        for service in target.services:
            if service.scheme != "http":
                continue
            yield Open(service.port)
            outcome = yield Send(data)
            yield Receive(100, 0.5)
            yield Close()
            exchanges.append(
                Exchange(
                    Protocol.HTTP, service.port, outcome.ending, request="forbidden", detail=outcome.detail
                )
                if outcome.ending is not None
                else Exchange(Protocol.HTTP, service.port, Ending.COMPLETE)
            )
        return tuple(exchanges)

    return replace(
        PROBES[5], name="forbidden", kind=ProbeKind.CONVERSATION, order=99, converse=converse, call=None
    )


@pytest.mark.parametrize(
    "data",
    [
        b"PUT /ISAPI/System/reboot HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46MTIzNDU=\r\n\r\n",
        b"GET /ISAPI/Security/sessionLogin/capabilities?username=x HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /System/configurationFile?auth=YWRtaW46MTEK HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["reboot", "credentials", "challenge", "exploit"],
)
def test_a_forbidden_message_of_a_probe_never_reaches_the_wire(
    tmp_path: Path, monkeypatch, data: bytes
) -> None:
    monkeypatch.setenv("HIKSWEEP_DATA", str(tmp_path / "data"))
    with Lab(only=("camera-v55", "dahua"), base=base().replace(".7.", ".8.")) as lab:
        run = Run(tmp_path, lab, (forbidden(data),))

        assert not [r for r in run.records if r.kind == "unexpected"]
        assert data not in b"".join(lab.recorder.received(name) for name in lab.addresses)
        # The refusal is a fault of ours: it is told, and the verdict cannot be complete.
        assert any(
            "closed list" in error.message or "never sent" in error.message for error in run.report.errors
        )
        assert not run.report.coverage.complete


def test_without_the_gates_list_the_same_message_arrives_and_is_noticed(tmp_path: Path, monkeypatch) -> None:
    """The checks above can fail: it is the gate that keeps the message off the wire."""
    monkeypatch.setenv("HIKSWEEP_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("scanner.policy.gate.check_stream", lambda data, learnt: "OPTIONS *")
    data = b"PUT /ISAPI/System/reboot HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    with Lab(only=("camera-v55",), base=base().replace(".7.", ".10.")) as lab:
        run = Run(tmp_path, lab, (forbidden(data),))

        assert data in lab.recorder.received("camera-v55")
    assert [record.note for record in run.records if record.kind == "unexpected"] == ["the method PUT"]


def test_hostile_devices_take_little_memory(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HIKSWEEP_DATA", str(tmp_path / "data"))
    knowledge = load()
    with Lab(
        only=("endless-body", "header-bomb", "billion-laughs"), base=base().replace(".7.", ".9.")
    ) as lab:
        request = ScanRequest(
            targets=tuple(lab.truth), ports=(lab.ports_option,), rate=20_000.0, journal=tmp_path / "j.jsonl"
        )
        scan = Scan(make_plan(request, this_machine()), knowledge)
        tracemalloc.start()
        try:
            (finished,) = [event for event in scan.events() if isinstance(event, Finished)]
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert peak < 3 * 10 * 1024 * 1024
    assert json.dumps([str(device.evidenced_maker) for device in finished.report.devices])
    assert {str(device.evidenced_maker) for device in finished.report.devices} <= {"unknown", "other"}
