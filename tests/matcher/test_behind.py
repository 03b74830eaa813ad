"""What hangs behind a recorder, from its own replies."""

from __future__ import annotations

import pytest

from scanner.knowledge import Knowledge
from scanner.matcher.behind import Behind, hint_of
from scanner.model.device import Channels, DeviceClass
from scanner.model.fields import Fields
from scanner.model.protocol import Protocol
from scanner.parsers import read

RECORDER, CAMERA, ENCODER = DeviceClass.RECORDER, DeviceClass.CAMERA, DeviceClass.ENCODER


def heard(*replies: tuple[str, int, str]) -> Behind:
    behind = Behind()
    for protocol, port, text in replies:
        kind = Protocol(protocol)
        behind.note(hint_of(kind, read(kind, text.encode(), None)), port)
    return behind


def sadp(analogue: object, digital: object) -> tuple[str, int, str]:
    numbers = (
        f"<AnalogChannelNum>{analogue}</AnalogChannelNum><DigitalChannelNum>{digital}</DigitalChannelNum>"
    )
    return ("sadp", 37020, f"<ProbeMatch><DeviceSN>x</DeviceSN>{numbers}</ProbeMatch>")


def cameras(*addresses: str) -> tuple[str, int, str]:
    """The recorder's list, in the form that the fixtures of hikvision_next show."""
    rows = "".join(
        f"<InputProxyChannel><id>{place}</id><sourceInputPortDescriptor><ipAddress>{address}</ipAddress>"
        "</sourceInputPortDescriptor></InputProxyChannel>"
        for place, address in enumerate(addresses, 1)
    )
    return ("isapi", 80, f'<InputProxyChannelList version="1.0">{rows}</InputProxyChannelList>')


def page(port: int) -> tuple[str, int, str]:
    return ("http", port, "HTTP/1.1 200 OK\r\nServer: webserver\r\n\r\n")


def test_room_from_the_discovery_answer_less_what_its_list_shows_is_left_to_look_for():
    behind = heard(sadp(0, 16), cameras(*(f"192.168.254.{place}" for place in range(2, 11))))
    assert behind.channels(RECORDER, None) == Channels(
        16, 9, 7, "room for 16 channels; 9 tied to it; up to 7 to look for by hand"
    )


def test_pages_on_the_ports_of_its_virtual_host_are_cameras_in_use():
    behind = heard(sadp(0, 8), page(80), page(65001), page(65001), page(65003), page(65535))
    assert behind.channels(RECORDER, None) == Channels(
        8, 2, 6, "room for 8 channels; 2 tied to it; up to 6 to look for by hand"
    )


def test_without_a_discovery_answer_the_model_tells_the_room(tables: Knowledge):
    info = tables.models.classify("DS-7732NI-K4")
    found = heard(page(80)).channels(RECORDER, info)
    assert found is not None
    assert (found.room, found.tied, found.open) == (32, 0, 32)


def test_the_discovery_answer_is_believed_before_the_model(tables: Knowledge):
    info = tables.models.classify("DS-7804HQH-K1")
    found = heard(sadp(4, 5)).channels(RECORDER, info)
    assert found is not None
    assert found.room == 9


def test_more_cameras_than_room_leave_none_to_look_for():
    found = heard(sadp(0, 2), cameras("192.0.2.2", "192.0.2.3", "192.0.2.4")).channels(RECORDER, None)
    assert found is not None
    assert (found.room, found.tied, found.open) == (3, 3, 0)


def test_a_place_without_an_address_is_free():
    found = heard(sadp(0, 4), cameras("192.0.2.2", "0.0.0.0", "", "::")).channels(RECORDER, None)
    assert found is not None
    assert found.tied == 1


def test_one_channel_is_said_in_the_singular():
    found = heard(sadp(1, 0)).channels(RECORDER, None)
    assert found is not None
    assert found.sentence == "room for 1 channel; 0 tied to it; up to 1 to look for by hand"


@pytest.mark.parametrize("device_class", [CAMERA, DeviceClass.ACCESS, DeviceClass.DOORBELL, None])
def test_what_is_no_recorder_has_no_channels(device_class: DeviceClass | None):
    assert heard(sadp(0, 1)).channels(device_class, None) is None
    assert heard(sadp(1, 0)).may_be_analogue(device_class, None) is None


def test_an_unknown_room_is_not_made_up():
    assert heard(page(80)).channels(RECORDER, None) is None


def test_an_encoder_has_channels_and_a_decoder_has_none(tables: Knowledge):
    encoder, decoder = tables.models.classify("DS-6704HUHI-K"), tables.models.classify("DS-6901UDI")
    found = heard(sadp(4, 0)).channels(ENCODER, encoder)
    assert found is not None
    assert found.room == 4
    assert heard(sadp(4, 0)).channels(ENCODER, decoder) is None


@pytest.mark.parametrize("number", ["-1", "many", "99999999999", "513", "", "²"])
def test_numbers_that_no_recorder_has_are_not_believed(number: str):
    assert heard(sadp(number, number)).channels(RECORDER, None) is None


def test_analogue_inputs_are_told_by_the_answer_or_the_model(tables: Knowledge):
    nvr, dvr = tables.models.classify("DS-7608NI-K2"), tables.models.classify("DS-7204HQHI-K1")
    assert heard(sadp(4, 4)).may_be_analogue(RECORDER, None) is True
    assert heard().may_be_analogue(RECORDER, nvr) is False
    assert heard().may_be_analogue(RECORDER, dvr) is True
    assert heard().may_be_analogue(RECORDER, None) is None


def test_an_endless_list_is_cut():
    fields = Fields(
        [("xml.root", "InputProxyChannelList"), *(("xml.ipAddress", f"10.0.0.{one}") for one in range(9999))]
    )
    behind = Behind()
    behind.note(hint_of(Protocol.ISAPI, fields), 80)
    assert behind.listed == 512
