"""Scripts of nmap that ask a group."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.importers.nmap_broadcast import row_of_script
from scanner.importers.nmap_scripts import Script
from scanner.parsers import read

UPNP = """
  239.255.255.250
      Server: Linux UPnP/1.0 A
      Location: http://10.0.0.5:49152/d.xml
        Manufacturer: HIKVISION
  10.0.0.6
      Server: B
      Location: http://[fe80::6]:49152/d.xml
"""
WSDD = """
  Devices
    239.255.255.250
        Message id: 1
        Address: http://10.0.0.5/onvif/device_service
        Type: NetworkVideoTransmitter dn:Device
"""


def test_each_host_of_a_broadcast_has_what_was_printed_of_it():
    row = row_of_script(Script("broadcast-upnp-info", UPNP), "2026-01-01T00:00:00Z")

    assert [(one.host, one.protocol.value) for one in row.observations] == [
        ("10.0.0.5", "ssdp"),
        ("10.0.0.5", "upnp-description"),
        ("fe80::6", "ssdp"),
    ]
    assert read(row.observations[1].protocol, row.observations[1].payload)["xml.manufacturer"] == (
        "HIKVISION",
    )


def test_an_answer_of_ws_discovery_keeps_address_and_type():
    (seen,) = row_of_script(Script("broadcast-wsdd-discover", WSDD), "").observations
    fields = read(seen.protocol, seen.payload)

    assert seen.host == "10.0.0.5"
    assert fields["wsd.xaddr"] == ("http://10.0.0.5/onvif/device_service",)
    assert "NetworkVideoTransmitter" in fields["wsd.types"][0]


@pytest.mark.parametrize("script", [Script("broadcast-ping", "x"), Script("broadcast-upnp-info", "nothing")])
def test_what_gives_nothing_is_explained(script):
    row = row_of_script(script, "")

    assert row.observations == ()
    assert row.unused


@given(st.text(max_size=300))
def test_no_output_makes_it_fail(text):
    for name in ("broadcast-upnp-info", "broadcast-wsdd-discover"):
        row_of_script(Script(name, text), "")
        row_of_script(Script(name, UPNP + text), "")
