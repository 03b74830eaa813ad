"""From records to the report: one way, for a scan that just ended and for a journal of last year."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.journal import (
    Asked,
    GapFound,
    Journal,
    Left,
    Life,
    Looked,
    Rejected,
    Resumed,
    RunEnded,
    Stopping,
    Swept,
)
from scanner.mandates import read_facts
from scanner.model.coverage import AddressState
from scanner.model.ending import Ended, Ending
from scanner.model.errors import UsageError
from scanner.model.evidence import Maker
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.model.report import RunError, Verdict
from scanner.model.sighting import Sighting
from scanner.parsers.secrets import strip_secrets
from scanner.reporter import Format, render
from scanner.run.result import RunResult, build_report, read_result

SADP = (
    b'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><DeviceDescription>DS-2CD2143G2-I</DeviceDescription>'
    b"<DeviceSN>DS-2CD2143G2-I20211201AAWRG12345678</DeviceSN><MAC>44-19-b6-01-02-03</MAC>"
    b"<IPv4Address>127.9.9.1</IPv4Address></ProbeMatch>"
)
WHOLE = (Swept(8), RunEnded("2026-11-24T12:05:00Z", interrupted=False))


def seen(host: str = "127.9.9.1", payload: bytes = SADP, **more) -> Observation:
    return Observation(host, Protocol.SADP, payload, 37020, method="sadp", **more)


@pytest.fixture
def make(started, knowledge):
    """``make(record, …, **changes to the first record)``: a result that took them all."""

    def build(*records, **changes) -> RunResult:
        result = RunResult(started(**changes), knowledge)
        for record in records:
            result.add(record)
        return result

    return build


@pytest.fixture
def report(knowledge):
    def build(*results, profiles=None, facts=None):
        return build_report(results, knowledge, profiles, facts)

    return build


def gaps(found) -> list[tuple[str, str, bool]]:
    return [(gap.targets, gap.state, gap.affects_verdict) for gap in found.coverage.gaps]


def test_a_whole_run_that_found_nothing_is_clear(make, report):
    found = report(make(*WHOLE))
    assert (found.verdict, found.coverage.complete) == (Verdict.CLEAR, True)
    assert found.coverage.addresses == 8
    assert found.run.finished == "2026-11-24T12:05:00Z"
    assert not found.run.interrupted


def test_what_was_heard_is_a_device_with_its_state(make, report):
    found = report(make(seen(), Looked("127.9.9.1"), *WHOLE))
    (device,) = found.devices
    assert (device.evidenced_maker, device.addresses) == (Maker.HIKVISION, ("127.9.9.1",))
    assert found.verdict is Verdict.FOUND
    assert found.coverage.by_state[AddressState.ANSWERED] == 1
    assert make(seen()).device("127.9.9.1").model == device.model


def test_a_run_without_its_last_record_is_incomplete_and_said_so(make, report):
    found = report(make(Swept(8)))
    assert found.verdict is Verdict.INCOMPLETE
    assert (found.run.finished, found.run.interrupted) == (None, True)
    assert ("all", "aborted", True) in gaps(found)


def test_an_interrupted_run_gives_its_reason(make, report):
    found = report(make(Swept(8), RunEnded("2026-11-24T12:05:00Z", interrupted=True, reason="by the user")))
    assert found.run.interrupted
    assert [gap.reason for gap in found.coverage.gaps if gap.affects_verdict] == ["by the user"]


def test_a_sweep_that_did_not_finish_leaves_its_rest_aborted(make, report):
    found = report(make(Swept(3), WHOLE[1]))
    assert found.coverage.by_state[AddressState.ABORTED] == 5
    assert found.verdict is Verdict.INCOMPLETE


CLOSED = "its window closed"
STOP = (
    Stopping(CLOSED),
    Ended("http", "127.9.9.1", 80, Ending.STOPPED_BY_US, "GET /", CLOSED),
    GapFound("all", "tcp", "stopped by us", CLOSED, affects_verdict=True),
    RunEnded("2026-11-24T12:04:00Z", interrupted=False, reason=CLOSED),
)


def test_a_run_that_was_stopped_says_what_it_left_out(make, report):
    gaps = report(make(seen(), *STOP)).coverage.gaps
    assert [gap.targets for gap in gaps if CLOSED in gap.reason] == ["127.9.9.1", "all"]


def test_a_resumed_run_is_as_one_that_was_never_stopped(make, report):
    resumed = Resumed("2026-11-24T14:00:00Z", "0.1.0", "", {})
    stopped = report(make(seen(), *STOP, resumed, *WHOLE))
    whole = report(make(seen(), *WHOLE))

    assert stopped == whole
    assert report(make(seen(), *STOP, resumed, Swept(8))).run.interrupted


def test_a_link_that_was_lost_stays_a_gap_after_a_stop(make, report):
    lost = GapFound("eth0", "all", "link lost", "eth0 lost its link", affects_verdict=True)
    resumed = Resumed("2026-11-24T14:00:00Z", "0.1.0", "", {})
    found = report(make(seen(), *STOP[:2], lost, *STOP[2:], resumed, *WHOLE))
    assert [gap.reason for gap in found.coverage.gaps] == ["eth0 lost its link"]


def test_a_fault_of_ours_is_an_error_once_and_makes_the_verdict_incomplete(make, report):
    fault = Ended("http", "127.9.9.1", 80, Ending.FAULT, detail="KeyError: 'x'")
    found = report(make(fault, fault, *WHOLE))
    assert found.errors == (RunError("127.9.9.1 http port 80", "KeyError: 'x'"),)
    assert found.verdict is Verdict.INCOMPLETE


def test_a_fault_alike_at_many_addresses_is_summed_up(make, report):
    faults = [Ended("sadp", f"127.9.9.{last}", 37020, Ending.FAULT, detail="forbidden") for last in range(8)]
    found = report(make(*faults, *faults, *WHOLE))
    assert [error.where for error in found.errors] == [
        "127.9.9.0 sadp port 37020",
        "127.9.9.1 sadp port 37020",
        "127.9.9.2 sadp port 37020",
        "5 more addresses sadp",
    ]
    assert found.coverage.by_method["sadp"].stopped == 8


def test_a_fault_without_words_and_port_still_says_where(make, report):
    found = report(make(Ended("http", "127.9.9.1", 0, Ending.FAULT), *WHOLE))
    assert found.errors == (RunError("127.9.9.1 http", "a fault of ours"),)


def test_a_question_that_we_stopped_is_listed_with_what_it_was(make, report):
    found = report(
        make(
            Ended("http", "127.9.9.1", 80, Ending.STOPPED_BY_US, "GET /favicon.ico", "used up"),
            Ended("rtsp", "127.9.9.1", 554, Ending.STOPPED_BY_US),
            Looked("127.9.9.1"),
            *WHOLE,
        )
    )
    reasons = {gap.method: gap.reason for gap in found.coverage.gaps}
    assert reasons == {"http": "GET /favicon.ico: used up", "rtsp": "not asked"}
    assert found.coverage.complete


def test_each_kind_of_record_moves_the_ledger(make, report):
    found = report(
        make(
            Life("127.9.9.9"),
            Rejected("127.9.9.2", "127.9.9.9"),
            Left("127.9.9.3", "stopped answering"),
            Asked("mdns", "eth0"),
            GapFound("eth0", "arp", "not asked", "no privilege", affects_verdict=False),
            *WHOLE,
            connected=(),
        )
    )
    assert found.coverage.by_state[AddressState.ABORTED] == 1
    assert found.coverage.by_method["mdns"].asked == 1
    assert ("eth0", "not asked", False) in gaps(found)


def test_a_second_run_in_one_journal_is_an_error(make, started, report):
    found = report(make(started(id="other"), *WHOLE))
    assert found.errors[0].where == "other"
    assert not found.coverage.complete


def test_a_fault_of_the_matcher_is_counted(make, report, monkeypatch):
    result = make(*WHOLE)
    monkeypatch.setattr(result._identifier, "faults", 3)
    (error,) = report(result).errors
    assert error.message.startswith("3 observations could not be judged")


def test_a_journal_that_claims_more_than_any_scan_walks_is_refused(make):
    with pytest.raises(UsageError, match="the journal is damaged"):
        make(walked=("fd00::/64",))


def test_profiles_and_facts_are_those_of_the_run_unless_others_are_given(make, report):
    result = make(
        seen(), *WHOLE, profiles=("ca-federal-institution",), facts="defaults: {department: defence}\n"
    )
    own = report(result)
    assert own.run.profiles == ("ca-federal-institution",)
    assert any(finding.decision for finding in own.devices[0].mandates)
    other = report(result, profiles=("uk-other-public-body",), facts=read_facts("", "x"))
    assert other.run.profiles == ("uk-other-public-body",)
    bare = report(result, profiles=())
    assert all(finding.decision is None for finding in bare.devices[0].mandates)


def test_an_unknown_profile_of_an_old_journal_is_refused(make, report):
    with pytest.raises(UsageError, match="no-such"):
        report(make(*WHOLE, profiles=("no-such",)))


def test_several_runs_make_one_report_with_one_row_a_device(make, report):
    first = make(seen(), Looked("127.9.9.1"), *WHOLE, id="run-1")
    second = make(
        seen("127.9.8.1"),
        Looked("127.9.8.1"),
        Swept(16),
        RunEnded("2026-11-25T01:00:00Z", interrupted=False),
        id="run-2",
        targets=("127.9.8.0/28",),
        walked=("127.9.8.0/28",),
        reference="CHG-2",
    )
    found = report(first, second)
    assert found.coverage.addresses == 24
    assert found.coverage.by_method["sadp"].asked == 24
    assert found.run.id == "run-1+run-2"
    assert found.run.finished == "2026-11-25T01:00:00Z"
    assert found.run.reference == "CHG-2"
    assert found.run.targets == ("127.9.9.0/29", "127.9.8.0/28")
    (device,) = found.devices
    assert device.addresses == ("127.9.9.1", "127.9.8.1")


def test_one_of_several_runs_that_was_killed_leaves_all_incomplete(make, report):
    found = report(make(*WHOLE), make(Swept(8), id="run-2"))
    assert found.run.finished is None
    assert found.verdict is Verdict.INCOMPLETE


def test_the_same_run_given_twice_counts_once(make, report):
    once = report(make(seen(), Looked("127.9.9.1"), *WHOLE))
    twice = report(*(make(seen(), Looked("127.9.9.1"), *WHOLE) for _ in range(2)))
    assert twice == once


def test_a_journal_is_read_back_to_the_same_report(make, report, knowledge, tmp_path):
    result = make(seen(), Looked("127.9.9.1"), *WHOLE)
    path = tmp_path / "run.jsonl"
    journal = Journal(path)
    for record in (result.started, seen(), Looked("127.9.9.1"), *WHOLE):
        journal.append(record)
    journal.close()
    assert report(read_result(path, knowledge)).devices[0].id == report(result).devices[0].id


@pytest.mark.parametrize("text", ["", "hello\n", '{"kind":"swept","steps":3}\n'])
def test_what_is_no_journal_is_refused(tmp_path: Path, knowledge, text):
    path = tmp_path / "run.jsonl"
    path.write_text(text)
    with pytest.raises(UsageError, match="not a journal of a scan"):
        read_result(path, knowledge)


MAC = "44:19:b6:01:02:03"


def of_mac(host: str) -> Observation:
    return Observation(host, Protocol.MAC, MAC.encode(), method="table", source="macs.txt")


def test_a_host_known_by_its_mac_alone_is_a_device_without_an_address(make, report):
    found = report(make(of_mac(MAC), *WHOLE))

    assert [device.addresses for device in found.devices] == [()]
    assert found.devices[0].mac == MAC
    assert sum(found.coverage.by_state.values()) == found.coverage.addresses


def test_a_mac_table_and_a_reply_of_the_same_device_make_one_row(make, report):
    found = report(make(of_mac(MAC), of_mac("127.9.9.1"), Sighting(MAC, switch="sw", port="Gi1/0/7"), *WHOLE))

    assert [device.addresses for device in found.devices] == [("127.9.9.1",)]
    assert [(one.switch, one.port) for one in found.devices[0].seen_at] == [("sw", "Gi1/0/7")]


def test_a_run_long_after_the_table_of_blocks_says_so_once(make, report):
    soon, late = (make(*WHOLE, started=f"{year}-12-24T12:00:00Z") for year in (2026, 2036))

    assert not any("MAC blocks" in note.en for note in report(soon).notes)
    assert next(note.en for note in report(late).notes if "MAC blocks" in note.en).startswith(
        "The table of MAC"
    )


def proxied(address: str) -> tuple:
    """Records of an address that accepts whatever is opened and says nothing."""
    return (
        Ended("tcp", address, 80, Ending.COMPLETE),
        Ended("control", address, 50123, Ending.COMPLETE),
        Looked(address),
    )


def test_what_answers_everything_is_ignored_and_its_prefix_never_clear(make, report):
    found = report(make(*proxied("127.9.9.1"), *proxied("127.9.9.2"), *WHOLE))
    assert found.devices == ()
    assert [ghost.address for ghost in found.ignored] == ["127.9.9.1", "127.9.9.2"]
    assert found.coverage.by_state[AddressState.ANSWERED] == 2
    assert ("127.9.9.0/24", "ghosts", True) in gaps(found)
    assert found.verdict is Verdict.INCOMPLETE


def test_a_proxy_in_front_of_a_camera_hides_nothing(make, report):
    found = report(make(*proxied("127.9.9.1"), seen(), *WHOLE))
    assert found.ignored == ()
    assert found.verdict is Verdict.FOUND


def test_a_control_that_we_ended_ourselves_tells_nothing(make, report):
    ended = Ended("control", "127.9.9.1", 50123, Ending.STOPPED_BY_US)
    found = report(make(Ended("tcp", "127.9.9.1", 80, Ending.COMPLETE), ended, Looked("127.9.9.1"), *WHOLE))
    assert found.ignored == ()


def test_a_ghost_is_announced_as_nobody_while_the_run_goes_on(make):
    result = make(*proxied("127.9.9.1"))
    assert result.device("127.9.9.1").evidenced_maker is Maker.UNKNOWN
    assert result.device("127.9.9.1").addresses == ("127.9.9.1",)


def test_what_one_run_ignored_and_another_found_is_a_device(make, report):
    ghost, found = make(*proxied("127.9.9.1"), *WHOLE, id="run-1"), make(seen(), *WHOLE, id="run-2")
    both = report(ghost, found)
    assert both.ignored == ()
    assert len(both.devices) == 1


@pytest.mark.parametrize("kind", list(Format))
def test_no_salt_token_or_name_of_an_account_stands_in_a_report_of_any_format(
    tmp_path, started, knowledge, report, kind
):
    secret = (
        b"<ProbeMatch><DeviceDescription>DS-2CD2143G2-I</DeviceDescription><MAC>44-19-b6-01-02-03</MAC>"
        b"<DeviceSN>DS-2CD2143G2-I20211201AAWRJ12345678</DeviceSN><Salt>c0ffee5a17</Salt>"
        b"<Salt2>5a17c0ffee</Salt2><UserName>operator7</UserName></ProbeMatch>"
    )
    page = (
        b"HTTP/1.1 401 Unauthorized\r\nServer: App-webs/\r\nSet-Cookie: WebSession=abc123def\r\n\r\n"
        b'{"token":"t0k3nt0k3n","userName":"operator7"}'
    )
    journal = Journal(tmp_path / "run.jsonl", strip_secrets)
    web = Observation("127.9.9.1", Protocol.HTTP, page, 80, "GET /", method="http")
    for record in (started(), seen(payload=secret), web, *WHOLE):
        journal.append(record)
    journal.close()

    found = report(read_result(tmp_path / "run.jsonl", knowledge))
    text = render(kind, found, show_all=True)

    assert {one.protocol for one in found.observations} == {Protocol.SADP, Protocol.HTTP}
    for word in ("c0ffee", "5a17", "operator7", "t0k3n", "abc123def"):
        assert word not in text
        assert word.encode().hex() not in text
