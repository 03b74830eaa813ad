"""Addresses that answer everything are no devices, and hide none."""

from __future__ import annotations

import pytest

from scanner.knowledge import load
from scanner.matcher.answers import Answers, WebAnswers
from scanner.matcher.ghosts import (
    CLUSTER,
    MUTE_CLUSTER,
    PREFIX,
    find_ghosts,
    ghost_gaps,
    group_of,
    is_explained,
    suspect,
)
from scanner.matcher.identifier import Identifier
from scanner.model.device import Device
from scanner.model.evidence import Claims, Maker
from scanner.model.report import GhostKind

MADE_UP = "GET /0123456789abcdef"
PATHS = ("GET /", "GET /SDK/activateStatus", "GET /ISAPI/System/deviceInfo", MADE_UP)
PROXY_PAGE = (
    "HTTP/1.1 200 OK\r\nServer: App-webs/\r\n\r\n<title>Hikvision</title><a href='/doc/page/login.asp'>x</a>"
)
INFO = (
    '<DeviceInfo xmlns="http://www.hikvision.com/ver20/XMLSchema"><model>DS-2CD2385G1-I</model>'
    "<serialNumber>DS-2CD2385G1-I20200414AAWRE33842150</serialNumber></DeviceInfo>"
)
LOGIN = 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm="x", nonce="1"\r\n\r\n'
NOT_FOUND = "HTTP/1.1 404 Not Found\r\n\r\nno"


@pytest.fixture(scope="module")
def knowledge():
    return load()


@pytest.fixture
def heard(knowledge, observation):
    """Hosts by address: what they answer, and what became of the connection that nobody expects."""

    def make(hosts):
        identifier = Identifier(knowledge, controlled=True)
        for address, (replies, control, ports) in hosts.items():
            for port in ports:
                identifier.opened(address, port)
            if control is not None:
                identifier.control(address, 50123, accepted=control)
            for protocol, payload, port, request in replies:
                identifier.add(observation(protocol, payload, host=address, port=port, request=request))
            identifier.looked(address)
        return identifier

    return make


def one_page(page=PROXY_PAGE, port=80):
    return [("isapi" if "SDK" in path or "ISAPI" in path else "http", page, port, path) for path in PATHS]


def kinds(identifier):
    return {ghost.address: ghost.kind for ghost in identifier.ghosts()}


def test_an_address_that_accepts_a_port_that_nobody_opens_is_a_ghost(heard):
    identifier = heard({"192.0.2.1": ([], True, (80, 443)), "192.0.2.2": ([], False, (80, 443))})
    (ghost,) = identifier.ghosts()
    assert (ghost.address, ghost.kind) == ("192.0.2.1", GhostKind.EVERY_PORT)
    assert "50123" in ghost.evidence[0]
    assert identifier.is_ghost("192.0.2.1")
    assert not identifier.is_ghost("192.0.2.2")
    assert not identifier.is_ghost("192.0.2.3")


def test_the_makers_words_on_a_page_for_every_port_and_path_accuse_nobody(heard):
    replies = [*one_page(), ("http", PROXY_PAGE, 8080, "GET /")]
    identifier = heard({"192.0.2.1": (replies, True, (80, 443, 8080))})
    assert kinds(identifier) == {"192.0.2.1": GhostKind.EVERY_PORT}
    (device,) = identifier.devices()
    assert device.evidenced_maker is Maker.UNKNOWN
    assert identifier.devices(without={"192.0.2.1"}) == []


def test_one_page_for_every_path_is_a_ghost_by_itself(heard):
    assert kinds(heard({"192.0.2.1": (one_page(), False, (80,))})) == {"192.0.2.1": GhostKind.EVERY_PATH}


@pytest.mark.parametrize(
    "own",
    [
        [("sadp", "<ProbeMatch><DeviceSN>DS-2CD2385G1-I20200414AAWRE33842150</DeviceSN></ProbeMatch>", 37020, None)],
        [("isapi", INFO, 8080, "GET /ISAPI/System/deviceInfo")],
        [("rtsp", 'RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="4419b6010203", nonce="1"\r\n\r\n', 554, None)],
        [("mac", "44:19:b6:01:02:03", 0, None)],
        [("isapi", LOGIN, 443, "GET /ISAPI/System/deviceInfo"), ("http", NOT_FOUND, 443, MADE_UP)],
    ],
    ids=["discovery", "serial number", "realm", "mac", "401 against 404"],
)  # fmt: skip
def test_what_the_controls_do_not_explain_stays_a_device(heard, own):
    """A proxy must not hide a camera."""
    identifier = heard({"192.0.2.1": ([*one_page(), *own], True, (80, 443, 554, 8080))})
    assert identifier.ghosts() == ()
    (device,) = identifier.devices()
    assert device.evidenced_maker is Maker.HIKVISION


def test_a_program_on_a_server_gives_one_page_by_design(evidence):
    answers = Answers(web={80: WebAnswers({"/": ("a", "200"), "/0123456789abcdef": ("a", "200")})})
    page = evidence(family="http-title", claims=Claims(maker=Maker.HIKVISION))
    program = evidence(family="http-title", claims=Claims(maker=Maker.HIKVISION, device_class="platform"))
    assert is_explained(page, answers)
    assert not is_explained(program, answers)
    assert not is_explained(evidence(family="http-title", port=81), answers)
    assert find_ghosts([suspect("192.0.2.1", answers, [program], named=False)]) == ()
    assert len(find_ghosts([suspect("192.0.2.1", answers, [page], named=False)])) == 1


