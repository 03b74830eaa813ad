from __future__ import annotations

from scanner.lab.servers.ssdp import Ssdp
from scanner.lab.station import UNMOVED, Station
from scanner.model.protocol import Protocol
from scanner.parsers import read

DVR = Ssdp("HTTP/1.1 200 OK\nLOCATION: http://@web@/d.xml\nST: upnp:rootdevice\n\n")
SEARCH = b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 2\r\nST: ssdp:all\r\n\r\n'


def test_a_search_is_answered_with_a_location() -> None:
    (reply,) = DVR.answer(SEARCH, Station("dvr", "10.0.0.22", UNMOVED))
    assert read(Protocol.SSDP, reply.data)["header.location"] == ("http://10.0.0.22/d.xml",)


def test_an_announcement_is_neither_answered_nor_unexpected() -> None:
    notify = b"NOTIFY * HTTP/1.1\r\n\r\n"
    assert DVR.answer(notify, Station("dvr", "10.0.0.22")) == ()
    assert DVR.expected(notify)
    assert not DVR.expected(b"\x00")
