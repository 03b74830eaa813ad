from __future__ import annotations

import shutil
import socket

import pytest

from benchmarks.measure import nmap, replay
from benchmarks.measure.cases import Case
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

REPORT = b"""<nmaprun><host><address addr="127.88.0.1" addrtype="ipv4"/><ports><port portid="80">
<service name="http" product="Hikvision camera httpd" devicetype="webcam"><cpe>cpe:/h:x:y</cpe></service>
</port></ports></host><host><address addr="127.88.0.2"/><ports><port portid="80"><service name="http"/></port>
</ports></host></nmaprun>"""


def test_what_nmap_says_of_a_service_is_one_text_a_host() -> None:
    assert nmap.services(REPORT) == {
        "127.88.0.1": "Hikvision camera httpd webcam cpe:/h:x:y",
        "127.88.0.2": "",
    }
    assert nmap.services(REPORT[:-20]) == {}


def test_without_nmap_there_is_no_version(monkeypatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)

    assert nmap.version() is None


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("nmap") is None, reason="nmap is not installed")
def test_nmap_names_a_device_that_is_played_to_it() -> None:
    with socket.socket() as one:
        one.bind((str(replay.NETWORK[1]), 0))
        port = int(one.getsockname()[1])
    page = "HTTP/1.1 401 Unauthorized\r\nServer: DVRDVS-Webs\r\n\r\n"
    cases = [
        Case(
            "a", [Observation("a", Protocol.HTTP, page.encode(), port=port)], {"evidenced_maker": "hikvision"}
        ),
        Case("b", [Observation("b", Protocol.SNMP, b"x")], {"evidenced_maker": "other"}),
    ]

    verdicts, unbound = nmap.judge(cases)

    assert nmap.version()
    assert unbound == 0
    assert verdicts == [(True, True), (False, False)]
