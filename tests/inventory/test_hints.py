"""A new device may be the one that was last at its address; whoever was seen since, or differs, is not."""

from __future__ import annotations

import pytest

from scanner.inventory.engine import open_store
from scanner.inventory.hints import may_be
from scanner.inventory.ingest import take
from scanner.inventory.lists import list_devices
from scanner.inventory.rebuild import refresh
from scanner.knowledge import load
from scanner.model.protocol import Protocol

FORM = '<?xml version="1.0"?><ProbeMatch><DeviceDescription>{model}</DeviceDescription><MAC>{mac}</MAC></ProbeMatch>'


def card(number: int, model: str = "DS-2CD2143G2-I"):
    """A camera that states its model and hardware address, and no serial number."""
    return Protocol.SADP, FORM.format(model=model, mac=f"44-19-b6-00-01-{number:02x}").encode()


@pytest.fixture
def hints(store_url, tmp_path, journal_of):
    knowledge = load()

    def told(*weeks, sites=()):
        store = open_store(store_url, tmp_path, make=True)
        for number, answers in enumerate(weeks):
            site = sites[number] if sites else "lab"
            take(store, journal_of(f"2026-01-{5 + 7 * number:02}", answers), site)
        refresh(store, knowledge)
        with store.reading() as connection:
            rows = {one.id: one for one in list_devices(connection)}
            return {
                rows[name].fields["mac"][-2:]: (rows[hint.device].fields["mac"][-2:], hint.why)
                for name, hint in may_be(connection, list(rows)).items()
            }

    return told


def test_a_new_network_card_with_no_other_name_may_be_the_device_that_was_there(hints):
    assert hints({"10.1.0.1": card(1)}, {"10.1.0.1": card(2)}) == {
        "02": ("01", "it was last at 10.1.0.1, until 2026-01-05")
    }


def test_who_answers_elsewhere_since_is_another(hints):
    assert hints({"10.1.0.1": card(1)}, {"10.1.0.1": card(2), "10.1.0.2": card(1)}) == {}


def test_what_is_of_another_model_is_another(hints):
    assert hints({"10.1.0.3": card(3)}, {"10.1.0.3": card(4, "DS-7608NI-K2")}) == {}


def test_an_address_of_another_site_says_nothing(hints):
    assert hints({"10.1.0.1": card(1)}, {"10.1.0.1": card(2)}, sites=("lab", "annex")) == {}
