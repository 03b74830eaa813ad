"""One reply against the signatures: conditions, captures, tables, excerpts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.knowledge import Knowledge, load
from scanner.knowledge.match import EXCERPT, Match, excerpt_of, match, printable
from scanner.model.evidence import Claims, Maker
from scanner.model.fields import Fields
from scanner.model.protocol import Protocol


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load()


def ids(found: list[Match]) -> set[str]:
    return {one.signature.id for one in found}


def test_a_match_carries_signature_field_excerpt_and_claims(known: Knowledge) -> None:
    fields = Fields([("status", "200"), ("header.server", "DNVRS-Webs")])
    (found,) = match(known, Protocol.HTTP, fields)
    assert found.signature.id == "http-server-dnvrs-webs"
    assert found.field == "header.server"
    assert found.excerpt == "DNVRS-Webs"
    assert found.claims == Claims(maker=Maker.HIKVISION, maker_name="Hikvision")


def test_a_field_counts_only_in_replies_of_its_protocols(known: Knowledge) -> None:
    assert match(known, Protocol.FTP, Fields([("header.server", "DNVRS-Webs")])) == []


def test_every_value_of_a_field_is_tried_and_equal_claims_come_once(known: Knowledge) -> None:
    two = Fields([("realm", "DS-2CD2385G1-I"), ("realm", "DS-2CD2385G1-I"), ("realm", "DS-2CD2T47G1-L")])
    found = match(known, Protocol.RTSP, two)
    assert [one.claims.model for one in found] == ["DS-2CD2385G1-I", "DS-2CD2T47G1-L"]


def test_conditions_on_other_fields_decide(known: Knowledge) -> None:
    user = [("xml.statusValue", "401")]
    assert "isapi-usercheck" not in ids(match(known, Protocol.ISAPI, Fields(user)))
    assert "isapi-usercheck" in ids(match(known, Protocol.ISAPI, Fields([("xml.root", "userCheck"), *user])))
    script = [("script", 'window.location.href = "/doc/page/login.asp?_" + 1')]
    assert "http-body-login-asp-redirect" in ids(match(known, Protocol.HTTP, Fields(script)))
    hanbang = Fields([("header.server", "NVR Webserver"), *script])
    assert "http-body-login-asp-redirect" not in ids(match(known, Protocol.HTTP, hanbang))


def test_what_was_asked_is_a_condition_and_unknown_meets_none(known: Knowledge) -> None:
    fields = Fields([("realm", "5048c9083c2853c12763f499")])
    asked = "GET /ISAPI/System/deviceInfo"
    assert ids(match(known, Protocol.HTTP, fields, asked)) == {"realm-24hex-path"}
    assert match(known, Protocol.HTTP, fields, "GET /") == []
    assert match(known, Protocol.HTTP, fields) == []


def test_what_was_asked_may_speak_against_a_match(known: Knowledge) -> None:
    fields = Fields([("realm", "5048c9083c2853c12763f499")])
    assert ids(match(known, Protocol.ISAPI, fields)) == {"realm-24hex-isapi"}
    assert match(known, Protocol.ISAPI, fields, "GET /4b1d0c7e2a9f5e66") == []


def test_a_realm_that_is_a_mac_needs_a_registered_block(known: Knowledge) -> None:
    (found,) = match(known, Protocol.RTSP, Fields([("realm", "1868cb000001")]))
    assert found.claims.mac == "18:68:cb:00:00:01"
    assert found.claims.maker_name == "Hikvision"
    assert match(known, Protocol.RTSP, Fields([("realm", "0123456789ab")])) == []


def test_the_maker_of_a_block_is_named_from_the_table(known: Knowledge) -> None:
    ezviz = next(row.prefix for row in known.oui.rows.values() if row.brand == "EZVIZ")
    mac = ":".join(re.findall("..", ezviz)) + ":01:02:03"
    (found,) = match(known, Protocol.MAC, Fields([("mac", mac)]))
    assert found.claims.maker_name == "EZVIZ (Hikvision)"
    (other,) = match(known, Protocol.MAC, Fields([("mac", "ac:cc:8e:01:02:03")]))
    assert (other.claims.maker, other.claims.maker_name) == (Maker.OTHER, "Axis")


def test_only_sure_rows_of_relabels_count(known: Knowledge) -> None:
    assert ids(match(known, Protocol.MAC, Fields([("mac", "14:2f:fd:00:00:01")]))) == {"mac-oui-relabel"}
    assert match(known, Protocol.MAC, Fields([("mac", "00:06:4a:00:00:01")])) == []


def test_a_model_must_follow_the_maker_s_grammar_where_that_is_asked(known: Knowledge) -> None:
    scope = "onvif://www.onvif.org/hardware/"
    hik = match(known, Protocol.ONVIF_WSDISCOVERY, Fields([("wsd.scope", scope + "DS-TCG406-E")]))
    assert "wsd-hardware-model" in ids(hik)
    nas = match(known, Protocol.ONVIF_WSDISCOVERY, Fields([("wsd.scope", scope + "DS918+")]))
    assert ids(nas) == {"wsd-hardware"}


def test_a_model_of_a_sure_relabel_is_a_weak_hint(known: Knowledge) -> None:
    scope = "onvif://www.onvif.org/hardware/"
    lts = match(known, Protocol.ONVIF_WSDISCOVERY, Fields([("wsd.scope", scope + "CMIP7352W")]))
    assert ids(lts) == {"wsd-hardware", "wsd-hardware-relabel"}
    for model in ("TVIP41500", "IP2M-841B", "nothing"):
        found = match(known, Protocol.ONVIF_WSDISCOVERY, Fields([("wsd.scope", scope + model)]))
        assert "wsd-hardware-relabel" not in ids(found)


def test_claims_from_scopes_are_unquoted(known: Knowledge) -> None:
    scope = "onvif://www.onvif.org/name/HIKVISION%20DS-2CD2387G2-LSU%2FSL"
    models = {
        one.claims.model for one in match(known, Protocol.ONVIF_WSDISCOVERY, Fields([("wsd.scope", scope)]))
    }
    assert "DS-2CD2387G2-LSU/SL" in models


def test_a_captured_brand_takes_the_spelling_of_the_vocabulary_or_is_dropped(known: Knowledge) -> None:
    fields = [("sadp.root", "ProbeMatch"), ("sadp.OEMInfo", "hilook")]
    (found,) = match(known, Protocol.SADP, Fields(fields))
    assert found.claims.brand == "HiLook"
    (unknown,) = match(known, Protocol.SADP, Fields([("sadp.OEMInfo", "Nobody's Brand")]))
    assert unknown.claims == Claims()


def test_look_alikes_are_found_too(known: Knowledge) -> None:
    (found,) = match(known, Protocol.HTTP, Fields([("header.server", "GoAhead-Webs")]))
    assert found.signature.lookalike
    assert found.claims == Claims()


def test_a_page_that_talks_about_the_maker_is_nothing(known: Knowledge) -> None:
    page = Fields([("body", "<p>Hikvision cameras are banned.</p>"), ("title", "News: Hikvision")])
    assert match(known, Protocol.HTTP, page) == []


def test_excerpts_are_short_and_cannot_act_on_a_terminal() -> None:
    hit = re.search("needle", "x" * 5000 + "\x1b[2J needle \x07" + "y" * 5000)
    assert hit is not None
    text = excerpt_of(hit)
    assert "needle" in text
    assert len(text) <= EXCERPT
    assert text.isprintable()
    long = re.search("z+", "a" * 40 + "z" * 900)
    assert long is not None
    assert len(excerpt_of(long)) == EXCERPT
    assert printable("a\x00\x1b\u202eb") == "ab"


def test_claims_hold_no_control_characters(known: Knowledge) -> None:
    fields = Fields([("xml.root", "DeviceInfo"), ("xml.namespace", "http://www.isapi.org/ver20/XMLSchema")])
    hostile = Fields([*((name, fields[name][0]) for name in fields), ("xml.model", "DS-2CD\x1b[31m")])
    models = [one.claims.model for one in match(known, Protocol.ISAPI, hostile) if one.claims.model]
    assert models == ["DS-2CD[31m"]


@settings(max_examples=150, deadline=None)
@given(
    protocol=st.sampled_from([*Protocol]),
    pairs=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "realm",
                    "auth",
                    "header.server",
                    "body",
                    "script",
                    "xml.model",
                    "xml.root",
                    "wsd.scope",
                    "mac",
                    "sadp.DeviceSN",
                    "sadp.root",
                    "tls.subject.O",
                    "banner",
                    "banner.hex",
                    "mdns.host",
                    "sdp.a",
                ]
            ),
            st.text(max_size=80),
        ),
        max_size=8,
    ),
    request=st.none() | st.text(max_size=40),
)
def test_no_input_makes_it_fail(
    known: Knowledge, protocol: Protocol, pairs: list[tuple[str, str]], request: str | None
) -> None:
    for found in match(known, protocol, Fields(pairs), request):
        assert found.excerpt.isprintable()
        assert protocol in found.signature.protocols


def test_the_data_folder_may_be_another(root: Path) -> None:
    assert load(root).signature("realm-model") is not None