def test_a_web_server_that_knows_its_paths_stays_a_device_behind_a_proxy(heard):
    replies = [("http", "HTTP/1.1 200 OK\r\n\r\nhello", 80, "GET /"), ("http", NOT_FOUND, 80, MADE_UP)]
    assert heard({"192.0.2.1": (replies, True, (80,))}).ghosts() == ()


def test_a_neighbour_with_the_same_answers_shares_the_fate_of_one_that_is_proven(heard):
    hosts = {f"192.0.2.{last}": (one_page(NOT_FOUND), True if last == 1 else None, (80,)) for last in (1, 2)}
    hosts["198.51.100.1"] = (one_page(NOT_FOUND), None, (80,))
    found = kinds(heard(hosts))
    assert found == {"192.0.2.1": GhostKind.EVERY_PORT, "192.0.2.2": GhostKind.SAME_ANSWERS}


def test_many_neighbours_that_refuse_every_path_alike_are_ghosts(heard):
    def hosts(count):
        return {f"192.0.2.{last}": (one_page(NOT_FOUND), False, (80,)) for last in range(count)}

    assert heard(hosts(CLUSTER - 1)).ghosts() == ()
    assert set(kinds(heard(hosts(CLUSTER))).values()) == {GhostKind.SAME_ANSWERS}


@pytest.mark.parametrize("control", [True, False])
def test_old_cameras_that_ask_for_a_login_on_every_path_stay_devices(heard, control):
    """Their header is theirs; that they all refuse alike is no sign of a proxy, and behind one they are found."""
    refusal = one_page("HTTP/1.1 401 Unauthorized\r\nServer: DNVRS-Webs\r\n\r\nno")
    hosts = {f"192.0.2.{last}": (refusal, control, (80,)) for last in range(CLUSTER + 1)}
    identifier = heard(hosts)
    assert identifier.ghosts() == ()
    assert {device.evidenced_maker for device in identifier.devices()} == {Maker.HIKVISION}


def test_many_neighbours_that_accept_and_say_nothing_are_ghosts(heard):
    def hosts(count, ports=(80, 443)):
        return {f"192.0.2.{last}": ([], False, ports) for last in range(count)}

    assert heard(hosts(MUTE_CLUSTER - 1)).ghosts() == ()
    assert len(heard(hosts(MUTE_CLUSTER)).ghosts()) == MUTE_CLUSTER
    assert heard(hosts(MUTE_CLUSTER, (554, 8000))).ghosts() == ()


def test_thirty_cameras_with_the_same_firmware_are_thirty_devices(heard):
    """Equal answers alone make no ghost: the path that nobody knows gets another one."""
    replies = [
        ("isapi", LOGIN, 80, "GET /ISAPI/System/deviceInfo"),
        ("http", "HTTP/1.1 200 OK\r\n\r\nhello", 80, "GET /"),
        ("http", NOT_FOUND, 80, MADE_UP),
    ]
    hosts = {f"192.0.2.{last}": (replies, False, (80,)) for last in range(30)}
    identifier = heard(hosts)
    assert identifier.ghosts() == ()
    assert len(identifier.devices()) == 30


def test_an_address_that_was_not_looked_at_to_the_end_is_no_ghost(knowledge):
    identifier = Identifier(knowledge, controlled=True)
    identifier.opened("192.0.2.1", 80)
    identifier.control("192.0.2.1", 50123, accepted=True)
    assert identifier.ghosts() == ()


def test_a_prefix_of_ghosts_is_a_gap_that_affects_the_verdict(heard):
    def gaps(count, *devices):
        hosts = {f"192.0.2.{last}": ([], True, (80,)) for last in range(count)}
        return list(ghost_gaps(heard(hosts).ghosts(), devices))

    neighbour = Device("dev-1", ("192.0.2.77",))
    (gap,) = gaps(PREFIX, neighbour)
    assert (gap.targets, gap.affects_verdict) == ("192.0.2.0/24", True)
    (few,) = gaps(PREFIX - 1, neighbour)
    assert not few.affects_verdict
    (alone,) = gaps(1, Device("dev-2", ("198.51.100.1",)))
    assert alone.affects_verdict  # nothing but a proxy answered there
    assert alone.reason.startswith("1 address accepts every port")
    assert gaps(0, neighbour) == []


def test_one_page_for_every_path_hides_nothing_but_itself(heard):
    pages = {f"192.0.2.{last}": (one_page(), False, (80,)) for last in range(PREFIX)}
    assert list(ghost_gaps(heard(pages).ghosts(), ())) == []


def test_subnets_in_which_neighbours_are_compared():
    assert group_of("192.0.2.7") == "192.0.2.0/24"
    assert group_of("2001:db8::7") == "2001:db8::/120"
    assert group_of("fe80::1%eth0") == "fe80::/120"
    assert group_of("44:19:b6:01:02:03") == ""
