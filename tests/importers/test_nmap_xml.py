"""nmap's XML: real files made in a namespace, and what is broken, hostile or cut."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.importers import Source, nmap_xml, recognise
from scanner.importers.nmap_xml import IMPORTER, TOKEN_LIMIT
from scanner.model.protocol import Protocol

SAMPLES = Path(__file__).parent / "samples"
HEAD = '<?xml version="1.0"?>\n<!DOCTYPE nmaprun>\n<nmaprun scanner="nmap" start="1700000000">'
SIX = '<scaninfo type="syn" protocol="tcp" services="80,443,554,8000,8080,8443"/>'
SOURCE = Source("scan.xml", "2026-11-25T00:00:00Z")


def rows(data: bytes | str):
    return list(IMPORTER.read(io.BytesIO(data.encode() if isinstance(data, str) else data), SOURCE))


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def host(address: str, ports: str = "", attributes: str = "") -> str:
    return (
        f'<host endtime="1700000060"{attributes}><status state="up"/><address addr="{address}" addrtype="ipv4"/>'
        f"<ports>{ports}</ports></host>"
    )


def endings(row) -> dict[int, str]:
    return {ended.port: ended.ending.value for ended in row.endings}


def test_each_sample_is_recognised_by_its_content():
    for path in SAMPLES.glob("nmap_*.xml"):
        assert recognise(path.read_bytes()) is IMPORTER
    assert recognise(b"\n<?xml version='1.0'?><nmaprun>") is IMPORTER
    assert recognise(b"<?xml version='1.0'?><other/>") is None


def test_a_scan_of_ports_proves_each_of_them_asked():
    found = rows(sample("nmap_ports.xml"))

    assert [row.place for row in found] == ["host 10.77.0.11", "host 10.77.0.14", "host 10.77.0.53"]
    assert endings(found[0]) == {
        80: "complete",
        443: "refused",
        554: "complete",
        8000: "complete",
        8080: "refused",
        8443: "refused",
    }


def test_ports_that_are_summed_up_were_silent():
    for row in rows(sample("nmap_silent.xml")):
        assert set(endings(row).values()) == {"silent"}
        assert len(row.endings) == 6


def test_a_host_that_did_not_answer_a_ping_was_not_asked():
    (row,) = rows(sample("nmap_down.xml"))

    assert (row.names, row.endings, row.unused) == (("10.77.1.7",), (), "down: no port was asked")


def test_scripts_and_fingerprints_are_replies():
    found = rows(sample("nmap_scripts_cut.xml"))
    seen = [(one.protocol, one.port, one.request) for one in found[0].observations]

    assert (Protocol.HTTP, 80, "GET /") in seen
    assert (Protocol.RTSP, 554, "OPTIONS *") in seen
    assert (Protocol.SDK8000, 8000, None) in seen
    opinions = {one.port: one.payload for one in found[0].observations if one.protocol is Protocol.OTHER_TOOL}
    assert opinions[8000] == b"product: Hikvision IPCam control port\n"
    raw = next(one for one in found[0].observations if not one.synthesised)
    assert raw.payload.startswith(b"HTTP/1.1 200 OK\r\nServer: DNVRS-Webs\r\n")
    assert raw.at == "2026-11-25T03:11:17Z"
    certificate = next(one for one in found[1].observations if one.protocol is Protocol.TLS_CERT)
    assert certificate.payload.startswith(b"-----BEGIN CERTIFICATE-----")


def test_a_file_that_was_cut_gives_its_whole_hosts_and_says_that_it_was_cut():
    found = rows(sample("nmap_scripts_cut.xml"))

    assert [row.broken for row in found] == [False, False, True]
    assert found[-1].unused == "cut short: the scan's end is not in the file"


def test_a_run_without_fingerprints_gives_what_its_scripts_printed():
    found = {row.place: row.observations for row in rows(sample("nmap_scripts.xml"))}

    assert {one.protocol for one in found["host 10.77.0.23"]} >= {Protocol.HTTP, Protocol.TLS_CERT}


@pytest.mark.parametrize("size", range(150, 700, 13))
def test_a_cut_host_keeps_what_stands_there_and_infers_nothing(size):
    text = (
        HEAD
        + SIX
        + host("10.0.0.1", '<port protocol="tcp" portid="80"><state state="open"/></port>')
        + "</nmaprun>"
    )
    found = rows(text[:size])

    assert any(row.broken for row in found) or size >= len(text)
    for row in found:
        assert set(endings(row)) <= {80}


def test_several_scans_in_one_file_are_all_read():
    one = HEAD + SIX + host("10.0.0.1") + "</nmaprun>\n"
    two = HEAD + SIX + host("10.0.0.2") + "</nmaprun>\n"
    cut = HEAD + SIX + host("10.0.0.3")

    assert [row.names for row in rows(one + two) if row.names] == [("10.0.0.1",), ("10.0.0.2",)]
    found = rows(cut + two + one)
    assert [row.names for row in found if row.names] == [("10.0.0.3",), ("10.0.0.2",), ("10.0.0.1",)]
    assert sum(row.broken for row in found) == 1


def test_a_resumed_scan_is_read_on():
    text = (
        HEAD + SIX + host("10.0.0.1") + '\n<nmaprun scanner="nmap">' + SIX + host("10.0.0.2") + "</nmaprun>"
    )

    assert [row.names for row in rows(text) if row.names] == [("10.0.0.1",), ("10.0.0.2",)]


def test_what_ran_outside_the_hosts_is_a_row_of_its_own():
    script = '<prescript><script id="broadcast-ping" output="x"/><script id="broadcast-upnp-info" output="&#xa;  10.0.0.7&#xa;    Server: A"/></prescript>'
    found = rows(HEAD + SIX + script + host("10.0.0.1") + "</nmaprun>")

    assert [(row.place, bool(row.unused)) for row in found] == [
        ("script broadcast-ping", True),
        ("script broadcast-upnp-info", False),
        ("host 10.0.0.1", True),
    ]
    assert found[1].observations[0].host == "10.0.0.7"


def test_a_broken_host_costs_that_host():
    text = HEAD + SIX + host("10.0.0.1") + host("10.0.0.2", "<port <>") + host("10.0.0.3") + "</nmaprun>"
    found = rows(text)

    assert [(row.names, row.broken) for row in found] == [
        (("10.0.0.1",), False),
        (("10.0.0.2",), True),
        (("10.0.0.3",), False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><!DOCTYPE nmaprun [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><nmaprun>&b;</nmaprun>',
        '<nmaprun><host><address addr="&boom;"/></host></nmaprun>',
        "<nmaprun>" + "<a>" * 1000,
        "<nmaprun><host>" + "<table>" * 1000,
    ],
)
def test_entities_and_depth_are_refused(text):
    found = rows(text)

    assert found
    assert all(row.broken for row in found)
    assert not any(row.observations for row in found)


def test_a_tag_without_end_is_given_up_in_bounded_memory():
    class Endless(io.RawIOBase):
        left = 16 * TOKEN_LIMIT
        first = True

        def read(self, size=-1):
            if self.first:
                self.first = False
                return b'<nmaprun args="'
            self.left -= size
            return b"a" * size if self.left > 0 else b""

    tracemalloc.start()
    found = list(IMPORTER.read(Endless(), SOURCE))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert [row.broken for row in found] == [True]
    assert peak < 4 * TOKEN_LIMIT


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 40))
def test_no_bytes_make_it_fail_and_every_row_is_used_or_explained(noise, place, length):
    text = (HEAD + SIX + host("10.0.0.1") + host("10.0.0.2") + "</nmaprun>").encode()
    for row in rows(text[:place] + noise + text[place + length :]):
        assert row.observations or row.endings or row.unused or row.names


HINT = (
    '<hosthint><status state="up" reason="arp-response"/><address addr="192.0.2.{0}" addrtype="ipv4"/>'
    '<address addr="44:19:B6:00:53:0{0}" addrtype="mac"/></hosthint>'
)
START = '<?xml version="1.0"?><nmaprun scanner="nmap" start="1795593432">'
HOST = (
    '<host endtime="1795593440"><status state="up"/><address addr="192.0.2.1" addrtype="ipv4"/>'
    '<ports><port protocol="tcp" portid="80"><state state="open" reason="syn-ack"/></port></ports></host>'
)


def test_a_host_that_was_found_and_whose_results_never_came_is_there(rows_of, used):
    text = START + HINT.format(1) + HINT.format(2) + HOST + HINT.format(3)

    rows = rows_of(IMPORTER, text)

    assert [(one.host, one.payload, one.at) for row in used(rows) for one in row.observations] == [
        ("192.0.2.2", b"44:19:b6:00:53:02", "2026-11-25T07:57:12Z"),
        ("192.0.2.3", b"44:19:b6:00:53:03", "2026-11-25T07:57:12Z"),
    ]
    assert [row.place for row in used(rows)] == ["host 192.0.2.1", "host 192.0.2.2", "host 192.0.2.3"]
    assert sum(row.broken for row in rows) == 1


def test_of_a_whole_scan_a_host_is_one_row_and_one_that_is_not_shown_too(rows_of):
    rows = rows_of(IMPORTER, START + HINT.format(1) + HINT.format(2) + HOST + "</nmaprun>")

    assert [row.place for row in rows] == ["host 192.0.2.1", "host 192.0.2.2"]


def test_a_host_that_was_found_outlives_damage_behind_it(rows_of):
    rows = rows_of(IMPORTER, START + HINT.format(2) + "<host <" + HOST + "</nmaprun>")

    assert {"host 192.0.2.1", "host 192.0.2.2"} <= {row.place for row in rows}


def test_more_hosts_than_can_wait_are_left_out(rows_of, monkeypatch):
    monkeypatch.setattr(nmap_xml, "HINTS_LIMIT", 1)

    assert len(rows_of(IMPORTER, START + HINT.format(1) + HINT.format(2) + "</nmaprun>")) == 1
