"""A run belongs to a site; sites and networks have somebody who answers for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scanner.inventory.engine import open_store
from scanner.inventory.ingest import take
from scanner.inventory.sites import Site, SiteNetwork, networks, set_network, set_site, sites
from scanner.journal import Named
from scanner.model.errors import UsageError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(store_url, tmp_path):
    return open_store(store_url, tmp_path, make=True)


def test_loopback_is_the_rehearsal(store, journal_of):
    assert take(store, journal_of("2026-01-05", targets=("127.77.0.0/28",))).site == "rehearsal"


def test_files_belong_where_the_addresses_that_they_name_do(store, journal_of):
    set_network(store, NOON, "A", SiteNetwork("north", "10.1.0.0/16"))

    def site(name, *addresses):
        named = [Named(addresses)] if addresses else []
        return take(store, journal_of("2026-01-05", (), (), id=name, engine="import", more=named)).site

    assert site("one", "10.1.0.5", "10.1.2.0-10.1.2.9") == "north"
    assert site("two", "10.1.0.5", "10.2.0.5") == "default"
    assert site("three", "127.9.9.9") == "rehearsal"
    assert site("four") == "default"


def test_who_listens_is_where_the_links_of_his_interfaces_are(store, journal_of):
    set_network(store, NOON, "A", SiteNetwork("north", "10.1.0.0/16"))
    heard = journal_of("2026-01-05", (), (), engine="listen", connected=("10.1.7.0/24",))

    assert take(store, heard).site == "north"


def test_a_run_that_touches_more_than_loopback_is_no_rehearsal(store, journal_of):
    assert take(store, journal_of("2026-01-05", targets=("127.77.0.0/28", "10.1.0.0/28"))).site == "default"


def test_a_run_belongs_to_the_site_whose_networks_hold_it(store, journal_of):
    set_network(store, NOON, "A", SiteNetwork("north", "10.1.0.0/16"))
    set_network(store, NOON, "A", SiteNetwork("south", "10.2.0.0/16"))

    assert take(store, journal_of("2026-01-05", targets=("10.1.4.0/28",))).site == "north"
    assert take(store, journal_of("2026-01-05", targets=("10.1.4.0/28", "10.2.0.0/28"))).site == "default"


def test_where_two_sites_have_the_same_prefix_somebody_has_to_say_which(store, journal_of):
    for site in ("north", "south"):
        set_network(store, NOON, "A", SiteNetwork(site, "192.168.1.0/24"))

    assert take(store, journal_of("2026-01-05", targets=("192.168.1.0/28",))).site == "default"
    assert take(store, journal_of("2026-01-12", targets=("192.168.1.0/28",)), "south").site == "south"


def test_a_run_keeps_the_site_that_it_was_taken_with(store, journal_of):
    path = journal_of("2026-01-05")
    take(store, path, "north")

    assert take(store, path, "south").site == "north"


def test_who_answers_for_a_site_answers_for_its_networks(store):
    set_site(store, NOON, "A", Site("north", "North", "Facilities", "agency"))
    set_network(store, NOON, "A", SiteNetwork("north", "10.1.0.9/16"))
    set_network(store, NOON, "A", SiteNetwork("north", "10.0.9.0/24", owner="ACME", owner_kind="landlord"))

    with store.reading() as connection:
        assert networks(connection) == [
            SiteNetwork("north", "10.0.9.0/24", "", "ACME", "landlord"),
            SiteNetwork("north", "10.1.0.0/16", "", "Facilities", "agency"),
        ]
        assert networks(connection, "south") == []


def test_what_was_said_last_holds(store):
    set_site(store, NOON + timedelta(days=1), "A", Site("north", owner="new"))
    set_site(store, NOON, "A", Site("north", owner="old"))

    with store.reading() as connection:
        assert [site.owner for site in sites(connection)] == ["new"]


def test_sites_are_those_of_runs_and_networks_too(store, journal_of):
    take(store, journal_of("2026-01-05"), "east")
    set_network(store, NOON, "A", SiteNetwork("west", "10.1.0.0/16"))

    with store.reading() as connection:
        assert [site.name for site in sites(connection)] == ["east", "west"]


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "a\x1b[2J"])
def test_a_name_that_can_be_none_is_refused(store, name):
    with pytest.raises(UsageError, match="no name for a site"):
        set_site(store, NOON, "A", Site(name))


def test_what_is_no_prefix_is_no_network(store):
    with pytest.raises(UsageError, match="not a prefix"):
        set_network(store, NOON, "A", SiteNetwork("north", "10.1.0.0/99"))
