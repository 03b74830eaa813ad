"""The front door: events in order, `Finished` last, the journal kept, and a stop that is heeded."""

from __future__ import annotations

import threading
import time

import pytest

from scanner.importers import Importer, Row
from scanner.lab import Lab
from scanner.model.ending import Ended, Ending
from scanner.model.errors import Locked, UsageError
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.policy.gate import Gate
from scanner.run import scan as module
from scanner.run.events import DeviceFound, Finished, Started
from scanner.run.foreign_file import ForeignFile, Input
from scanner.run.result import RunResult, build_report, read_result
from scanner.run.running import INTERRUPTED, Running
from scanner.run.scan import Scan


def test_a_scan_tells_its_start_its_devices_and_its_end_in_this_order(plan, knowledge, loopback):
    with Lab(("camera-newest", "hikcentral"), base=f"{loopback}.0/24") as lab:
        made = Scan(plan(*lab.addresses.values(), ports=(lab.ports_option,), reference="CHG-7"), knowledge)
        events = list(made.events())
    assert isinstance(events[0], Started)
    assert [type(event) for event in events].count(Finished) == 1
    assert isinstance(events[-1], Finished)
    found = {event.device.addresses[0] for event in events if isinstance(event, DeviceFound)}
    assert found == set(lab.addresses.values())
    assert events[-1].report.run.reference == "CHG-7"
    assert events[-1].report.found == 2


def test_the_report_of_the_journal_is_the_report_of_the_scan(plan, knowledge, loopback):
    with Lab(("camera-newest",), base=f"{loopback}.0/24") as lab:
        made = Scan(plan(*lab.addresses.values(), ports=(lab.ports_option,)), knowledge)
        *_, finished = made.events()
    assert isinstance(finished, Finished)
    assert build_report([read_result(finished.journal, knowledge)], knowledge, None, None) == finished.report


def test_the_journal_lies_under_the_data_folder_unless_one_is_named(plan, knowledge, tmp_path, run):
    made = Scan(plan("127.9.9.1"), knowledge)
    assert made.journal_path.parent == tmp_path / "data" / "journals"
    named = tmp_path / "deep" / "run.jsonl"
    *_, finished = run(plan("127.9.9.1", journal=named))
    assert finished.journal == named
    assert named.stat().st_size > 0


def test_a_journal_that_exists_is_not_written_over(plan, knowledge, tmp_path, run):
    named = tmp_path / "run.jsonl"
    named.write_text("precious")
    with pytest.raises(UsageError, match="exists already"):
        run(plan("127.9.9.1", journal=named))
    assert named.read_text() == "precious"


def test_a_second_scan_of_the_same_addresses_is_refused_and_leaves_no_journal(plan, knowledge, tmp_path):
    first = Scan(plan("127.9.9.0/29"), knowledge).events()
    assert isinstance(next(first), Started)
    second = Scan(plan("127.9.9.3"), knowledge)
    with pytest.raises(Locked, match=r"127\.9\.9\.0/29"):
        next(second.events())
    assert not second.journal_path.exists()
    assert isinstance(list(first)[-1], Finished)


def test_a_stop_from_another_thread_ends_the_run_with_what_it_has(
    plan, knowledge, loopback, deaf_port, quick
):
    made = Scan(plan(f"{loopback}.0/24", rate=20.0), knowledge)
    begun = time.monotonic()
    threading.Timer(0.7, made.stop).start()
    events = list(made.events())
    assert time.monotonic() - begun < 10
    assert isinstance(events[-1], Finished)
    assert events[-1].interrupted
    report = events[-1].report
    assert not report.coverage.complete
    assert report.run.interrupted
    assert any(gap.reason == INTERRUPTED for gap in report.coverage.gaps)


def test_a_stop_ends_conversations_too_and_their_hosts_are_aborted(
    plan, knowledge, tcp_peer, loopback, quick
):
    peer = tcp_peer(address=f"{loopback}.9")
    made = Scan(plan(peer.address, ports=(f"http:{peer.port}",)), knowledge)

    def stop_when_talking() -> None:
        until = time.monotonic() + 8
        while peer.connections < 2 and time.monotonic() < until:
            time.sleep(0.02)
        made.stop()

    threading.Thread(target=stop_when_talking).start()
    *_, finished = made.events()
    assert isinstance(finished, Finished)
    assert finished.report.coverage.by_state["aborted"] == 1


def test_whoever_stops_listening_stops_the_scan(plan, knowledge, loopback):
    made = Scan(plan(f"{loopback}.0/24", rate=20.0), knowledge)
    events = made.events()
    next(events)
    events.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "hiksweep-run"]


def test_a_bug_in_the_run_itself_reaches_the_caller(plan, knowledge, monkeypatch):
    async def broken(self: Running) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(module.Running, "go", broken)
    with pytest.raises(ZeroDivisionError):
        list(Scan(plan("127.9.9.1"), knowledge).events())


MAC = b"44:19:b6:01:02:03"


@pytest.fixture
def said(tmp_path):
    """``said(row, …)``: a file of another tool that says this."""

    def make(*rows: Row):
        (tmp_path / "file").write_bytes(b"x")
        toy = Importer(
            "toy", "a toy", "It tells nothing.", lambda head: True, lambda stream, source: iter(rows)
        )
        return [(Input(str(tmp_path / "file"), toy), ForeignFile(str(tmp_path / "file")))]

    return make


def test_what_files_say_joins_the_scan_and_widens_nothing_that_is_asked(
    plan, knowledge, loopback, tcp_peer, said, monkeypatch
):
    inside, beside, outside = f"{loopback}.1", f"{loopback}.2", f"{loopback}.9"
    peer = tcp_peer(address=outside)
    asked: set[str] = set()
    passed = {name: getattr(Gate, name) for name in vars(Gate) if not name.startswith("_")}

    def watch(name, method):
        def watched(self, *arguments, **options):
            asked.update(
                found for found in (*arguments, *options.values()) if isinstance(found, str) and "." in found
            )
            return method(self, *arguments, **options)

        monkeypatch.setattr(Gate, name, watched)

    for name, method in passed.items():
        if callable(method):
            watch(name, method)
    files = said(
        *(Row("1", observations=(Observation(host, Protocol.MAC, MAC),)) for host in (inside, outside)),
        Row("2", endings=(Ended("tcp", outside, peer.port, Ending.COMPLETE),)),
        Row("3", names=(f"{loopback}.10",), unused="host down"),
    )
    *_, finished = Scan(plan(inside, beside, ports=(f"http:{peer.port}",)), knowledge, files).events()

    assert isinstance(finished, Finished)
    assert [device.addresses for device in finished.report.devices] == [(inside,)]
    (file,) = finished.report.run.files
    assert (file.rows, file.used, file.unused) == (4, 1, {"outside the scope": 2, "host down": 1})
    assert inside in asked
    assert not asked & {outside, f"{loopback}.10"}
    assert peer.connections == 0
    assert build_report([read_result(finished.journal, knowledge)], knowledge, None, None) == finished.report


def test_a_files_word_is_no_sign_that_our_own_packets_get_anywhere(started, knowledge):
    result = RunResult(started(walked=("10.0.0.0/29",), connected=(), methods=("tcp",)), knowledge)
    result.add(Observation("10.0.0.1", Protocol.MAC, MAC, method="toy", source="file"))

    assert not result.ledger.knows_life("10.0.0.1")
