from __future__ import annotations

import pytest

from scanner.model.errors import Malformed
from scanner.parsers.mdns import PAIRS_LIMIT, read, record_text

# Forms of the usual tools; the instance and host follow research note sadp.md §5.4, numbers replaced.
INSTANCE = "HIKVISION DS-2CD2032-I - 443738000"
HOST = "DS-2CD2686G2T-IZS20231208AAWRAX6597000.local"
BROWSE = f"""= eth0 IPv4 {INSTANCE}   _http._tcp   local
   hostname = [{HOST}]
   address = [192.0.2.91]
   port = [80]
   txt = ["path=/" "note=a b"]
"""
ESCAPED = INSTANCE.replace(" ", "\\032")
PARSABLE = f'=;eth0;IPv4;{ESCAPED};_http._tcp;local;{HOST};192.0.2.91;80;"path=/" "note=a b"'
CANONICAL = record_text(
    f"{INSTANCE}._http._tcp.local.",
    "_http._tcp.local.",
    f"{HOST}.",
    80,
    ["192.0.2.91"],
    ["path=/", "note=a b"],
)
LINE = f"{INSTANCE}._http._tcp.local. PTR/SRV host={HOST}. addr=192.0.2.91 TXT path=/ note=a b\n"


@pytest.mark.parametrize(
    "text", [BROWSE, PARSABLE, CANONICAL.decode(), LINE], ids=["browse", "parsable", "ours", "line"]
)
def test_every_form_gives_the_same_record(text):
    fields = read(text.encode())

    assert fields["mdns.instance"] == (INSTANCE,)
    assert fields["mdns.type"] == ("_http._tcp.local",)
    assert fields["mdns.host"] == (HOST,)
    assert fields["mdns.address"] == ("192.0.2.91",)
    assert fields["mdns.txt"] == ("path=/", "note=a b")
    assert fields["text"] == (text,)


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("device._device-info._tcp.local TXT osxvers=21", "mdns.instance", ("device",)),
        ("device._device-info._tcp.local TXT model=J456AP", "mdns.txt", ("model=J456AP",)),
        (f"service host : {HOST}\naddress      : 192.0.2.91   port 80", "mdns.host", (HOST,)),
        ("types: _http._tcp.local. _psia._tcp.local.", "mdns.type", ("_http._tcp.local", "_psia._tcp.local")),
        ("_http._tcp.local. 120 IN PTR Cam\\0321._http._tcp.local.", "mdns.instance", ("Cam 1",)),
        ("instance: Door 1\nhost: cam1", "mdns.instance", ("Door 1",)),
        ("Instance Name: Door 1\n", "mdns.instance", ("Door 1",)),
        ("instance: Door 1\nhost: cam1", "mdns.host", ("cam1",)),
        (
            '{"name": "Cam._http._tcp.local.", "server": "x.local.", "address": "fe80::1"}',
            "mdns.address",
            ("fe80::1",),
        ),
        ("=;eth0;IPv4;Cam;_http._tcp;local;x.local", "mdns.host", ("x.local",)),
        ("address: 999.1.1.1 1:2:3", "mdns.address", ()),
        ("TXT words without a sign", "mdns.txt", ("words without a sign",)),
    ],
)
def test_other_texts_are_read_for_what_they_hold(text, name, values):
    assert read(text.encode())[name] == values


def test_hostile_names_stay_on_their_line():
    text = record_text("a\ntype: _psia._tcp\x1b[2J", "_http._tcp.local.", "h\nhost: x", 80, [], ["a=b\nc"])

    assert text.count(b"\n") == 5
    assert b"\x1b" not in text


@pytest.mark.parametrize("payload", [b"", b" \r\n"])
def test_nothing_is_malformed(payload):
    with pytest.raises(Malformed):
        read(payload)


def test_strings_are_bounded():
    assert len(read(b"TXT " + b"a=b " * 5000)["mdns.txt"]) <= PAIRS_LIMIT
    assert (
        len(read(b"TXT " + b" ".join(b"k%d=v" % number for number in range(900)))["mdns.txt"]) <= PAIRS_LIMIT
    )


def test_damaged_texts_are_fields_or_malformed(survives):
    survives(read, BROWSE.encode(), PARSABLE.encode(), CANONICAL, LINE.encode())


def test_hostile_texts_cost_little(quickly):
    for piece in (
        b"_http._tcp.",
        b"a.b.",
        b"host=",
        b"TXT a=b ",
        b"1.2.3.4 ",
        b"0:0:",
        b"name: x\n",
        b"=;",
        b"\n",
        b"-a",
    ):
        body = piece * (65536 // len(piece))
        quickly(read, body)
        quickly(read, b'x TXT "' + body)
