"""SSDP: one search, and which datagrams answer it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.requests import check_datagram
from scanner.probes.ssdp import PROBE, SEARCH, question, reads

# home-assistant/core issue 46822, shortened; address replaced.
ANSWER = (
    b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT: \r\nLOCATION: http://192.0.2.7:9080\r\n"
    b"ST: upnp:rootdevice\r\n\r\n"
)
NOTIFY = b"NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\nNTS: ssdp:alive\r\n\r\n"


def test_the_search_is_for_root_devices_and_passes_the_gate() -> None:
    assert question("any") == SEARCH
    assert SEARCH.startswith(
        b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 2\r\n'
        b"ST: upnp:rootdevice\r\n"
    )
    assert SEARCH.endswith(b"\r\n\r\n")
    assert check_datagram(1900, SEARCH) == "SSDP M-SEARCH"


def test_answers_and_announcements_are_read_and_searches_are_not() -> None:
    assert reads(ANSWER)
    assert reads(NOTIFY)
    assert not reads(SEARCH)
    assert not reads(b"\r\n")


def test_the_card_asks_groups_and_never_a_single_host() -> None:
    call = PROBE.call

    assert call is not None
    assert (call.port, call.groups, call.unicast) == (1900, ("239.255.255.250", "ff02::c"), False)
    assert PROBE.datagrams == 0


@given(cut=st.integers(0, len(ANSWER)), noise=st.binary(max_size=200))
def test_any_bytes_are_judged_without_failing(cut: int, noise: bytes) -> None:
    assert reads(ANSWER[:cut] + noise) in (True, False)
