"""Files in, journal and report out, nothing sent."""

from __future__ import annotations

import socket

import pytest

from scanner.importers import Importer, Row
from scanner.importers.interface import PORTS
from scanner.model.ending import Ended, Ending
from scanner.model.errors import UsageError
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol
from scanner.model.report import Verdict
from scanner.model.sighting import Sighting
from scanner.run import foreign_file, imports
from scanner.run.events import Finished, Note
from scanner.run.reading import Reading, ReadRequest
from scanner.run.result import build_report, read_result

MAC = b"44:19:b6:01:02:03"


def rows(stream, source):
    """A toy format: ``mac ADDRESS``, ``all ADDRESS``, ``port ADDRESS``, ``at MAC``, ``name ADDRESS``, ``bad``, ``bug``."""
    for number, line in enumerate(stream.read().decode().splitlines(), 1):
        word, _, host = line.partition(" ")
        place = f"line {number}"
        if word == "mac":
            yield Row(
                place,
                observations=(
                    Observation(host, Protocol.MAC, MAC, at="2026-01-02T03:04:05Z" if number == 2 else ""),
                ),
            )
        elif word == "all":
            yield Row(place, endings=tuple(Ended("tcp", host, port, Ending.SILENT) for port in sorted(PORTS)))
        elif word == "port":
            yield Row(
                place,
                endings=(Ended("tcp", host, 80, Ending.COMPLETE), Ended("tcp", host, 22, Ending.REFUSED)),
            )
        elif word == "at":
            yield Row(place, sightings=(Sighting(host, switch="sw", port="7"),))
        elif word == "name":
            yield Row(place, names=(host,), unused="host down")
        elif word == "bug":
            raise ValueError("unexpected")
        else:
            yield Row(place, unused="not a row", broken=True)


TOY = Importer(
    "toy",
    "a toy",
    "It cannot tell a toy from a camera.",
    lambda head: head.startswith(b"toy") or b" " in head,
    rows,
)


@pytest.fixture(autouse=True)
def only_the_toy(monkeypatch):
    monkeypatch.setattr(foreign_file, "IMPORTERS", (TOY,))
    monkeypatch.setattr(foreign_file, "recognise", lambda head: TOY if TOY.recognises(head) else None)

    def no_socket(*args, **kwargs):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", no_socket)


@pytest.fixture
def read(tmp_path, machine, knowledge):
    def run(text: str, *more: str, **options):
        files = []
        for number, content in enumerate((text, *more)):
            path = tmp_path / f"toy{number}.txt"
            path.write_text(content)
            files.append(str(path))
        return Reading(ReadRequest(tuple(files), **options), machine(), knowledge)

    return run


def report(reading: Reading):
    *_, last = reading.events()
    assert isinstance(last, Finished)
    return last.report


def gaps(found) -> list[tuple[str, str]]:
    return [(gap.method, gap.state) for gap in found.coverage.gaps if gap.affects_verdict]


def test_a_file_becomes_a_report_with_its_account_and_its_journal_says_the_same(read, knowledge, tmp_path):
    reading = read("mac 10.0.0.5\nmac 10.0.0.6\nname 10.0.0.9\nbad\n")
    found = report(reading)

    (file,) = found.run.files
    assert (file.name, file.format) == (str(tmp_path / "toy0.txt"), "toy")
    assert (file.rows, file.used, file.unused, file.broken) == (4, 2, {"host down": 1, "not a row": 1}, 1)
    assert file.rows == file.used + sum(file.unused.values())
    assert found.verdict is Verdict.FOUND
    assert found.run.engine == "import"
    assert {state.value: n for state, n in found.coverage.by_state.items() if n} == {
        "answered": 2,
        "blind": 1,
    }
    again = build_report([read_result(reading.journal_path, knowledge)], knowledge, None, None)
    assert again == found


def test_a_row_keeps_its_time_or_has_that_of_the_file_and_is_marked(read):
    reading = read("mac 10.0.0.5\nmac 10.0.0.6\n")
    report(reading)
    text = reading.journal_path.read_text()

    first, second = (line for line in text.splitlines() if '"kind":"observation"' in line)
    assert '"dated":"file"' in first
    assert '"dated"' not in second
    assert '"at":"2026-01-02T03:04:05Z"' in second
    assert '"source":' in second


