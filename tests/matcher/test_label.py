"""The name that a device bears: it neither accuses nor clears, and an unlisted one is still a relabel."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from itertools import product
from pathlib import Path

import pytest
import yaml

from scanner.knowledge import Knowledge, load
from scanner.matcher import identify
from scanner.matcher.host import HostState
from scanner.matcher.label import Claimed, brand_of
from scanner.model.device import Confidence, Relation
from scanner.model.evidence import Maker, Strength
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

ROOT = Path(__file__).resolve().parents[2]
RELABELS = [
    json.loads(line)
    for line in (ROOT / "benchmarks" / "relabels.jsonl").read_text(encoding="utf-8").splitlines()
]
"""Every relabel of which a reply is public, its truth and its source; and the same brands by other makers."""
EXPLAINED = {
    (host, error["kind"])
    for error in yaml.safe_load((ROOT / "benchmarks" / "explained.yaml").read_text(encoding="utf-8"))[
        "explained"
    ]
    if error["corpus"] == "relabels.jsonl"
    for host in error["hosts"]
}
"""What we are known to get wrong of them, by host and kind."""
SERIAL = "20170428AAWR756800000"
EZVIZ_MAC = "0c:a6:4c:10:00:01"
"""Out of a block that is registered to the subsidiary."""
KNOWLEDGE = load()
SOLD_UNDER_A_NAME = [
    brand for brand in KNOWLEDGE.brands.brands if brand.relation in {"relabel", "mixed", "uncertain"}
]


@pytest.fixture
def knowledge() -> Knowledge:
    """Everything, signatures included: a name must not accuse by any of them."""
    return KNOWLEDGE


@pytest.fixture
def answer(observation):
    """The device that a discovery answer with the given elements shows."""

    def read(**elements):
        inner = "".join(f"<{name}>{value}</{name}>" for name, value in elements.items())
        payload = (
            f'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><Types>inquiry</Types>{inner}</ProbeMatch>'
        )
        (device,) = identify([observation("sadp", payload, port=37020)], KNOWLEDGE)
        return device

    return read


def _says(name: str) -> list[tuple[str, str, str | None]]:
    """One name in each place in which devices state it."""
    escaped = name.replace("&", "&amp;")
    scope = name.replace(" ", "%20").replace("&", "%26")
    upnp = f"<root><device><manufacturer>{escaped}</manufacturer><modelName>A1</modelName></device></root>"
    soap = f"<GetDeviceInformationResponse><Manufacturer>{escaped}</Manufacturer><Model>A1</Model>"
    soap = f"<Envelope><Body>{soap}</GetDeviceInformationResponse></Body></Envelope>"
    scopes = f"onvif://www.onvif.org/name/{scope} onvif://www.onvif.org/type/video_encoder"
    probe = f"<ProbeMatches><ProbeMatch><Scopes>{scopes}</Scopes></ProbeMatch></ProbeMatches>"
    return [
        ("upnp-description", upnp, None),
        ("onvif-soap", soap, None),
        ("onvif-wsdiscovery", f"<Envelope><Body>{probe}</Body></Envelope>", None),
        ("http", f"HTTP/1.1 200 OK\r\n\r\n<html><title>{escaped}</title></html>", "GET /"),
        ("rtsp", f'RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="{name}"\r\n\r\n', None),
        ("dhcp", f"vendor-class: {name}", None),
    ]


@pytest.mark.parametrize("brand", SOLD_UNDER_A_NAME, ids=lambda brand: brand.name)
def test_the_name_of_a_brand_alone_never_accuses(brand, knowledge, observation):
    for spelling, place in product((brand.name, *brand.aliases[:1]), range(6)):
        protocol, payload, request = _says(spelling)[place]
        (device,) = identify([observation(protocol, payload, port=80, request=request)], knowledge)
        assert device.evidenced_maker is not Maker.HIKVISION, (spelling, protocol, device.evidence)


@pytest.mark.parametrize("brand", SOLD_UNDER_A_NAME, ids=lambda brand: brand.name)
def test_the_name_of_a_brand_everywhere_at_once_never_accuses(brand, knowledge, observation):
    """Six mentions of one name are one name."""
    said = [observation(one, text, port=80, request=ask) for one, text, ask in _says(brand.name)]
    (device,) = identify(said, knowledge)
    assert device.evidenced_maker is not Maker.HIKVISION, device.evidence


@pytest.mark.parametrize("brand", SOLD_UNDER_A_NAME, ids=lambda brand: brand.name)
def test_the_name_of_a_brand_alone_never_clears(brand, answer):
    device = answer(
        DeviceDescription="ZQ99", DeviceSN=f"ZQ99{SERIAL}", MAC="44-19-b6-10-00-01", OEMInfo=brand.name
    )
    assert (device.evidenced_maker, device.confidence) == (Maker.HIKVISION, Confidence.CONFIRMED)
    assert device.presented_brand == brand.name
    assert device.relation is Relation.RELABEL


@pytest.mark.parametrize(
    "name",
    sorted({brand.name for brand in KNOWLEDGE.brands.brands if brand.relation == "other"}),
)
def test_the_name_of_another_maker_does_not_clear_what_proves_itself(name, answer):
    device = answer(DeviceDescription="ZQ99", DeviceSN=f"ZQ99{SERIAL}", MAC="44-19-b6-10-00-01", OEMInfo=name)
    assert device.evidenced_maker is Maker.HIKVISION
    assert device.relation is Relation.RELABEL
    assert device.presented_brand is None


def test_an_unlisted_relabel_gives_its_code_and_no_brand(answer):
    device = answer(
        DeviceDescription="ZQ99",
        DeviceSN=f"ZQ99{SERIAL}",
        MAC="44-19-b6-10-00-01",
        DetailOEMCode="1142",
        OEMInfo="N/A",
    )
    assert (device.relation, device.oem_code, device.presented_brand) == (Relation.RELABEL, "1142", None)
    (sign,) = [one for one in device.evidence if one.signature == "oem-code"]
    assert sign.strength == "weak"


@pytest.mark.parametrize(
    ("elements", "relation", "code", "brand"),
    [
        # 0 and 1 are the maker's own.
        ({"DetailOEMCode": "1"}, "own", None, None),
        ({"DetailOEMCode": "0", "OEMCode": "1"}, "own", None, None),
        # Its own model with a customer's number: built for somebody, and perhaps under its own name.
        ({"DetailOEMCode": "1142"}, "unknown", "1142", None),
        ({"OEMCode": "7", "DetailOEMCode": "1"}, "unknown", "7", None),
        ({"DetailOEMCode": "1142", "Manufacturer": "HIKVISION"}, "own", "1142", "HIKVISION"),
        ({"DetailOEMCode": "much"}, "own", None, None),
        ({"SpecificDeviceType": "Neutral"}, "unknown", None, None),
        ({"SpecificDeviceType": "HIK"}, "own", None, None),
        ({"EZVIZCode": "1"}, "subsidiary", None, "EZVIZ"),
        ({"EZVIZCode": "0"}, "own", None, None),
        ({"OEMInfo": "Acme Watch"}, "relabel", None, None),
    ],
)
def test_marks_on_a_model_of_the_maker_s_own_grammar(answer, elements, relation, code, brand):
    device = answer(
        DeviceDescription="DS-2CD2385G1-I", DeviceSN="DS-2CD2385G1-I20200414AAWRE33842000", **elements
    )
    assert device.evidenced_maker is Maker.HIKVISION
    assert (device.relation, device.oem_code, device.presented_brand) == (relation, code, brand)


def test_marks_on_a_device_without_a_model_show_a_relabel(answer):
    device = answer(DeviceSN="20170428AAWR756800000", MAC="44-19-b6-10-00-01", DetailOEMCode="10101")
    assert (device.relation, device.oem_code) == (Relation.RELABEL, "10101")


def test_codes_do_not_accuse(knowledge, observation):
    """An imitation of the discovery answer with every mark of a relabel, and nothing of the maker."""
    payload = "<ProbeMatch><DetailOEMCode>1142</DetailOEMCode><OEMCode>7</OEMCode>"
    payload += "<SpecificDeviceType>Neutral</SpecificDeviceType></ProbeMatch>"
    plain = payload.replace("1142", "1").replace("7", "1").replace("Neutral", "HIK")
    (marked,) = identify([observation("sadp", payload, port=37020)], knowledge)
    (bare,) = identify([observation("sadp", plain, port=37020)], knowledge)
    assert (marked.evidenced_maker, marked.confidence) == (bare.evidenced_maker, bare.confidence)


def test_a_foreign_device_shows_no_code(knowledge, observation):
    said = [
        observation("upnp-description", "<root><device><manufacturer>Axis</manufacturer></device></root>"),
        observation("isapi", "<DeviceInfo><OEMCode>1142</OEMCode></DeviceInfo>"),
    ]
    (device,) = identify(said, knowledge)
    assert device.evidenced_maker is not Maker.HIKVISION
    assert device.oem_code is None
    assert not any(one.signature == "oem-code" for one in device.evidence)


def test_the_code_in_a_raw_frame_is_read(knowledge, observation):
    """Layout of research note sadp.md §2.4, version 2; made here, since no real answer is public."""
    first = bytearray(246)
    first[0:4] = (0x21, 2, 1, 246)
    first[10] = 4
    first[14:20] = bytes.fromhex("4419b6100001")
    serial = b"ZQ9920170428AAWR756800000"
    first[38 : 38 + len(serial)] = serial
    body = bytearray(152)
    body[70:72] = (4).to_bytes(2, "big")
    body[72] = 42
    body[104:108] = b"ZQ99"
    second = bytes((2, 156, 0, 0)) + bytes(body)
    frame = b"\xff" * 6 + bytes.fromhex("4419b6100001") + b"\x80\x33" + bytes(first) + second
    (device,) = identify([observation("sadp", frame)], knowledge)
    assert (device.evidenced_maker, device.oem_code, device.model) == (Maker.HIKVISION, "42", "ZQ99")
    assert device.relation is Relation.RELABEL


def test_a_recorder_names_its_brand_in_its_system_description(knowledge, observation):
    said = [
        observation(
            "snmp", "1.3.6.1.2.1.1.1.0 = ABUS company products\n1.3.6.1.2.1.1.2.0 = 1.3.6.1.4.1.50001\n"
        )
    ]
    (device,) = identify(said, knowledge)
    assert (device.evidenced_maker, device.presented_brand) == (Maker.HIKVISION, "ABUS")
    assert device.relation is Relation.RELABEL


def test_an_icon_of_a_brand_names_it_beside_proof_and_alone_says_nothing(knowing, signature, observation):
    """Icons of two brands are on record by their digest alone, so the icon here is one of our own."""
    icon = b"GIF89a-an-icon-of-a-brand"
    known = knowing(
        signature(
            "icon",
            fields=("favicon.md5",),
            pattern=hashlib.md5(icon, usedforsecurity=False).hexdigest(),
            claims={"maker": "hikvision", "brand": "TruVision"},
            strength=Strength.WEAK,
            family="http-favicon",
        ),
        signature("App-webs"),
    )
    shown = observation("http", b"HTTP/1.1 200 OK\r\n\r\n" + icon, port=80, request="GET /favicon.ico")
    (alone,) = identify([shown], known)
    assert alone.evidenced_maker is Maker.UNKNOWN
    proof = observation("http", "HTTP/1.1 401 Unauthorized\r\nServer: App-webs\r\n\r\n", port=80)
    (beside,) = identify([shown, proof], known)
    assert (beside.evidenced_maker, beside.presented_brand) == (Maker.HIKVISION, "TruVision")
    assert beside.relation is Relation.RELABEL


def test_a_recorder_that_names_a_brand_of_no_list_is_a_relabel(knowledge, observation):
    (device,) = identify([observation("snmp", "1.3.6.1.2.1.1.1.0 = Acme company products\n")], knowledge)
    assert (device.evidenced_maker, device.relation) == (Maker.HIKVISION, Relation.RELABEL)
    assert device.presented_brand is None


def test_the_maker_s_own_discovery_shape_under_another_name_is_a_relabel(knowledge, observation):
    """Address of the endpoint and MAC of the maker, name of somebody else (public file 8209414390)."""
    payload = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" '
        'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"><s:Body><d:ProbeMatches><d:ProbeMatch>'
        "<a:EndpointReference><a:Address>urn:uuid:cea94000-fb96-11b3-8260-686dbc10001c</a:Address>"
        "</a:EndpointReference><d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types><d:Scopes>"
        "onvif://www.onvif.org/MAC/68:6d:bc:10:00:1c onvif://www.onvif.org/hardware/DFI6256TE "
        "onvif://www.onvif.org/name/Acme%20DFI6256TE onvif://www.onvif.org/location/city/hangzhou"
        "</d:Scopes></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
    )
    (device,) = identify([observation("onvif-wsdiscovery", payload, port=3702)], knowledge)
    assert (device.evidenced_maker, device.relation) == (Maker.HIKVISION, Relation.RELABEL)
    assert (device.presented_brand, device.model) == (None, "DFI6256TE")


def test_the_maker_s_block_under_another_label_is_a_relabel(knowledge, observation):
    said = [
        observation("mac", "44:19:b6:10:00:01"),
        observation(
            "upnp-description",
            "<root><device><manufacturer>Acme</manufacturer><modelName>ZQ99</modelName></device></root>",
        ),
    ]
    (device,) = identify(said, knowledge)
    assert (device.evidenced_maker, device.relation) == (Maker.HIKVISION, Relation.RELABEL)
    assert device.presented_brand is None


@pytest.mark.parametrize("row", RELABELS, ids=lambda row: row["id"])
def test_public_replies_of_relabels_are_judged_right(row):
    """Where the accuracy page names an error and its reason, the error is left to it: one that is gone fails there."""
    payload = b64decode(row["payload_b64"]) if "payload_b64" in row else row["payload"].encode()
    observation = Observation(
        row["host"], Protocol(row["protocol"]), payload, row["port"], row.get("request")
    )
    (device,) = identify([observation], KNOWLEDGE)
    truth = row["truth"]
    if truth["evidenced_maker"] == Maker.OTHER:
        assert device.evidenced_maker is not Maker.HIKVISION
        return
    assert device.evidenced_maker is not Maker.OTHER
    if not truth["tellable"] or (row["host"], "missed") in EXPLAINED:
        return
    assert device.evidenced_maker == truth["evidenced_maker"]
    for name in ("presented_brand", "relation", "model", "serial", "firmware"):
        stated = truth[name] is not None or name == "presented_brand"
        if stated and (row["host"], name) not in EXPLAINED:
            assert getattr(device, name) == truth[name], name


@pytest.mark.parametrize(
    ("model", "mac", "brand", "relation"),
    [
        # The model alone names no brand, however well its grammar is known.
        ("IPC-B140H", None, None, "own"),
        ("IPC-B140H", "44-19-b6-10-00-01", None, "own"),
        ("HWI-B140H", "44-19-b6-10-00-01", None, "own"),
        ("DS-2CD2385G1-I", "44-19-b6-10-00-01", None, "own"),
        ("CS-C6N-A0-1C2WFR", None, None, "subsidiary"),
        ("CS-C6N-A0-1C2WFR", "44-19-b6-10-00-01", None, "subsidiary"),
        # Beside a block that is registered to the same company it does.
        ("CS-C6N-A0-1C2WFR", EZVIZ_MAC, "EZVIZ", "subsidiary"),
        ("DS-2CD2385G1-I", EZVIZ_MAC, None, "own"),
    ],
)
def test_a_brand_that_no_device_states_needs_its_models_and_its_blocks(answer, model, mac, brand, relation):
    elements = {"MAC": mac} if mac else {}
    device = answer(DeviceDescription=model, DeviceSN=f"{model}{SERIAL}", **elements)

    assert device.evidenced_maker is Maker.HIKVISION
    assert (device.presented_brand, device.relation) == (brand, relation)


def test_another_makers_device_bears_no_brand_of_the_family(knowledge):
    info = knowledge.models.classify("CS-C6N-A0-1C2WFR")

    assert brand_of(HostState("10.0.0.1"), Maker.OTHER, info, Claimed(), [EZVIZ_MAC], knowledge) is None
