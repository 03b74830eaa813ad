"""The maker's software on somebody else's machine."""

from __future__ import annotations

import pytest

from scanner.knowledge import load
from scanner.matcher import identify
from scanner.matcher.platform import software_in, without_machine
from scanner.matcher.rules import SOFTWARE_ADVICE
from scanner.model.device import Confidence, DeviceClass, Relation
from scanner.model.evidence import Claims, Maker, Strength

KNOWLEDGE = load()
TITLE = "HTTP/1.1 200 OK\r\n\r\n<html><title>HikCentral Professional</title></html>"
DELL = "<root><device><manufacturer>Dell</manufacturer><modelName>PowerEdge R740</modelName></device></root>"


def platform(evidence, **changes):
    claims = Claims(maker=Maker.HIKVISION, device_class="platform")
    return evidence(
        **{"signature": "http-title-hikcentral", "family": "http-title", "claims": claims, **changes}
    )


def test_the_software_is_named_and_the_server_is_not_described(observation):
    said = [
        observation("http", TITLE, port=443, request="GET /"),
        observation("upnp-description", DELL, port=49152),
        observation("mac", "44:19:b6:10:00:01".replace("44:19:b6", "18:66:da")),
    ]
    (device,) = identify(said, KNOWLEDGE)
    assert (device.evidenced_maker, device.software) == (Maker.HIKVISION, "HikCentral Professional")
    assert device.device_class is DeviceClass.PLATFORM
    assert device.relation is not Relation.RELABEL
    assert (device.model, device.serial, device.firmware) == (None, None, None)
    assert device.presented_brand in (None, "HIKVISION")
    assert device.would_raise in ((), SOFTWARE_ADVICE)


def test_a_conclusive_word_for_the_machine_s_maker_does_not_hide_the_software(evidence):
    machine = evidence(
        Strength.CONCLUSIVE, "http-server", Maker.OTHER, maker_name="Dell", port=5900, signature="x"
    )
    kept = without_machine((platform(evidence), machine), KNOWLEDGE)
    assert [one.signature for one in kept] == ["http-title-hikcentral"]


def test_a_word_for_another_maker_on_the_same_port_stays(evidence):
    other = evidence(Strength.CONCLUSIVE, "http-server", Maker.OTHER, maker_name="Dahua", signature="x")
    assert without_machine((platform(evidence), other), KNOWLEDGE) == (platform(evidence), other)


@pytest.mark.parametrize("family", ["oui", "serial", "model", "sadp", "realm"])
def test_the_maker_s_own_hardware_is_a_device_and_no_mere_software(evidence, family):
    both = (platform(evidence), evidence(family=family), evidence(maker=Maker.OTHER, port=22))
    assert without_machine(both, KNOWLEDGE) == both
    assert software_in(both, KNOWLEDGE) is None


def test_a_weak_sign_of_hardware_is_none(evidence):
    both = (platform(evidence, excerpt="HikCentral"), evidence(Strength.WEAK, family="oui"))
    assert software_in(both, KNOWLEDGE) == "HikCentral"


@pytest.mark.parametrize(("model", "software"), [("iVMS-4200", "iVMS-4200"), ("DS-VD22D-B", None)])
def test_a_model_is_software_or_a_server_of_the_maker(evidence, model, software):
    claims = Claims(maker=Maker.HIKVISION, device_class="platform", model=model)
    one = evidence(signature="model-grammar", family="model", claims=claims)
    assert software_in((one,), KNOWLEDGE) == software


def test_devices_have_no_software(evidence):
    assert software_in((evidence(),), KNOWLEDGE) is None
    assert software_in((), KNOWLEDGE) is None


def test_a_weak_sign_of_a_platform_names_nothing(evidence):
    assert software_in((platform(evidence, strength=Strength.WEAK),), KNOWLEDGE) is None


def test_every_platform_signature_of_the_maker_has_a_name():
    for signature in KNOWLEDGE.signatures:
        if (
            signature.claims.get("device_class") == "platform"
            and signature.claims.get("maker") == "hikvision"
        ):
            assert KNOWLEDGE.software.name(signature.id, "") is not None, signature.id


def test_a_server_with_two_signs_is_confirmed(observation):
    login = "HTTP/1.1 200 OK\r\n\r\n<script>var g='2b73083e-9b29-4005-a123-1d4ec47a36d5'</script>"
    said = [
        observation("http", login, port=443, request="GET /"),
        observation("http", TITLE, port=8443, request="GET /"),
    ]
    (device,) = identify(said, KNOWLEDGE)
    assert device.confidence in (Confidence.PROBABLE, Confidence.CONFIRMED)
    assert device.software in ("HikCentral Professional", "iVMS")


STATUS = '{"ResponseStatus":{"ErrorModule":0,"ErrorCode":216}}'
PAGE = (
    'HTTP/1.1 200 OK\r\n\r\n<meta name="frameworkId" content="isecure">'
    '<meta name="componentId" content="iportal">'
)
PORTAL = "/portal/cas/loginPage?service=https://192.0.2.9/portal"


@pytest.mark.parametrize(
    ("replies", "level", "software"),
    [
        ([("isapi", "GET /ISAPI/System/deviceInfo", STATUS)], "probable", "HikCentral"),
        (
            [("isapi", "GET /ISAPI/System/deviceInfo", STATUS), ("https", "GET /", TITLE)],
            "confirmed",
            "HikCentral Professional",
        ),
        (
            [
                (
                    "isapi",
                    "GET /ISAPI/System/deviceInfo",
                    "<ResponseStatus><ErrorModule>0</ErrorModule><ErrorCode>216</ErrorCode></ResponseStatus>",
                )
            ],
            "probable",
            "HikCentral",
        ),
        (
            [("https", "GET /", PAGE)],
            "probable",
            "iSecure Center",
        ),
        (
            [
                (
                    "https",
                    "GET /",
                    f"HTTP/1.1 302 Found\r\nLocation: {PORTAL}\r\nSet-Cookie: EPORTAL_JSESSIONID=1\r\n\r\n",
                )
            ],
            "probable",
            "iSecure Center",
        ),
        ([("https", "GET /", f"HTTP/1.1 302 Found\r\nLocation: {PORTAL}\r\n\r\n")], "none", None),
        ([("isapi", "GET /ISAPI/x", '{"ResponseStatus":{"ErrorCode":"NotFound"}}')], "none", None),
    ],
)
def test_what_servers_say_of_themselves_names_the_software(observation, replies, level, software):
    said = [observation(protocol, text, port=443, request=request) for protocol, request, text in replies]

    (device,) = identify(said, KNOWLEDGE)

    assert (device.confidence, device.software) == (level, software)
    assert device.device_class is DeviceClass.PLATFORM or level == "none"
