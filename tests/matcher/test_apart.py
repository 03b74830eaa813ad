"""Port forwards: several devices behind one address."""

from __future__ import annotations

import pytest

from scanner.knowledge import load
from scanner.matcher.identifier import Identifier
from scanner.model.evidence import Maker
from scanner.model.identity import Rung

NAMESPACE = "http://www.hikvision.com/ver20/XMLSchema"
FIRST, SECOND = "DS-2CD2385G1-I20200414AAWRE33842150", "DS-2CD2385G1-I20200414AAWRE33842151"
MAC, OTHER_MAC = "44:19:b6:01:02:03", "44:19:b6:01:02:04"


def info(serial="", mac=""):
    parts = [f"<serialNumber>{serial}</serialNumber>"] if serial else []
    parts += [f"<macAddress>{mac}</macAddress>"] if mac else []
    return f'<DeviceInfo xmlns="{NAMESPACE}">{"".join(parts)}</DeviceInfo>'


def challenge(realm):
    return f'RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="{realm}", nonce="1"\r\n\r\n'


@pytest.fixture(scope="module")
def rows(knowledge, observation):
    def read(*replies):
        identifier = Identifier(knowledge)
        for protocol, payload, port in replies:
            identifier.add(observation(protocol, payload, port=port))
        return identifier.rows("192.0.2.1")

    return read


@pytest.fixture(scope="module")
def knowledge():
    return load()


def test_two_serial_numbers_on_two_ports_are_two_devices(rows):
    one, two = rows(("isapi", info(FIRST), 80), ("isapi", info(SECOND), 8080))
    assert (one.serial, two.serial) == (FIRST, SECOND)
    assert (one.ports, two.ports) == ((80,), (8080,))
    assert one.identity.rung is two.identity.rung is Rung.SERIAL
    assert "state different serial numbers" in one.identity.reasons[-1]


def test_a_serial_number_joins_ports_whatever_their_mac_addresses_say(rows):
    (one,) = rows(("isapi", info(FIRST, MAC), 80), ("isapi", info(FIRST, OTHER_MAC), 8080))
    assert (one.serial, one.ports) == (FIRST, ())


def test_two_mac_addresses_on_two_ports_are_two_devices_and_one_address_is_shared(rows):
    one, two = rows(("rtsp", challenge("4419b6010203"), 554), ("rtsp", challenge("4419b6010204"), 10554))
    assert {one.mac, two.mac} == {MAC, OTHER_MAC}
    assert one.addresses == two.addresses == ("192.0.2.1",)


def test_a_mac_address_joins_the_video_port_to_its_web_port(rows):
    one, two = rows(
        ("isapi", info(FIRST, MAC), 80),
        ("isapi", info(SECOND, OTHER_MAC), 8080),
        ("rtsp", challenge("4419b6010204"), 554),
    )
    assert (one.ports, two.ports) == ((80,), (554, 8080)) or (one.ports, two.ports) == ((554, 8080), (80,))
    by_serial = {device.serial: device.ports for device in (one, two)}
    assert by_serial == {FIRST: (80,), SECOND: (554, 8080)}


def test_the_mac_address_of_a_neighbour_table_splits_nothing(rows):
    (one,) = rows(
        ("isapi", info(FIRST, MAC), 80), ("http", "HTTP/1.1 200 OK\r\n\r\n", 81), ("mac", OTHER_MAC, 0)
    )
    assert one.serial == FIRST


def test_discovery_belongs_to_the_device_whose_serial_number_it_gives(rows):
    heard = f"<ProbeMatch><DeviceSN>{SECOND}</DeviceSN><MAC>{OTHER_MAC}</MAC></ProbeMatch>"
    one, two = rows(("isapi", info(FIRST), 80), ("isapi", info(SECOND), 8080), ("sadp", heard, 37020))
    by_serial = {device.serial: device for device in (one, two)}
    assert "sadp" in {piece.protocol for piece in by_serial[SECOND].evidence}
    assert "sadp" not in {piece.protocol for piece in by_serial[FIRST].evidence}


