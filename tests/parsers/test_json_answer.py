from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from scanner.parsers.http import read, read_xml
from scanner.parsers.json_answer import DEPTH_LIMIT, LEAVES_LIMIT, TEXT_LENGTH, json_fields

# Form of public file 68439431640; numbers and addresses replaced.
REPLY = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    b'{"DeviceInfo":{"deviceName":"Entrance Terminal","model":"DS-K1T320MFWX","telecontrolID":255,'
    b'"supportBeep":true,"firmwareVersion":"V3.5.2","macAddress":"c8:02:8f:00:00:01",'
    b'"bspVersion":{"number":1.10},"list":["x"],"nothing":null}}'
)
BODY = REPLY.partition(b"\r\n\r\n")[2].decode()


@pytest.mark.parametrize("reader", [read, read_xml])
@pytest.mark.parametrize("payload", [REPLY, BODY.encode(), b"\xef\xbb\xbf" + BODY.encode()])
def test_members_are_the_fields_of_the_xml_form(reader, payload):
    fields = reader(payload)

    assert fields["xml.root"] == fields["xml.element"] == ("DeviceInfo",)
    assert fields["xml.model"] == ("DS-K1T320MFWX",)
    assert fields["xml.firmwareVersion"] == ("V3.5.2",)
    assert fields["xml.macAddress"] == ("c8:02:8f:00:00:01",)


def test_numbers_stay_as_written_and_lists_and_nothing_are_left_out():
    found = dict(json_fields(BODY))

    assert found["xml.telecontrolID"] == "255"
    assert found["xml.number"] == "1.10"
    assert found["xml.supportBeep"] == "true"
    assert not {"xml.list", "xml.nothing", "xml.bspVersion", "xml.namespace"} & set(found)


def test_markup_in_a_value_makes_it_no_page_and_no_xml():
    fields = read_xml(b'{"DeviceInfo":{"deviceName":"<title>x</title>","model":"DS-KV6113"}}')

    assert fields["xml.model"] == ("DS-KV6113",)
    assert "title" not in fields


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"DeviceInfo":"DS-K1T320MFWX"}',
        '{"DeviceInfo":["DS-K1T320MFWX"]}',
        '{"DeviceInfo":{"model":"x"},"more":1}',
        '{"deviceInfo":{"model":"x"}}',
        '{"License":{"Activated":true}}',
        '{"DeviceInfo":{"model":"cut',
        '{"DeviceInfo":{"model":"x"}} <html>',
        '["DeviceInfo"]',
        'say {"DeviceInfo":{"model":"x"}}',
        '{"DeviceInfo":' * 20_000,
        '{"DeviceInfo":{"a":' + "[" * 50_000,
    ],
)
def test_any_other_json_gives_nothing(text):
    assert list(json_fields(text)) == []


def test_size_depth_and_names_are_bounded():
    many = {f"m{number}": "x" for number in range(4 * LEAVES_LIMIT)}
    assert len(list(json_fields(json.dumps({"DeviceInfo": many})))) == LEAVES_LIMIT + 2

    deep: dict[str, object] = {"leaf": "x"}
    for _ in range(DEPTH_LIMIT - 1):
        deep = {"d": deep}
    assert ("xml.leaf", "x") in list(json_fields(json.dumps({"DeviceInfo": deep})))
    assert ("xml.leaf", "x") not in list(json_fields(json.dumps({"DeviceInfo": {"d": deep}})))

    odd = {"a b": "x", "": "x", "n" * 200: "x", "long": "y" * (TEXT_LENGTH + 9)}
    assert list(json_fields(json.dumps({"DeviceInfo": odd})))[2:] == [("xml.long", "y" * TEXT_LENGTH)]


def test_a_secret_never_reaches_a_field():
    fields = read(b'{"DeviceInfo":{"model":"DS-KV6113","token":"abc123","userName":"admin"}}')

    assert (fields["xml.token"], fields["xml.userName"]) == (("000000",), ("00000",))


_VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES, some.text(max_size=20))
def test_whatever_the_object_holds_it_is_fields_of_text(value, rest):
    found = list(json_fields(json.dumps({"DeviceInfo": value}) + rest))

    assert all(isinstance(one, str) for pair in found for one in pair)
    assert all(name.startswith("xml.") for name, _value in found)


def test_damaged_replies_are_fields_or_malformed(survives):
    survives(read, REPLY)
    survives(read_xml, REPLY, BODY.encode())


@pytest.mark.parametrize(
    "text",
    [
        '{"DeviceInfo":' * 4681,
        '{"DeviceInfo":{' + '"a":1,' * 10_900 + '"b":2}}',
        '{"DeviceInfo":{"a":' + "9" * 65_000 + "}}",
        '{"DeviceInfo":{"a":"' + "\\u0041" * 10_900 + '"}}',
        "{" + " " * 65_000,
    ],
)
def test_hostile_replies_cost_little(quickly, text):
    quickly(read, text.encode())


EVENT = (
    '{"ipAddress": "192.0.2.70", "macAddress": "b4:a3:82:00:00:01", "dateTime": "2021-07-28T10:00:00+01:00", '
    '"activePostCount": 1, "eventType": "AccessControllerEvent", "eventState": "active"}'
)


def test_an_event_in_json_has_the_fields_of_one_in_xml() -> None:
    fields = dict(json_fields(EVENT))

    assert fields["xml.root"] == "EventNotificationAlert"
    assert (fields["xml.activePostCount"], fields["xml.macAddress"]) == ("1", "b4:a3:82:00:00:01")


@pytest.mark.parametrize("gone", ["macAddress", "activePostCount", "eventState"])
def test_an_object_with_some_of_its_members_is_no_event(gone: str) -> None:
    assert list(json_fields(EVENT.replace(f'"{gone}"', '"other"'))) == []


def test_an_event_that_was_cut_or_quoted_is_none() -> None:
    assert list(json_fields(EVENT[:-1])) == []
    assert list(json_fields(f"see {EVENT}")) == []
