"""mDNS: four service types, and the text that is kept of a record."""

from __future__ import annotations

from scanner.model.protocol import Protocol
from scanner.parsers import read
from scanner.probes.mdns import PROBE, SERVICE_TYPES, canonical_text


def test_only_service_types_of_the_research_are_asked_for() -> None:
    assert SERVICE_TYPES == (
        "_http._tcp.local.",
        "_psia._tcp.local.",
        "_CGI._tcp.local.",
        "_rtsp._tcp.local.",
    )
    assert all(any(name in message for message in PROBE.sends) for name in SERVICE_TYPES)
    assert (PROBE.transport, PROBE.needs, PROBE.call) == ("mdns", ("multicast",), None)


def test_the_text_that_is_kept_reads_back_as_the_record() -> None:
    text = canonical_text(
        "DS-2CD0000 - X00000000._http._tcp.local.",
        "_http._tcp.local.",
        "DS-2CD000020231208AAWRAX0000000.local.",
        80,
        ["192.0.2.7"],
        ["path=/"],
    )

    fields = read(Protocol.MDNS, text)
    assert fields["mdns.instance"] == ("DS-2CD0000 - X00000000",)
    assert fields.first("mdns.host") == "DS-2CD000020231208AAWRAX0000000.local"
    assert fields["mdns.address"] == ("192.0.2.7",)
    assert fields["mdns.txt"] == ("path=/",)


def test_a_hostile_name_stays_on_its_line() -> None:
    text = canonical_text("a\nhost: evil.local", "_http._tcp.local.", "b.local.", 80, [], ["\x1b[31m=x"])

    assert len(text.splitlines()) == 5
    assert b"\x1b" not in text
