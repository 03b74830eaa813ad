from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any

import pytest

from scanner.lab.card import Card
from scanner.lab.devices.hostile import DEVICES
from scanner.model.evidence import Maker
from scanner.model.protocol import Protocol
from scanner.parsers import read

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def test_each_is_marked_hostile_and_only_two_are_the_makers() -> None:
    assert all(card.hostile for card in DEVICES)
    ours = [card.name for card in DEVICES if card.truth.evidenced_maker is Maker.HIKVISION]
    assert ours == ["tls10-only", "hostile-names"]


@pytest.mark.parametrize("name", ["endless-body", "header-bomb"])
def test_the_floods_go_on_far_beyond_what_may_be_read_and_cost_the_lab_nothing(
    name: str, client: Any
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with client.connect(name, 80) as opened:
        opened.sendall(REQUEST)
        got, started = 0, time.monotonic()
        while got < 4 * 1024 * 1024 and (block := opened.recv(65536)):
            got += len(block)
        assert got >= 4 * 1024 * 1024
        assert time.monotonic() - started < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


def test_an_asker_that_stops_reading_holds_up_nobody(client: Any) -> None:
    with client.connect("endless-body", 80) as stuck:
        stuck.sendall(REQUEST)
        time.sleep(0.3)
        started = time.monotonic()
        assert client.get("401-everywhere").startswith(b"HTTP/1.1 401")
        assert time.monotonic() - started < 2


def test_the_billion_laughs_stay_small_on_the_wire(client: Any) -> None:
    data = client.get("billion-laughs", "/ISAPI/System/deviceInfo")
    assert len(data) < 4096
    assert b"&lol9;" in data
    assert "lollol" not in str(read(Protocol.ISAPI, data)["xml.model"])


def test_the_redirect_points_at_the_printers_raw_port(client: Any, web: Callable[..., Any]) -> None:
    for path in ("/", "/ISAPI/System/deviceInfo", "/favicon.ico"):
        found = web("redirect-elsewhere", path)
        assert found.first("status") == "302"
        assert found.first("header.location") == f"http://{client.lab.addresses['printer']}:9100/"


@pytest.mark.parametrize(("name", "status"), [("401-everywhere", "401"), ("200-everywhere", "200")])
def test_these_answer_every_path_alike(name: str, status: str, web: Callable[..., Any]) -> None:
    paths = ("/", "/ISAPI/System/deviceInfo", "/SDK/activateStatus", "/0123456789abcdef", "/favicon.ico")
    replies = [web(name, path) for path in paths]
    assert {reply.first("status") for reply in replies} == {status}
    assert len({reply.first("body") for reply in replies}) == 1
    assert ("Hikvision" in (replies[0].first("body") or "")) == (status == "200")


def test_tls_1_0_alone_still_shows_the_makers_certificate(
    client: Any, certificate: Callable[..., Any], web: Callable[..., Any]
) -> None:
    shown = certificate("tls10-only", 443)
    assert shown.first("tls.subject.CN") == "www.hikvision.com"
    assert shown.first("tls.subject.OU") == "DVRNVR"
    assert web("tls10-only", "/", 443, tls=True).first("status") == "403"


def test_the_name_holds_escapes_a_formula_and_markup(
    client: Any, inquiry: bytes, web: Callable[..., Any], says_so_by_sadp: Callable[[Card], None]
) -> None:
    raw = client.datagram("hostile-names", 37020, inquiry)
    assert b"\x1b[2J" in raw
    assert b"=HYPERLINK(" in raw
    assert b"&lt;script&gt;" in raw
    says_so_by_sadp(next(card for card in DEVICES if card.name == "hostile-names"))
    told = web("hostile-names", "/ISAPI/System/deviceInfo")
    assert (told.first("xml.model") or "").startswith("@SUM")
    assert told.first("xml.serialNumber") == "DS-2CD2T47G1-L20190522AAWRD22300179"
