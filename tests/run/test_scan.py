"""The front door: events in order, `Finished` last, the journal kept, and a stop that is heeded."""

from __future__ import annotations

import re
import threading
import time

import pytest

from scanner.lab import Lab
from scanner.model.errors import Locked, UsageError
from scanner.run import scan as module
from scanner.run.events import DeviceFound, Finished, Started
from scanner.run.result import build_report, read_result
from scanner.run.running import INTERRUPTED, Running
from scanner.run.scan import Scan, new_run_id


def test_the_names_of_runs_sort_by_time_and_are_not_given_twice():
    names = {new_run_id() for _ in range(50)}
    assert len(names) == 50
    assert all(re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{6}", name) for name in names)


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
