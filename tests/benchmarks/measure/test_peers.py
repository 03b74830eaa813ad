from __future__ import annotations

import pytest

from benchmarks.measure.cases import Case
from benchmarks.measure.peers import Peer, head, is_name, read_peers
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol


@pytest.fixture(scope="module")
def peers() -> dict[str, Peer]:
    return {peer.name: peer for peer in read_peers()}


def case(protocol: Protocol, text: str, maker: str = "hikvision", brand: str | None = None) -> Case:
    truth = {"evidenced_maker": maker, "presented_brand": brand}
    return Case("h", [Observation("h", protocol, text.encode())], truth)


def test_every_peer_says_whence_its_rules_are_and_under_which_licence(peers) -> None:
    assert set(peers) == {"Recog", "nuclei templates"}
    assert all(len(peer.commit) == 40 and peer.licence and peer.cannot_see for peer in peers.values())


@pytest.mark.parametrize(
    ("tool", "protocol", "text", "called"),
    [
        ("Recog", Protocol.HTTP, "HTTP/1.1 200 OK\r\nServer: DNVRS-Webs\r\n\r\n", True),
        ("Recog", Protocol.HTTP, "HTTP/1.1 200 OK\r\nServer: App-webs/\r\n\r\n", False),
        ("Recog", Protocol.TELNET, "\r\n192.0.0.64 login: ", True),
        ("Recog", Protocol.HTTP, 'HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm="Hikvision"\r\n\r\n', True),
        (
            "Recog",
            Protocol.TLS_CERT,
            "subject=C=CN, ST=ZheJiang, L=HangZhou, O=HIKVISION, OU=DVRNVR, CN=www.hikvision.com\n",
            True,
        ),
        ("nuclei templates", Protocol.HTTP, "HTTP/1.1 200 OK\r\nServer: Hikvision-Webs\r\n\r\n", True),
        ("nuclei templates", Protocol.HTTP, "HTTP/1.1 200 OK\r\n\r\n<p>serviceip</p>", True),
        ("nuclei templates", Protocol.HTTP, "HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n<p>x</p>", False),
    ],
)
def test_a_rule_fires_on_its_field_and_no_other(peers, tool, protocol, text, called) -> None:
    verdict = peers[tool].judge(case(protocol, text))

    assert verdict.readable
    assert verdict.called is called


def test_what_a_tool_has_no_database_for_is_not_readable(peers) -> None:
    challenge = 'RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="hikvision", nonce="1"\r\n\r\n'

    for peer in peers.values():
        assert peer.judge(case(Protocol.RTSP, challenge)) == (False, False)


def test_a_brand_counts_where_the_device_is_sold_under_it(peers) -> None:
    page = "HTTP/1.1 200 OK\r\nServer: MWS 0.01\r\n\r\n"

    assert peers["Recog"].judge(case(Protocol.HTTP, page, brand="ANNKE")).called
    assert not peers["Recog"].judge(case(Protocol.HTTP, page, brand="LTS")).called
    assert not peers["Recog"].judge(case(Protocol.HTTP, page, "other", brand="ANNKE")).called
    assert is_name(case(Protocol.HTTP, "", "other"), "Hikvision DVR")


def test_the_head_ends_where_the_body_begins() -> None:
    assert head(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody") == "HTTP/1.1 200 OK\r\nA: b"
    assert head(b"<xml/>") == ""
