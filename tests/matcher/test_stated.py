"""Evidence in what a device states."""

from __future__ import annotations

import time

import pytest

from scanner.matcher.making import origin_of
from scanner.matcher.stated import brand_in, evidence_in, is_generic, named_brand
from scanner.matcher.statements import Statement, statements
from scanner.model.evidence import Maker, Strength
from scanner.model.fields import Fields
from scanner.model.protocol import Protocol


@pytest.fixture
def found(tables, observation):
    """Evidence in fields of one protocol."""

    def read(protocol, *pairs):
        said = list(statements(Protocol(protocol), Fields(pairs)))
        return list(evidence_in(tables, origin_of(observation(protocol, b"x")), said))

    return read


def test_a_block_of_the_maker_is_strong_and_conclusive_where_the_device_names_itself(found):
    (neighbour,) = found("mac", ("mac", "44:19:b6:01:02:03"))
    assert (neighbour.strength, neighbour.claims.maker) == (Strength.STRONG, Maker.HIKVISION)
    assert neighbour.claims.relation is None
    (realm,) = found("rtsp", ("realm", "4419b6010203"))
    assert (realm.strength, realm.claims.mac) == (Strength.CONCLUSIVE, "44:19:b6:01:02:03")
    (link_local,) = found("onvif-wsdiscovery", ("wsd.xaddr", "http://[fe80::eaa0:edff:fe3f:b4f7]/onvif"))
    assert link_local.claims.mac == "e8:a0:ed:3f:b4:f7"


def test_a_block_of_a_subsidiary_says_so(found, tables):
    row = next(row for row in tables.oui.rows.values() if row.kind == "subsidiary" and row.bits == 24)
    (one,) = found("mac", ("mac", row.prefix + "010203"))
    assert one.claims.maker is Maker.HIKVISION
    assert one.claims.relation == "subsidiary"
    assert one.claims.maker_name != tables.brands.default_maker_name


def test_a_block_of_a_company_that_the_maker_does_not_control_is_no_block_of_the_maker(found):
    (one,) = found("mac", ("mac", "C0:61:9A:E1:02:03"))

    assert (one.strength, one.family) == (Strength.WEAK, "affiliate")


def test_a_block_of_a_relabelling_brand_is_a_weak_hint_only_where_it_is_known_well(found, tables):
    rows = [row for row in tables.oui.rows.values() if row.kind == "relabel"]
    for row in rows:
        evidence = found("mac", ("mac", row.prefix + "010203"))
        if row.confidence in {"certain", "high"}:
            assert [one.strength for one in evidence] == [Strength.WEAK]
        else:
            assert evidence == []


def test_a_block_of_another_maker_names_it(found, tables):
    row = next(row for row in tables.oui.rows.values() if row.kind == "other" and row.brand == "Axis")
    (one,) = found("mac", ("mac", row.prefix + "010203"))
    assert (one.claims.maker, one.claims.maker_name) == (Maker.OTHER, "Axis")


def test_an_address_that_nobody_registered_is_nothing(found):
    assert found("mac", ("mac", "02:00:00:00:00:01")) == []


def test_a_serial_in_the_grammar_is_strong_and_carries_the_model(found):
    one, age = found("mdns", ("mdns.host", "DS-2CD2686G2T-IZS20231208AAWRAX6597176.local"))
    assert (age.signature, age.strength, age.claims.maker) == ("serial-counter", "weak", None)
    assert age.claim == (
        "the counter of its serial number was reached 2023-11 to 2024-04; "
        "2023-12-08 in it is the day of production"
    )
    assert (one.signature, one.strength) == ("serial-grammar", Strength.STRONG)
    assert one.claims.model == "DS-2CD2686G2T-IZS"


@pytest.mark.parametrize("serial", ["19871023", "DS-2CD2532F-IWS00000000CCCH000000000", "BA07995PHA29A85"])
def test_other_serials_are_no_evidence(found, serial):
    assert found("upnp-description", ("xml.root", "root"), ("xml.serialNumber", serial)) == []