def test_a_camera_to_which_a_recorder_lends_its_address_is_no_part_of_the_recorder(rows):
    heard = f"<ProbeMatch><DeviceSN>{SECOND}</DeviceSN><MAC>{OTHER_MAC}</MAC></ProbeMatch>"
    recorder, camera = rows(
        ("http", "HTTP/1.1 200 OK\r\n\r\nhello", 80),
        ("isapi", info(FIRST, MAC), 65001),
        ("sadp", heard, 37020),
    )
    assert (recorder.serial, recorder.mac, recorder.ports) == (SECOND, OTHER_MAC, ())
    assert (camera.serial, camera.mac, camera.ports) == (FIRST, MAC, (65001,))
    assert "discovery and port 65001 state different serial numbers" in recorder.identity.reasons[-1]


def test_a_second_interface_in_discovery_splits_nothing(rows):
    heard = f"<ProbeMatch><MAC>{OTHER_MAC}</MAC></ProbeMatch>"
    (one,) = rows(("isapi", info(FIRST, MAC), 80), ("sadp", heard, 37020))
    assert one.serial == FIRST


def test_the_end_of_a_serial_number_is_that_serial_number(rows):
    (one,) = rows(("isapi", info(FIRST), 80), ("isapi", info("E33842150"), 8080))
    assert one.ports == ()


def test_a_host_with_one_port_or_one_maker_is_one_device(rows, knowledge, observation):
    (one,) = rows(("isapi", info(FIRST), 80), ("rtsp", challenge("4419b6010203"), 554))
    assert one.ports == ()
    assert one.mac == MAC


def test_two_makers_on_two_ports_are_two_devices(rows):
    dahua = 'RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="Login to 3K0123ABCDEF", nonce="1"\r\n\r\n'
    found = rows(("isapi", info(FIRST), 80), ("rtsp", dahua, 554))
    makers = [device.evidenced_maker for device in found]
    assert makers in ([Maker.HIKVISION, Maker.OTHER], [Maker.HIKVISION])
    assert found[0].serial == FIRST


def test_ids_of_devices_behind_one_address_differ_also_without_any_name(rows, knowledge):
    found = rows(("isapi", info(FIRST), 80), ("isapi", info(SECOND), 8080))
    assert len({device.id for device in found}) == 2


def introduced(maker, model, serial):
    return (
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><t:GetDeviceInformationResponse '
        f'xmlns:t="http://www.onvif.org/ver10/device/wsdl"><t:Manufacturer>{maker}</t:Manufacturer>'
        f"<t:Model>{model}</t:Model><t:FirmwareVersion>1.2.3</t:FirmwareVersion><t:SerialNumber>{serial}"
        "</t:SerialNumber></t:GetDeviceInformationResponse></e:Body></e:Envelope>"
    )


PAGE = "HTTP/1.1 401 Unauthorized\r\nServer: App-webs/\r\n\r\n"


@pytest.mark.parametrize("maker", ["Milesight Technology Co.,Ltd.", "Somebody Nobody Knows", "IPCAM"])
def test_a_camera_of_somebody_else_on_a_forwarded_port_lends_nothing_to_the_device(rows, maker):
    found, other = rows(
        ("http", PAGE, 80), ("onvif-soap", introduced(maker, "C6F0SgZ3N0PdL2", "EF00000001"), 8081)
    )
    assert (found.evidenced_maker, found.ports) == (Maker.HIKVISION, (80,))
    assert (found.model, found.serial, found.firmware, found.presented_brand) == (None,) * 4
    assert other.evidenced_maker is not Maker.HIKVISION
    assert (other.model, other.ports) == ("C6F0SgZ3N0PdL2", (8081,))


@pytest.mark.parametrize("serial", ["E33842150", SECOND.replace("DS-2CD2385G1-I", "")])
def test_a_relabel_that_names_itself_on_another_port_is_one_device(rows, serial):
    (one,) = rows(("http", PAGE, 80), ("onvif-soap", introduced("Somebody", "C6F0SgZ3N0PdL2", serial), 8081))
    assert (one.evidenced_maker, one.relation, one.model) == (Maker.HIKVISION, "relabel", "C6F0SgZ3N0PdL2")


def test_a_model_that_both_ports_state_joins_them(rows):
    own = f'<DeviceInfo xmlns="{NAMESPACE}"><model>C6F0SgZ3N0PdL2</model></DeviceInfo>'
    (one,) = rows(
        ("isapi", own, 80), ("onvif-soap", introduced("Somebody", "C6F0SgZ3N0PdL2", "EF00000001"), 8081)
    )
    assert one.ports == ()
