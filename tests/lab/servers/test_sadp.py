from __future__ import annotations

import pytest

from scanner.lab.servers.sadp import Sadp
from scanner.lab.station import Station

HERE = Station("camera", "127.9.0.5")
CAMERA = Sadp((("DeviceDescription", "X"), ("IPv4Address", "@address@")))


def test_an_inquiry_is_answered_in_the_captured_layout(inquiry: bytes) -> None:
    (reply,) = CAMERA.answer(inquiry, HERE)
    assert reply.group is None
    assert reply.data.decode().splitlines() == [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<ProbeMatch><Uuid>F93CF8DC-DF53-424B-98A7-9FC0536E1083</Uuid>",
        "<Types>inquiry</Types>",
        "<DeviceDescription>X</DeviceDescription>",
        "<IPv4Address>127.9.0.5</IPv4Address>",
        "</ProbeMatch>",
    ]


def test_an_inquiry_without_a_uuid_is_answered_too() -> None:
    assert b"<Uuid></Uuid>" in CAMERA.answer(b"<Probe><Types>inquiry</Types></Probe>", HERE)[0].data


@pytest.mark.parametrize(
    "kind", [b"activate", b"update", b"reset", b"lamp", b"getencryptstring", b"inquiry_v32"]
)
def test_types_that_act_on_a_device_get_no_answer_and_are_unexpected(kind: bytes) -> None:
    probe = b"<Probe><Uuid>1</Uuid><Types>" + kind + b"</Types></Probe>"
    assert CAMERA.answer(probe, HERE) == ()
    assert not CAMERA.expected(probe)


@pytest.mark.parametrize(
    "noise", [b"", b"\x00" * 90, b"<Probe>", b"<ProbeMatch><Types>inquiry</Types></ProbeMatch>"]
)
def test_noise_and_other_answers_get_no_answer(noise: bytes) -> None:
    assert CAMERA.answer(noise, HERE) == ()
