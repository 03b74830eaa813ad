"""The stream: order, memory, hostile input."""

from __future__ import annotations

import logging
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from scanner.matcher import Identifier, identify
from scanner.matcher.host import HostState
from scanner.model.device import Confidence
from scanner.model.evidence import Maker, Strength
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

FOUND = "HTTP/1.1 200 OK\r\nServer: found\r\n\r\n"
OTHER = "HTTP/1.1 200 OK\r\nServer: other\r\n\r\n"


@pytest.fixture
def knowledge(knowing, signature):
    """A header of the maker, a header of another one, a realm that is the maker's MAC address."""
    return knowing(
        signature("found"),
        signature("other", claims={"maker": "other", "maker_name": "Axis"}, family="http-server"),
        signature(
            "realm-mac",
            protocols=(Protocol.RTSP,),
            fields=("realm",),
            pattern="^([0-9a-f]{12})$",
            claims={"maker": "hikvision", "mac": "$1"},
            registered=frozenset({"own"}),
            family="realm",
        ),
    )


def test_hosts_come_in_the_order_of_their_first_appearance(knowledge, observation):
    replies = [
        observation("http", OTHER, host="b"),
        observation("http", "HTTP/1.1 200 OK\r\n\r\n", host="c"),
        observation("http", FOUND, host="a"),
        observation("http", FOUND, host="c"),
        observation("mac", "no address", host="d"),
    ]
    devices = identify(replies, knowledge)
    assert [device.addresses for device in devices] == [("b",), ("c",), ("a",), ("d",)]
    assert [device.evidenced_maker for device in devices] == ["other", "hikvision", "hikvision", "unknown"]


def test_two_devices_behind_one_address_keep_the_strongest(knowledge, observation):
    replies = [observation("http", OTHER, port=80), observation("http", FOUND, port=81)]
    (device,) = identify(replies, knowledge)
    assert (device.evidenced_maker, device.confidence) == (Maker.HIKVISION, Confidence.CONFIRMED)
    assert [one.evidenced_maker for one in device.also] == [Maker.OTHER]
    assert (device.ports, device.also[0].ports) == ((81,), (80,))
    assert device.contradictions


def test_devices_behind_one_address_are_rows_of_their_own(knowledge, observation):
    identifier = Identifier(knowledge)
    identifier.add(observation("http", OTHER, port=80))
    identifier.add(observation("http", FOUND, port=81))
    other, found = identifier.devices()
    assert (other.evidenced_maker, found.evidenced_maker) == (Maker.OTHER, Maker.HIKVISION)
    assert other.id != found.id
    assert other.also == found.also == ()
    assert [one.id for one in identifier.each()] == [found.id]


def test_what_a_signature_said_is_not_counted_again(knowledge, observation):
    reply = 'RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="4419b66d2485", nonce="1"\r\n\r\n'
    (device,) = identify([observation("rtsp", reply, port=554)], knowledge)
    assert [one.signature for one in device.evidence] == ["realm-mac"]
    assert device.mac == "44:19:b6:6d:24:85"


def test_one_host_can_be_asked_for_before_the_end(knowledge, observation):
    identifier = Identifier(knowledge)
    identifier.add(observation("http", FOUND, host="a"))
    assert identifier.device("a") == identifier.devices()[0]
    assert identifier.device("never heard of").evidenced_maker is Maker.UNKNOWN
    assert len(identifier.devices()) == 1


def test_a_maker_that_a_signature_named_is_not_counted_again(knowing, signature, observation):
    known = knowing(
        signature(
            "axis",
            protocols=(Protocol.ONVIF_SOAP,),
            fields=("xml.Manufacturer",),
            pattern="^AXIS$",
            claims={"maker": "other", "maker_name": "Axis"},
            strength=Strength.STRONG,
            family="onvif-manufacturer",
        )
    )
    reply = "<GetDeviceInformationResponse><Manufacturer>AXIS</Manufacturer></GetDeviceInformationResponse>"
    (device,) = identify([observation("onvif-soap", reply)], known)
    assert [one.signature for one in device.evidence] == ["axis"]
    assert device.confidence is Confidence.PROBABLE


def test_the_same_input_gives_the_same_devices(knowledge, observation):
    replies = [observation("http", FOUND), observation("mac", "44:19:b6:01:02:03")]
    assert identify(replies, knowledge) == identify(replies, knowledge)


def test_unreadable_payloads_are_counted_and_are_no_fault(knowledge, observation):
    identifier = Identifier(knowledge)
    identifier.add(observation("mac", "no address"))
    identifier.add(observation("http", b""))
    assert (identifier.malformed, identifier.faults) == (2, 0)
    assert len(identifier.devices()) == 1


def test_a_fault_of_ours_is_counted_and_logged_and_never_leaves(knowledge, observation, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("bug")

    monkeypatch.setattr("scanner.matcher.reading.match", broken)
    identifier = Identifier(knowledge)
    with caplog.at_level(logging.ERROR):
        identifier.add(observation("http", FOUND))
    assert identifier.faults == 1
    assert "fault at observation" in caplog.text
    assert identifier.devices()[0].evidenced_maker is Maker.UNKNOWN


def test_replies_are_not_kept(knowledge, observation):
    identifier = Identifier(knowledge)
    for number in range(20):
        identifier.add(observation("http", FOUND + "x" * number, port=80, at=str(number)))
    tracemalloc.start()
    for number in range(300):
        identifier.add(observation("http", FOUND + "x" * 30_000, port=80, at=str(number)))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 300_000


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(protocol=strategies.sampled_from(list(Protocol)), payload=strategies.binary(max_size=400))
def test_no_bytes_make_it_fail(knowledge, protocol, payload):
    identifier = Identifier(knowledge)
    identifier.add(Observation(host="h", protocol=protocol, payload=payload, request="GET /x"))
    assert identifier.faults == 0
    assert len(identifier.devices()) == 1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=strategies.integers(0, 400), tail=strategies.binary(max_size=60))
def test_no_cut_of_a_real_form_makes_it_fail(knowledge, cut, tail):
    whole = (
        b"<ProbeMatch><Types>inquiry</Types><DeviceDescription>DS-2CD2385G1-I</DeviceDescription>"
        b"<DeviceSN>DS-2CD2385G1-I20200414AAWRE33842150</DeviceSN><MAC>44-19-b6-01-02-03</MAC></ProbeMatch>"
    )
    identifier = Identifier(knowledge)
    identifier.add(Observation(host="h", protocol=Protocol.SADP, payload=whole[:cut] + tail))
    assert identifier.faults == 0
    assert identifier.devices()[0].addresses == ("h",)


def test_what_a_host_repeats_changes_nothing_but_the_time(knowledge, observation, monkeypatch):
    identifier = Identifier(knowledge)
    first = observation("http", FOUND, port=80, at="2026-01-01T00:00:00Z")
    again = observation("http", FOUND, port=80, at="2026-01-02T00:00:00Z")
    identifier.add(first)
    before = identifier.devices()
    monkeypatch.setattr(HostState, "note", lambda *_: 1 / 0)
    identifier.add(again)

    assert identifier.devices() == before
    assert identifier.faults == 0
    assert identifier._hosts[again.host].last_seen == again.at
    identifier.add(observation("http", FOUND, port=81))
    assert identifier.faults == 1
