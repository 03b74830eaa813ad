"""What nmap's scripts printed, as payloads."""

from __future__ import annotations

import pytest

from scanner.importers.nmap_scripts import READERS, Script, left_aside, pieces
from scanner.model.protocol import Protocol
from scanner.parsers import read


def fields(script: Script, *, tls: bool = False):
    """Each piece's protocol, and the first value of each field."""
    found = []
    for piece in pieces(script, tls=tls):
        read_fields = read(piece.protocol, piece.payload, piece.request)
        found.append((piece.protocol, {name: values[0] for name, values in read_fields.items()}))
    return found


def test_a_title_and_where_it_was_found():
    script = Script(
        "http-title",
        "index",
        [(("title",), "index"), (("redirect_url",), "http://10.0.0.5/doc/page/login.asp")],
    )
    ((protocol, found),) = fields(script)

    assert protocol is Protocol.HTTP
    assert found["title"] == "index"
    assert found["request.path"] == "/doc/page/login.asp"


def test_a_redirect_that_was_not_followed():
    script = Script(
        "http-title",
        "Did not follow redirect to http://10.0.0.5/x",
        [(("redirect_url",), "http://10.0.0.5/x")],
    )

    assert fields(script)[0][1]["header.location"] == "http://10.0.0.5/x"


@pytest.mark.parametrize("output", ["Site doesn't have a title (text/html).", ""])
def test_no_title_is_no_page(output):
    assert fields(Script("http-title", output, [(("title",), "")])) == []


def test_headers_keep_their_status_and_their_method():
    script = Script(
        "http-headers", "\n  HTTP/1.1 200 OK\n  Server: App-webs/\n  X: y\n\n  (Request type: HEAD)\n"
    )
    ((_, found),) = fields(script)

    assert (found["status"], found["header.server"]) == ("200", "App-webs/")


def test_a_server_behind_tls_is_https():
    assert fields(Script("http-server-header", "Webs", [((), "Webs")]), tls=True)[0][0] is Protocol.HTTPS


def test_a_challenge_keeps_its_realm():
    ((_, found),) = fields(
        Script("http-auth", "\nHTTP/1.1 401\n  Digest qop=auth realm=IP Camera(C1234) nonce=ab\n")
    )

    assert (found["status"], found["realm"]) == ("401", "IP Camera(C1234)")


def test_a_certificate_without_its_bytes_gives_its_names():
    output = "Subject: commonName=192.168.1.64/organizationName=IP Camera\nIssuer: commonName=x\nMD5: 00"
    ((protocol, found),) = fields(Script("ssl-cert", output))

    assert protocol is Protocol.TLS_CERT
    assert "IP Camera" in found["tls.subject"]


def test_methods_and_a_system_description():
    assert fields(Script("rtsp-methods", "OPTIONS, DESCRIBE"))[0][1]["public"] == "OPTIONS, DESCRIBE"
    found = fields(Script("snmp-sysdescr", "Hikvision Product\n  System uptime: 1m"))[0][1]
    assert found["snmp.1.3.6.1.2.1.1.1.0"] == "Hikvision Product"


def test_a_description_by_upnp():
    output = "\n10.0.0.5\n    Server: Linux UPnP/1.0\n    Location: http://10.0.0.5:49152/d.xml\n      Name: a<b\n      Manufacturer: X\n"
    found = dict(fields(Script("upnp-info", output)))

    assert found[Protocol.SSDP]["header.location"] == "http://10.0.0.5:49152/d.xml"
    assert found[Protocol.UPNP_DESCRIPTION]["xml.friendlyName"] == "a<b"


def test_a_script_that_is_not_read_gives_nothing():
    assert fields(Script("http-enum", "x")) == []


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("output", ["", "\x00", "a" * 100_000, "::\n::\n=\n(", 'realm="', "\\x0"])
def test_no_output_makes_it_fail(name, output):
    for piece in pieces(
        Script(name, output, [((), output), (("title",), output), (("pem",), output)]), tls=True
    ):
        assert piece.payload


def test_the_digest_of_an_icon_that_nmap_does_not_know():
    output = "Unknown favicon MD5: 89B932FCC47CF4CA3FAADB0CFDEF89CF"
    ((protocol, found),) = fields(Script("http-favicon", output))

    assert (protocol, found["request.path"]) == (Protocol.HTTP, "/favicon.ico")
    assert found["favicon.md5"] == "89b932fcc47cf4ca3faadb0cfdef89cf"
    assert fields(Script("http-favicon", output), tls=True)[0][0] is Protocol.HTTPS


def test_the_name_of_an_icon_that_nmap_knows_is_an_opinion():
    assert fields(Script("http-favicon", "Apache Tomcat")) == [
        (Protocol.OTHER_TOOL, {"tool.product": "Apache Tomcat"})
    ]
    assert fields(Script("http-favicon", "ERROR: Script execution failed (use -d to debug)")) == []


def test_a_path_that_asked_for_a_login_keeps_its_status_and_its_schemes():
    table = (
        "\nSpidering limited to: maxdepth=3; maxpagecount=20; withinhost=10.0.0.5\n"
        "  url                                method\n"
        "  http://10.0.0.5/doc/login.asp?x=1  HTTP: Digest, Basic\n"
        "  http://10.0.0.5/form.html          FORM\n"
    )
    ((protocol, found),) = fields(Script("http-auth-finder", table))

    assert (protocol, found["request.path"], found["status"]) == (Protocol.HTTP, "/doc/login.asp", "401")
    assert found["header.www-authenticate"] == "Digest"


def test_what_answers_discovery_by_name():
    output = (
        "\n  Devices\n    Message id: 39a2b7f2-fdbd-690c-c7c9-deadbeefceb3\n"
        "    Address: http://10.0.200.116/onvif/device_service\n"
        "    Type: Device dn:NetworkVideoTransmitter\n"
    )
    ((protocol, found),) = fields(Script("wsdd-discover", output))

    assert protocol is Protocol.ONVIF_WSDISCOVERY
    assert found["wsd.xaddr"] == "http://10.0.200.116/onvif/device_service"


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (Script("http-enum", "/login/"), "script http-enum"),
        (Script("", "text"), "script without a name"),
        (
            Script("http-title", "Site doesn't have a title (text/html)."),
            "script http-title, no part of a reply in it",
        ),
        (Script("http-title", "index"), ""),
        (Script("http-security-headers", ""), ""),
    ],
)
def test_a_script_that_gave_nothing_is_said(script, said):
    assert left_aside(script, tls=False) == said
