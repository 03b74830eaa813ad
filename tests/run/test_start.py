"""How a run begins."""

from __future__ import annotations

import ipaddress
import re

from scanner import __version__
from scanner.run.listen import ListenRequest
from scanner.run.reading import ReadRequest
from scanner.run.request import ScanRequest
from scanner.run.start import journal_path, new_run_id, start
from scanner.scope import Scope, range_of


def test_the_names_of_runs_sort_by_time_and_are_not_given_twice():
    names = {new_run_id() for _ in range(50)}
    assert len(names) == 50
    assert all(re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{6}", name) for name in names)


def test_the_first_record_says_who_looks_where_and_for_whom(machine, interface):
    request = ScanRequest(("10.1.0.0/24",), profiles=("x",), facts="a: b", reference="CHG-7")
    scope = Scope.of([range_of(ipaddress.ip_network("10.1.0.0/30"))])
    begun = start(
        request, machine(interface("eth0", "10.1.0.5/24")), "connect", request.targets, scope=scope, seed=3
    )

    assert (begun.version, begun.engine, begun.targets) == (__version__, "connect", ("10.1.0.0/24",))
    assert (begun.walked, begun.seed) == (("10.1.0.0/30",), 3)
    assert (begun.profiles, begun.facts, begun.reference) == (("x",), "a: b", "CHG-7")
    assert begun.sensor["host"] == "sensor"
    assert any("eth0" in one for one in begun.sensor["interfaces"])


def test_where_no_address_is_walked_none_is_named(machine):
    begun = start(ListenRequest(), machine(), "listen", ("eth0",))

    assert (begun.walked, begun.excluded, begun.unwalked, begun.ports) == ((), (), (), ())


def test_the_journal_lies_where_it_is_wanted_or_under_the_data_folder(tmp_path):
    assert journal_path(ReadRequest(("f",), journal=tmp_path / "j"), "run-1") == tmp_path / "j"
    assert journal_path(ReadRequest(("f",)), "run-1") == tmp_path / "data" / "journals" / "run-1.jsonl"
