"""ONVIF device service: GetServices is answered to anybody, GetDeviceInformation is not.

The two are told apart by their name in the body, as cheap SOAP stacks do. The core specification
puts GetServices into the class that needs no authentication.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.lab.station import Station


@dataclass(frozen=True, slots=True)
class Onvif:
    """The replies of one SOAP stack; each a whole envelope."""

    services: str
    fault: str
    information: str | None = None
    """None: GetDeviceInformation needs a login and gets the fault."""
    path: str = "/onvif/device_service"
    fault_status: str = "400 Bad Request"
    headers: tuple[str, ...] = ("Content-Type: application/soap+xml; charset=utf-8",)
    fault_headers: tuple[str, ...] = ()
    """Further headers of the fault, such as a challenge."""

    def reply(self, body: bytes, station: Station) -> bytes:
        """The whole HTTP reply to a SOAP request."""
        status, text, extra = self.fault_status, self.fault, self.fault_headers
        if b"GetServices" in body:
            status, text, extra = "200 OK", self.services, ()
        elif b"GetDeviceInformation" in body and self.information is not None:
            status, text, extra = "200 OK", self.information, ()
        payload = station.fill(text).encode()
        lines = [f"HTTP/1.1 {status}", *self.headers, *(station.fill(line) for line in extra)]
        lines.append(f"Content-Length: {len(payload)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + payload
