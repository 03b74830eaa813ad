from __future__ import annotations

from scanner.lab.servers.onvif import Onvif
from scanner.lab.station import Station

HERE = Station("camera", "127.9.0.5")
CLOSED = Onvif(
    "<services>@web@</services>", "<fault/>", fault_headers=('WWW-Authenticate: Digest nonce="@nonce@"',)
)
OPEN = Onvif("<services/>", "<fault/>", information="<information/>")


def test_services_are_listed_to_anybody() -> None:
    reply = CLOSED.reply(b"<tds:GetServices/>", HERE)
    assert reply.startswith(b"HTTP/1.1 200 OK\r\n")
    assert reply.endswith(b"<services>127.9.0.5:10080</services>")
    assert b"WWW-Authenticate" not in reply


def test_information_needs_a_login_unless_the_device_is_open() -> None:
    refused = CLOSED.reply(b"<tds:GetDeviceInformation/>", HERE)
    assert refused.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert refused.endswith(b"<fault/>")
    assert b"@nonce@" not in refused
    assert OPEN.reply(b"<tds:GetDeviceInformation/>", HERE).endswith(b"<information/>")


def test_anything_else_is_a_fault() -> None:
    assert OPEN.reply(b"<tds:SystemReboot/>", HERE).endswith(b"<fault/>")
    assert OPEN.reply(b"", HERE).endswith(b"<fault/>")
