from __future__ import annotations

import pytest

from scanner.model.errors import Malformed
from scanner.parsers.snmp import LINES_LIMIT, numeric_oid, read

# A recorder's answers from a public scan note (corpus of this project); address and number replaced.
RECORDER = b"""1.3.6.1.2.1.1.1.0 = Hikvision company products
1.3.6.1.2.1.1.2.0 = 1.3.6.1.4.1.50001
1.3.6.1.4.1.50001.1.1.0 = 192.0.2.94
1.3.6.1.4.1.50001.1.3.0 = 0820160719AARR624006000WCVU
"""


def test_lines_become_fields():
    fields = read(RECORDER)

    assert fields["snmp.1.3.6.1.2.1.1.1.0"] == ("Hikvision company products",)
    assert fields["snmp.1.3.6.1.2.1.1.2.0"] == ("1.3.6.1.4.1.50001",)
    assert fields["snmp.1.3.6.1.4.1.50001.1.3.0"] == ("0820160719AARR624006000WCVU",)


@pytest.mark.parametrize(
    ("text", "oid"),
    [
        ("sysDescr.0", "1.3.6.1.2.1.1.1.0"),
        ("sysDescr", "1.3.6.1.2.1.1.1.0"),
        ("SNMPv2-MIB::sysObjectID.0", "1.3.6.1.2.1.1.2.0"),
        ("iso.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.5.0"),
        (".1.3.6.1.2.1.1.6.0", "1.3.6.1.2.1.1.6.0"),
        (".iso.org.dod.internet.mgmt.mib-2.system.sysDescr.0", "1.3.6.1.2.1.1.1.0"),
        ("SNMPv2-SMI::enterprises.39165.1.1.0", "1.3.6.1.4.1.39165.1.1.0"),
        ("ENTITY-MIB::entPhysicalModelName.1", "1.3.6.1.2.1.47.1.1.1.1.13.1"),
        ("HIK-MIB::unknownThing.0", None),
        ("not an oid", None),
        ("", None),
    ],
)
def test_every_spelling_of_an_oid_is_made_numeric(text, oid):
    assert numeric_oid(text) == oid


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b"sysDescr.0 = STRING: \"a \\\"b\\\" c\"", 'a "b" c'),
        (b"sysDescr.0 = plain: text", "plain: text"),
        (b"sysDescr.0 = ", ""),
        (b"sysDescr.0 =", ""),
        (b"sysDescr.0 = a = b", "a = b"),
        (b"sysDescr.0 = STRING: first\r\nsecond line\r\n", "first\nsecond line"),
    ],
)  # fmt: skip
def test_type_tags_and_quotes_are_taken_off(line, value):
    assert read(line)["snmp.1.3.6.1.2.1.1.1.0"] == (value,)


def test_an_oid_as_value_is_made_numeric():
    fields = read(b"sysObjectID.0 = OID: SNMPv2-SMI::enterprises.50001\nsysName.0 = OID: iso.3.6\n")

    assert fields["snmp.1.3.6.1.2.1.1.2.0"] == ("1.3.6.1.4.1.50001",)
    assert fields["snmp.1.3.6.1.2.1.1.5.0"] == ("1.3.6",)


def test_lines_with_unknown_names_are_passed_over():
    assert list(read(b"X::y.0 = 1\nsysName.0 = a\nX::z.0 = 2\n")) == ["snmp.1.3.6.1.2.1.1.5.0"]


def test_a_colon_behind_a_numeric_oid_is_as_good():
    fields = read(b"1.3.6.1.2.1.1.1.0: first\nVersion: 2\n.1.3.6.1.2.1.1.5.0: name")

    assert fields["snmp.1.3.6.1.2.1.1.1.0"] == ("first\nVersion: 2",)
    assert fields["snmp.1.3.6.1.2.1.1.5.0"] == ("name",)


@pytest.mark.parametrize("payload", [b"", b"no lines", b"X::y.0 = 1", b"\xff\xfe"])
def test_text_without_such_a_line_is_malformed(payload):
    with pytest.raises(Malformed):
        read(payload)


def test_the_number_of_lines_is_bounded():
    assert len(read(b"\n".join(b"1.3.%d = x" % number for number in range(4000)))) == LINES_LIMIT


def test_damaged_texts_are_fields_or_malformed(survives):
    survives(read, RECORDER, b'SNMPv2-MIB::sysDescr.0 = STRING: "x\ny"\nsysObjectID.0 = OID: .1.3')


def test_hostile_texts_cost_little(quickly):
    for piece in (b"1.", b"sysDescr.0 = x\n", b"\n", b"a.b = ", b"=", b"a"):
        body = piece * (65536 // len(piece))
        quickly(read, body)
        quickly(read, b"sysObjectID.0 = " + body)
