from __future__ import annotations

import pytest

from scanner.model.errors import Malformed
from scanner.parsers.banner import HEX_LIMIT, TEXT_LIMIT, read, read_telnet

NEGOTIATION = b"\xff\xfd\x01\xff\xfb\x03\xff\xfa\x18\x01\xff\xf0"


def test_a_banner_is_kept_as_text_and_as_hex():
    fields = read(b"220 DiskStation FTP server ready.\r\n")

    assert fields["banner"] == ("220 DiskStation FTP server ready.\r\n",)
    assert fields["banner.hex"] == (b"220 DiskStation FTP server ready.\r\n".hex(),)
    assert read(b"SSH-2.0-\xe9\r\n")["banner"] == ("SSH-2.0-é\r\n",)


def test_negotiation_is_left_out_of_the_text_but_not_of_the_hex():
    """The log-in prompt of an old recorder (nmap service probes)."""
    fields = read_telnet(NEGOTIATION + b"dvrdvs login: ")

    assert fields["banner"] == ("dvrdvs login: ",)
    assert fields["banner.hex"] == ((NEGOTIATION + b"dvrdvs login: ").hex(),)


def test_negotiation_that_was_kept_as_text_is_known_again():
    assert read_telnet((NEGOTIATION + b"Hik-B20-S login:").decode("latin-1").encode())["banner"] == (
        "Hik-B20-S login:",
    )
    assert read_telnet("Zugang für Gäste: ☎".encode())["banner"][0].startswith("Zugang")


def test_a_cut_negotiation_is_left_out():
    assert read_telnet(b"login: \xff")["banner"] == ("login: ",)
    assert read_telnet(b"login: \xff\xfb")["banner"] == ("login: ",)


@pytest.mark.parametrize("reader", [read, read_telnet])
def test_an_empty_banner_is_malformed(reader):
    with pytest.raises(Malformed):
        reader(b"")


def test_banners_are_bounded():
    fields = read(b"x" * 100_000)

    assert len(fields["banner"][0]) == TEXT_LIMIT
    assert len(fields["banner.hex"][0]) == 2 * HEX_LIMIT


def test_damaged_banners_are_fields_or_malformed(survives):
    survives(read, b"SSH-2.0-dropbear_2019.78\r\n")
    survives(read_telnet, NEGOTIATION + b"192.0.0.64 login: ")


def test_hostile_banners_cost_little(quickly):
    for piece in (b"\xff", b"\xff\xfa", b"\xff\xfb", b"\xff\xfa\xff"):
        quickly(read_telnet, piece * (65536 // len(piece)))