def test_what_a_format_cannot_tell_is_said_and_does_not_decide(read):
    found = report(read("all 10.0.0.5\n"))

    assert [(gap.reason, gap.affects_verdict) for gap in found.coverage.gaps] == [(TOY.cannot_tell, False)]
    assert found.verdict is Verdict.CLEAR


def test_a_scope_leaves_out_the_rest_and_what_no_file_names_in_it_is_blind(read):
    found = report(
        read("mac 10.0.0.5\nall 10.0.0.6\nall 10.9.9.9\n", within=("10.0.0.0/29",), exclude=("10.0.0.7",))
    )

    assert found.run.files[0].unused == {"outside the scope": 1}
    assert {state.value: n for state, n in found.coverage.by_state.items() if n} == {
        "answered": 1,
        "silent": 1,
        "blind": 5,
        "excluded": 1,
    }


def test_an_exclusion_holds_without_a_scope(read):
    found = report(read("mac 10.0.0.5\nmac 10.0.0.6\n", exclude=("10.0.0.6",)))

    assert [device.addresses for device in found.devices] == [("10.0.0.5",)]


def test_a_mac_alone_is_a_device_that_nobody_asked(read):
    found = report(read(f"mac {MAC.decode()}\nat {MAC.decode()}\n"))

    assert [device.addresses for device in found.devices] == [()]
    assert [one.port for one in found.devices[0].seen_at] == ["7"]
    assert ("mac", "not asked") in gaps(found)


def test_a_broken_row_leaves_the_run_incomplete(read):
    found = report(read("all 10.0.0.5\nbad\n"))

    assert found.verdict is Verdict.INCOMPLETE
    assert gaps(found) == [("toy", "not read")]


def test_a_bug_of_a_reader_costs_the_rest_of_its_file_and_is_counted(read):
    found = report(read("all 10.0.0.5\nbug \nall 10.0.0.6\n", "all 10.0.0.7\n"))

    assert [error.message for error in found.errors] == ["ValueError: unexpected after 1 rows"]
    assert [file.rows for file in found.run.files] == [1, 1]
    assert found.verdict is Verdict.INCOMPLETE


def test_hosts_and_reasons_are_bounded(read, monkeypatch):
    monkeypatch.setattr(imports, "HOSTS_LIMIT", 3)
    found = report(read("\n".join(f"mac 10.0.0.{number}" for number in range(1, 9))))

    assert len(found.devices) == 1  # they share one MAC address
    assert found.run.files[0].unused == {imports.TOO_MANY: 5}
    assert ("import", "not read") in gaps(found)


def test_ports_and_sightings_are_bounded_and_silence_needs_no_room(read, monkeypatch):
    monkeypatch.setattr(imports, "HOSTS_LIMIT", 3)
    text = [f"port 10.0.0.{number}" for number in range(1, 9)] + [
        f"all 10.0.1.{number}" for number in range(1, 9)
    ]
    found = report(read("\n".join([*text, f"at {MAC.decode()}"])))

    assert found.run.files[0].unused == {imports.TOO_MANY: 6}
    assert {state.value: n for state, n in found.coverage.by_state.items() if n} == {
        "answered": 3,
        "silent": 8,
        "blind": 5,
    }


def test_an_address_that_no_host_has_is_explained(read):
    found = report(read("mac 224.0.0.1\nmac nonsense\nall 10.0.0.5\n"))

    assert found.run.files[0].unused == {imports.NO_HOST: 2}


def test_stopped_before_the_second_file_it_reports_what_it_has(read):
    reading = read("mac 10.0.0.5\n", "mac 10.0.0.6\n")
    events = reading.events()
    next(events)
    assert isinstance(next(events), Note)
    reading.stop()
    *_, last = events

    assert last.interrupted
    assert len(last.report.devices) == 1
    assert last.report.run.interrupted


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"within": ("camera.example",)}, "sends nothing; give the address"),
        ({"within": ("10.0.0.1",), "exclude": ("10.0.0.0/24",)}, "the exclusions cover"),
        ({"format": "letter"}, "no such format; known are toy"),
    ],
)
def test_what_cannot_be_done_is_said_before_a_journal_is_made(read, options, message, tmp_path):
    with pytest.raises(UsageError, match=message):
        read("mac 10.0.0.5\n", **options)
    assert not (tmp_path / "data").exists()


def test_no_file_is_no_reading(machine, knowledge):
    with pytest.raises(UsageError, match="no file"):
        Reading(ReadRequest(()), machine(), knowledge)
