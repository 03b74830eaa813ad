from __future__ import annotations

import pytest

from scanner.model.errors import Malformed
from scanner.parsers.sadp import ELEMENTS_LIMIT, HIDDEN, OPAQUE_BYTES, VALUE_LENGTH, is_answer, read, root_of

# Layout and values of real captures (research note sadp.md §1.4); numbers, addresses and salts replaced.
CAMERA = b"""<?xml version="1.0" encoding="UTF-8"?>
<ProbeMatch><Uuid>e8ecfe09-90e4-44c0-842b-703f46b50000</Uuid>
<Types>inquiry</Types>
<DeviceType>141945</DeviceType>
<DeviceDescription>DS-2CD2385G1-I</DeviceDescription>
<DeviceSN>DS-2CD2385G1-I20200414AAWRE33842000</DeviceSN>
<CommandPort>8000</CommandPort>
<MAC>58-50-ed-00-00-85</MAC>
<IPv4Address>192.0.2.40</IPv4Address>
<SoftwareVersion>V5.6.2build 190701</SoftwareVersion>
<Encrypt>true</Encrypt>
<HCPlatformEnable>flase</HCPlatformEnable>
<Salt>d8eebc41</Salt>
<Salt2>d8eebc42</Salt2>
<Activated>true</Activated>
</ProbeMatch>
"""
RECORDER_CUT = b"""<?xml version="1.0" encoding="UTF-8" ?>
<ProbeMatch><Uuid>8282F1DB-2FA6-4709-B261-3C6B6A48CA17</Uuid>
<Types>inquiry</Types>
<DeviceDescription>DS-7804HQH-K1</DeviceDescription>
<DeviceSN>DS-7804HQH-K10420190822CCCHD53257000WCVU</DeviceSN>
<SupportHCPlatform>true</SupportHCPlatform>
<HCP"""
INQUIRY = (
    b'<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>F93CF8DC-DF53-424B-98A7-9FC0536E1083</Uuid>'
    b"<Types>inquiry</Types></Probe>"
)


def test_an_answer_gives_every_element():
    fields = read(CAMERA)

    assert fields["sadp.root"] == ("ProbeMatch",)
    assert fields["sadp.DeviceSN"] == ("DS-2CD2385G1-I20200414AAWRE33842000",)
    assert fields["sadp.MAC"] == ("58-50-ed-00-00-85",)
    assert fields["sadp.Encrypt"] == ("true",)
    assert fields["sadp.HCPlatformEnable"] == ("false",)


def test_salts_are_dropped():
    fields = read(CAMERA)

    assert not any("salt" in name.lower() for name in fields)
    assert not any("d8eebc4" in value for name in fields for value in fields[name])


def test_line_ends_marks_nuls_and_a_missing_declaration_change_nothing():
    expected = read(CAMERA)

    assert read(CAMERA.replace(b"\n", b"\r\n")) == expected
    assert read(b"\x00\x00\xef\xbb\xbf" + CAMERA + b"\x00" * 20) == expected
    assert read(CAMERA.partition(b"\n")[2]) == expected


def test_a_datagram_that_was_cut_is_read_as_far_as_it_goes():
    fields = read(RECORDER_CUT)

    assert fields["sadp.DeviceSN"] == ("DS-7804HQH-K10420190822CCCHD53257000WCVU",)
    assert fields["sadp.SupportHCPlatform"] == ("true",)


def test_damage_in_the_middle_does_not_hide_the_rest():
    fields = read(CAMERA.replace(b"</Types>", b"</Typ" * 12))

    assert fields["sadp.DeviceSN"] == ("DS-2CD2385G1-I20200414AAWRE33842000",)
    assert fields["sadp.Activated"] == ("true",)


def test_names_are_taken_in_any_case_when_known_and_verbatim_when_not():
    fields = read(b"<Probematch><Ipv4Address>192.0.2.1</Ipv4Address><newThing>x</newThing></Probematch>")

    assert fields["sadp.root"] == ("ProbeMatch",)
    assert fields["sadp.IPv4Address"] == ("192.0.2.1",)
    assert fields["sadp.newThing"] == ("x",)


@pytest.mark.parametrize(
    ("element", "name", "values"),
    [
        (b"<CommandPort>20000|161</CommandPort>", "CommandPort", ("20000",)),
        (b"<HttpPort>off</HttpPort>", "HttpPort", ("off",)),
        (b"<DeviceType>1</DeviceType><DeviceType>2</DeviceType>", "DeviceType", ("1", "2")),
        (b"<SoftwareVersionEncrypt>QUJD</SoftwareVersionEncrypt>", "SoftwareVersionEncrypt", (HIDDEN,)),
        (b"<OEMInfo>" + b"x" * 3000 + b"</OEMInfo>", "OEMInfo", ("x" * VALUE_LENGTH,)),
    ],
)
def test_odd_values_are_read_by_rule(element, name, values):
    assert read(b"<ProbeMatch>" + element + b"</ProbeMatch>")[f"sadp.{name}"] == values


def test_an_announcement_is_read():
    fields = read(CAMERA.replace(b"ProbeMatch", b"Hello").replace(b"inquiry", b"hello"))

    assert (fields["sadp.root"], fields["sadp.Types"]) == (("Hello",), ("hello",))


def test_a_question_is_no_answer():
    assert root_of(INQUIRY) == "Probe"
    assert not is_answer(INQUIRY)
    assert not is_answer(b"\x00")
    assert is_answer(CAMERA)
    with pytest.raises(Malformed, match="question"):
        read(INQUIRY)


def test_a_datagram_that_is_no_xml_is_kept_as_its_first_bytes():
    assert read(b"\x01\x02\xff" * 100)["sadp.opaque"] == ((b"\x01\x02\xff" * 100)[:OPAQUE_BYTES].hex(),)


@pytest.mark.parametrize(
    "payload", [b"", b"\x00\x00", b'<!DOCTYPE a [<!ENTITY b "c">]><ProbeMatch>&b;</ProbeMatch>']
)
def test_nothing_and_entities_are_malformed(payload):
    with pytest.raises(Malformed):
        read(payload)


def test_the_number_of_elements_is_bounded():
    many = b"".join(b"<e%d>x</e%d>" % (number, number) for number in range(1000))

    assert len(read(b"<ProbeMatch>" + many + b"</ProbeMatch>")) == ELEMENTS_LIMIT + 1


def test_damaged_datagrams_are_fields_or_malformed(survives):
    survives(read, CAMERA, RECORDER_CUT)


def test_hostile_datagrams_cost_little(quickly):
    for piece in (b"<", b"<a>", b"<a>x</a>", b"<a><b></a>", b"<?xml ", b"&", b"</", b"<Salt>", b"\n"):
        quickly(read, b"<ProbeMatch>" + piece * (65000 // len(piece)))


def test_an_answer_without_its_beginning_is_read_as_far_as_it_goes():
    fields = read(b"<DeviceSN>X1</DeviceSN>\n<MAC>44-19-b6-00-00-01</MAC>\n<SoftwareVersion>V5.5.8")
    assert (fields["sadp.DeviceSN"], fields["sadp.MAC"]) == (("X1",), ("44-19-b6-00-00-01",))
    assert "sadp.root" not in fields


@pytest.mark.parametrize(
    "payload", [b"<Types>inquiry</Types>", b"<!DOCTYPE x><DeviceSN>X1</DeviceSN>", b"no markup"]
)
def test_what_names_no_device_stays_opaque(payload):
    assert list(read(payload)) == ["sadp.opaque"]