def test_a_model_in_the_makers_own_grammar_is_strong(found):
    (one,) = found("onvif-soap", ("xml.Model", "DS-2CD2143G2-I"))
    assert (one.signature, one.strength, one.claims.device_class) == (
        "model-grammar",
        Strength.STRONG,
        "camera",
    )


@pytest.mark.parametrize("model", ["DS918+", "DS-6505B", "DS-C9148T-24PETK9"])
def test_a_model_that_only_begins_alike_speaks_for_another_maker(found, model):
    (one,) = found("onvif-soap", ("xml.Model", model))
    assert one.claims.maker is Maker.OTHER


def test_a_foreign_description_names_its_maker(found):
    root = ("xml.root", "root")
    (named,) = found("upnp-description", root, ("xml.manufacturer", "Acme Lamps"))
    assert (named.claims.maker_name, named.strength) == ("Acme Lamps", Strength.STRONG)
    (told,) = found(
        "upnp-description", root, ("xml.manufacturer", "UPNP"), ("xml.modelDescription", "Lamp Gate")
    )
    assert told.claims.maker_name == "Lamp Gate"
    assert found("upnp-description", root, ("xml.manufacturer", "UPNP")) == []
    (soap,) = found("onvif-soap", ("xml.Manufacturer", "Acme"))
    assert soap.strength is Strength.WEAK
    assert found("onvif-soap", ("xml.Manufacturer", "IPCAM")) == []


def test_a_known_maker_is_named_and_the_free_name_of_a_scope_is_not_believed(found):
    (one,) = found("onvif-soap", ("xml.Manufacturer", "Dahua"))
    assert (one.claims.maker_name, one.strength) == ("Dahua", Strength.STRONG)
    assert found("onvif-wsdiscovery", ("wsd.scope", "onvif://www.onvif.org/name/Garden%20camera")) == []


def test_the_brand_at_the_start_of_a_name_is_found_with_the_rest(tables):
    brand, rest = brand_in(tables, "HIKVISION DS-2CD2143G2-I")
    assert (brand.name, rest) == ("HIKVISION", "DS-2CD2143G2-I")
    brand, rest = brand_in(tables, "hikvision")
    assert (brand.name, rest) == ("HIKVISION", "")
    assert brand_in(tables, "front door") is None


@pytest.mark.parametrize(
    ("field", "value", "brand"),
    [
        ("wsd.scope", "Hunt", "Hunt"),
        ("wsd.scope", "HIKVISION DS-2CD2143G2-I", "HIKVISION"),
        ("wsd.scope", "Hunt street", None),
        ("xml.manufacturer", "EZVIZ Inc.", "EZVIZ"),
    ],
)
def test_free_text_names_a_brand_only_alone_or_before_a_model(tables, field, value, brand):
    named = named_brand(tables, Statement("name", value, field, 50))
    assert (named.name if named else None) == brand


@pytest.mark.parametrize("name", ["IPCAM", "IP Camera", "General", "H.264 DVR", "network-camera", "NVT 1"])
def test_words_for_kinds_of_things_are_no_names(name):
    assert is_generic(name)


@pytest.mark.parametrize("name", ["Acme", "anjvision", "LampControlGateway"])
def test_names_are_no_words_for_kinds_of_things(name):
    assert not is_generic(name)


def test_the_check_of_words_is_quick_on_hostile_names():
    begun = time.perf_counter()
    assert not is_generic("ipcamipcipnc" * 10 + "!x?")
    assert time.perf_counter() - begun < 0.1


def test_statements_of_no_interest_give_nothing(tables, observation):
    kind = Statement("kind", "IPCamera", "xml.deviceType", 50)
    assert list(evidence_in(tables, origin_of(observation("isapi", b"x")), [kind])) == []
