from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from scanner.config.settings import parse
from scanner.inventory import schema, sites
from scanner.inventory.decisions import decisions
from scanner.inventory.engine import open_store
from scanner.inventory.patience import PATIENCE, patience, patience_of
from scanner.inventory.sites import Site, SiteNetwork
from scanner.inventory.transitions import Patience
from scanner.schedule.keeping import count_findings, store_place, tell

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TEXT = """
owner = "City of X"
[sites.main]
label = "90 Elgin"
[sites.main.networks.cameras]
targets = ["10.1.0.0/24", "10.2.0.4-7"]
exclude = "10.1.0.9"
[sites.depot]
owner = "Landlord Ltd"
owner_kind = "landlord"
[sites.depot.networks.all]
targets = "192.168.1.0/24"
label = "Everything"
"""


@pytest.fixture
def store(tmp_path):
    opened = open_store(None, tmp_path, make=True)
    yield opened
    opened.close()


def configuration(text: str, folder: Path = Path()):
    return parse(text, folder / "hiksweep.toml", (), {})


def held(store) -> tuple[list[Site], list[SiteNetwork]]:
    with store.reading() as connection:
        return sites.sites(connection), sites.networks(connection)


def test_the_inventory_learns_sites_and_networks_with_their_owners_once(store):
    assert tell(store, configuration(TEXT), NOW) == 5

    known_sites, known_networks = held(store)
    assert known_sites == [
        Site("depot", "", "Landlord Ltd", "landlord"),
        Site("main", "90 Elgin", "City of X", "agency"),
    ]
    assert known_networks == [
        SiteNetwork("depot", "192.168.1.0/24", "Everything", "Landlord Ltd", "landlord"),
        SiteNetwork("main", "10.1.0.0/24", "", "City of X", "agency"),
        SiteNetwork("main", "10.2.0.4/30", "", "City of X", "agency"),
    ]
    assert tell(store, configuration(TEXT), NOW + timedelta(days=1)) == 0


def test_what_changes_in_the_file_is_told_again(store):
    tell(store, configuration(TEXT), NOW)

    assert tell(store, configuration(TEXT.replace("Everything", "All")), NOW + timedelta(days=1)) == 1
    assert held(store)[1][0].label == "All"


def test_what_the_file_leaves_open_does_not_undo_what_a_person_said(store):
    sites.set_site(store, NOW, "ann", Site("main", "The house", "Ann"))
    sites.set_network(store, NOW, "ann", SiteNetwork("main", "10.1.0.0/24", "Doors", "Ann", "agency"))

    assert (
        tell(
            store, configuration('[sites.main.networks.x]\ntargets = "10.1.0.0/24"'), NOW + timedelta(days=1)
        )
        == 0
    )
    assert held(store)[1][0].owner == "Ann"


def test_how_long_to_wait_is_recorded_once_and_again_when_the_file_says_otherwise(store):
    patient = TEXT + "[inventory]\nmissing_sweeps = 4\nmissing_of = 5\nremoved_days = 60\n"
    tell(store, configuration(TEXT), NOW)
    with store.reading() as connection:
        assert decisions(connection, PATIENCE) == []  # the usual numbers hold without a word

    for later, text, told in ((1, patient, 1), (2, patient, 0), (3, TEXT, 1), (4, TEXT, 0)):
        assert tell(store, configuration(text), NOW + timedelta(days=later)) == told
    with store.reading() as connection:
        said = decisions(connection, PATIENCE)
        assert patience(connection) == Patience()
    assert [one.at for one in said] == [NOW + timedelta(days=1), NOW + timedelta(days=3)]
    assert said[0].by == "hiksweep.toml"
    assert patience_of(said[0].data) == Patience(against=4, of=5, removed_days=60)


def test_a_store_that_is_a_file_lies_beside_the_configuration(tmp_path):
    one = '[sites.main.networks.x]\ntargets = "10.1.0.0/24"'

    assert store_place(configuration(one)) is None
    assert store_place(configuration(f'store = "here.sqlite"\n{one}', tmp_path)) == str(
        tmp_path / "here.sqlite"
    )
    assert store_place(configuration(f'store = "postgresql://a@b/c"\n{one}')) == "postgresql://a@b/c"


def test_findings_are_counted_by_site_and_state_without_the_rehearsal(store):
    with store.writing() as connection:
        for number, (site, state) in enumerate(
            (("main", "open"), ("main", "open"), ("depot", "closed"), ("rehearsal", "open"))
        ):
            words = {column.name: "[]" for column in schema.device.c} | {
                "id": f"d{number}",
                "site": site,
                "fields": "{}",
            }
            connection.execute(insert(schema.device).values(words))
            row = {
                "id": f"f{number}",
                "site": site,
                "device": f"d{number}",
                "measure": "m",
                "state": state,
                "since": "2026-06-01",
                "until": None,
                "data": "{}",
            }
            connection.execute(insert(schema.finding).values(row))

    assert count_findings(store, NOW.date()) == {("main", "open"): 2, ("depot", "closed"): 1}
