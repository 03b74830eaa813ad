"""Two states of an inventory differ by the devices that differ, and in the words of a person."""

from __future__ import annotations

import pytest

from scanner.inventory.compare import Change, compared
from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.rebuild import refresh
from scanner.knowledge import load


@pytest.fixture(scope="module")
def knowledge():
    return load()


def change(presence=("present", "present"), before=(), after=(), findings=(), device="inv-1", became="inv-1"):
    return Change(device, became, "s", ("10.1.0.1",), dict(before), dict(after), presence, tuple(findings))


def test_two_stores_of_the_same_runs_differ_in_nothing(tmp_path, journal_of, things, knowledge):
    journal = journal_of("2026-01-05", {"10.1.0.1": things.camera(1)})
    stores = [open_store(str(tmp_path / f"{n}.sqlite"), tmp_path, make=True) for n in range(2)]
    for store in stores:
        take(store, journal)
        refresh(store, knowledge)
    with stores[0].reading() as one, stores[1].reading() as other:
        assert list(compared(one, other, [])) == []


def test_a_device_more_and_one_less_are_told_with_all_that_is_known(tmp_path, journal_of, things, knowledge):
    stores = [open_store(str(tmp_path / f"{n}.sqlite"), tmp_path, make=True) for n in range(2)]
    for number, store in enumerate(stores, 1):
        seen = {f"10.1.0.{number}": things.camera(number), "10.1.0.5": things.camera(5)}
        header = {"profiles": ("ca-federal-institution",), "id": f"20260105T020000Z-{number:06x}"}
        take(store, journal_of("2026-01-05", seen, **header))
        refresh(store, knowledge)
    with stores[0].reading() as one, stores[1].reading() as other:
        lost, gained = sorted(compared(one, other, ["r"]), key=lambda found: not found.lost)

    assert (lost.addresses, lost.lost, lost.gained) == (("10.1.0.1",), True, False)
    assert (gained.addresses, gained.lost, gained.gained) == (("10.1.0.2",), False, True)
    assert lost.retracted == gained.opened
    kept = lost.kept()
    assert [line["after"] for line in kept["told"] if line["subject"] == lost.device] == ["new"]
    assert kept["row"]["site"] == lost.site
    assert [name for name, _ in kept["aliases"] if name.startswith("serial")] == ["serial:G00000001"]
    assert [span["address"] for span in kept["intervals"]] == ["10.1.0.1"]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (
            change(before={"confidence": "probable"}, after={"confidence": "confirmed"}),
            "level probable → confirmed",
        ),
        (change(after={"model": "M"}), "model — → M"),
        (change(("missing", "present")), "missing → present"),
        (change(findings=[("m", "", "open"), ("n", "open", "retracted")]), "opens m; retracts n"),
        (change(findings=[("m", "waived", "open")]), "m waived → open"),
        (change(("", "new"), after={"confidence": "possible"}, device=""), "becomes the maker's (possible)"),
        (change(("new", ""), {"confidence": "possible"}, became=""), "is no more the maker's (possible)"),
        (change(("retracted", "new"), after={"model": "M"}), "becomes the maker's (M)"),
        (change(), "other details"),
    ],
)
def test_a_change_is_said(one, said):
    assert one.said == said
