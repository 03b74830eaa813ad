from __future__ import annotations

import pytest

from scanner.model.errors import Malformed
from scanner.parsers.ssdp import is_answer, read

# A television's answer from a public log (corpus of this project).
ANSWER = (
    b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT: \r\nLOCATION: http://192.0.2.32:9080\r\n"
    b'OPT: "http://schemas.upnp.org/upnp/1/0/"; ns=01\r\n'
    b"SERVER: Linux/4.9.125, UPnP/1.0, Portable SDK for UPnP devices\r\nST: upnp:rootdevice\r\n\r\n"
)
NOTIFY = b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNT: upnp:rootdevice\r\nNTS: ssdp:alive\r\n\r\n"
SEARCH = b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nST: ssdp:all\r\n\r\n'


def test_an_answer_gives_status_and_headers():
    fields = read(ANSWER)

    assert fields["status"] == ("200",)
    assert fields["header.location"] == ("http://192.0.2.32:9080",)
    assert fields["header.ext"] == ("",)
    assert fields["request.method"] == ()


def test_an_announcement_names_its_method():
    fields = read(NOTIFY)

    assert fields["request.method"] == ("NOTIFY",)
    assert fields["header.nts"] == ("ssdp:alive",)


def test_headers_alone_are_read():
    assert read(b"SERVER: x\nST: y")["header.st"] == ("y",)


def test_a_search_is_no_answer():
    assert not is_answer(SEARCH)
    assert is_answer(ANSWER)
    assert is_answer(NOTIFY)
    with pytest.raises(Malformed, match="search"):
        read(SEARCH)


@pytest.mark.parametrize("payload", [b"", b"\xff\xff", b"words", b"<xml/>"])
def test_other_datagrams_are_malformed(payload):
    with pytest.raises(Malformed):
        read(payload)


def test_damaged_datagrams_are_fields_or_malformed(survives):
    survives(read, ANSWER, NOTIFY)


def test_hostile_datagrams_cost_little(quickly):
    for piece in (b"a:b\r\n", b" x\r\n", b"\r", b"nonce=", b"A" * 100 + b":\n"):
        quickly(read, ANSWER[:-2] + piece * (65000 // len(piece)))
