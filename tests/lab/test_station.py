from __future__ import annotations

import base64
import re

import pytest

from scanner.lab.station import UNMOVED, Station

LOOPBACK = Station("camera", "127.9.0.5", neighbours={"printer": "127.9.0.61"})
REAL = Station("camera", "10.0.0.5", UNMOVED)


@pytest.mark.parametrize(
    ("true", "moved"), [(80, 10080), (443, 10443), (554, 10554), (8000, 8000), (9100, 9100)]
)
def test_on_loopback_the_low_ports_move_up(true: int, moved: int) -> None:
    assert LOOPBACK.port(true) == moved
    assert REAL.port(true) == true


def test_the_web_port_is_named_only_where_it_is_not_80() -> None:
    assert LOOPBACK.fill("http://@web@/ @http-port@") == "http://127.9.0.5:10080/ 10080"
    assert REAL.fill("http://@web@/ @http-port@") == "http://10.0.0.5/ 80"


def test_values_given_win_and_neighbours_are_known() -> None:
    assert LOOPBACK.fill("@address@ @port-554@ @address-of-printer@") == "127.9.0.5 10554 127.9.0.61"
    assert LOOPBACK.fill("@cseq@ @address@", cseq="3", address="x") == "3 x"


def test_what_nobody_knows_stays_as_it_is() -> None:
    assert LOOPBACK.fill("CHAM.LI@ANJVISION.COM @unknown@ @address-of-nobody@") == (
        "CHAM.LI@ANJVISION.COM @unknown@ @address-of-nobody@"
    )


def test_living_values_have_the_form_of_real_ones() -> None:
    first, second = LOOPBACK.fill("@nonce@"), LOOPBACK.fill("@nonce@")
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second
    assert re.fullmatch(rb"[0-9a-f]{32}", base64.b64decode(LOOPBACK.fill("@nonce64@")))
    assert re.fullmatch(r"\d{13}", LOOPBACK.fill("@millis@"))
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT", LOOPBACK.fill("@date@"))
    assert re.fullmatch(r"\w{3}, \w{3} \d\d \d{4} [\d:]{8} GMT", LOOPBACK.fill("@rtsp-date@"))
