from __future__ import annotations

import pytest

from scanner.lab.servers.wsdiscovery import Discovery
from scanner.lab.station import Station

HERE = Station("camera", "127.9.0.5")
CAMERA = Discovery("<m>@relates-to@</m><x>http://@web@/</x>")


def test_a_probe_is_answered_with_its_number(ws_probe: bytes) -> None:
    (reply,) = CAMERA.answer(ws_probe, HERE)
    assert reply.data == b"<m>uuid:11111111-2222-3333-4444-555555555555</m><x>http://127.9.0.5:10080/</x>"
    assert CAMERA.expected(ws_probe)


@pytest.mark.parametrize(
    "noise", [b"", b"<d:Probe/>", b"<d:ProbeMatches><MessageID>1</MessageID></d:ProbeMatches>"]
)
def test_what_is_no_probe_gets_no_answer(noise: bytes) -> None:
    assert CAMERA.answer(noise, HERE) == ()


def test_a_message_of_another_kind_is_unexpected() -> None:
    assert not CAMERA.expected(b"<e:Envelope><SystemReboot/></e:Envelope>")
