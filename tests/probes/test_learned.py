"""What a host says of itself: its ports and paths, for its own address and as the field names them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.ending import Ending
from scanner.model.exchange import Exchange
from scanner.model.observation import Observation
from scanner.model.probe import Service
from scanner.model.protocol import Protocol
from scanner.probes.learned import control_ports, description_paths, services, urls

ADDRESS = "192.0.2.7"


def _sadp(**ports: str) -> Exchange:
    elements = "".join(f"<{name}>{value}</{name}>" for name, value in ports.items())
    body = f"<ProbeMatch><Types>inquiry</Types>{elements}</ProbeMatch>"
    return Exchange(Protocol.SADP, 37020, Ending.COMPLETE, body.encode())


def _ssdp(location: str) -> Exchange:
    text = f"HTTP/1.1 200 OK\r\nLOCATION: {location}\r\n\r\n"
    return Exchange(Protocol.SSDP, 1900, Ending.COMPLETE, text.encode())


def _wsd(*addresses: str) -> Exchange:
    body = f"<d:ProbeMatches><d:XAddrs>{' '.join(addresses)}</d:XAddrs></d:ProbeMatches>"
    return Exchange(Protocol.ONVIF_WSDISCOVERY, 3702, Ending.COMPLETE, body.encode())


def test_each_field_names_a_port_and_how_it_is_spoken_to() -> None:
    answer = _sadp(HttpPort="81", HttpsPort="444", CommandPort="8001", SDKOverTLSPort="8444")

    assert services(ADDRESS, [answer]) == (
        Service(81, "http"),
        Service(444, "https"),
        Service(8001, "listen"),
        Service(8444, "tls"),
    )


def test_a_control_service_that_is_switched_off_is_not_a_service() -> None:
    answer = _sadp(
        CommandPort="8001", SDKServerStatus="false", SDKOverTLSPort="8444", SDKOverTLSServerStatus="true"
    )

    assert services(ADDRESS, [answer]) == (Service(8444, "tls"),)
    assert control_ports([answer]) == {8001, 8444}


@pytest.mark.parametrize("value", ["0", "65536", "-1", "http", "", "8" * 400, "\u0668\u0660"])
def test_a_port_that_is_none_is_passed_over(value: str) -> None:
    assert services(ADDRESS, [_sadp(HttpPort=value)]) == ()


def test_the_first_number_of_a_port_with_a_suffix_counts() -> None:
    assert services(ADDRESS, [_sadp(CommandPort="20001|161")]) == (Service(20001, "listen"),)


def test_urls_on_the_senders_own_address_are_services_as_their_scheme_says() -> None:
    said = [
        _ssdp("http://192.0.2.7:49152/desc.xml"),
        _wsd("http://192.0.2.7/onvif/device_service", "https://192.0.2.7/onvif/device_service"),
    ]

    assert services(ADDRESS, said) == (Service(49152, "http"), Service(80, "http"), Service(443, "https"))
    assert description_paths(ADDRESS, said) == ("/desc.xml",)
    assert urls(ADDRESS, said, Protocol.SSDP) == ("http://192.0.2.7:49152/desc.xml",)


@pytest.mark.parametrize(
    "url",
    [
        "http://198.51.100.1/x",
        "http://camera.local/x",
        "http://[fe80::1]/x",
        "http://a@192.0.2.7/x",
        "http://192.0.2.7:0/x",
        "http://192.0.2.7:99999/x",
        "http://[::1/x",
        "ftp://192.0.2.7/x",
        "/x",
    ],
)
def test_urls_elsewhere_never_become_a_target(url: str) -> None:
    assert services(ADDRESS, [_ssdp(url), _wsd(url)]) == ()
    assert description_paths(ADDRESS, [_ssdp(url)]) == ()


def test_the_first_answer_that_names_a_port_decides_how_it_is_spoken_to() -> None:
    said = [_sadp(SDKOverTLSPort="8443"), _wsd("https://192.0.2.7:8443/onvif/device_service")]

    assert services(ADDRESS, said) == (Service(8443, "tls"),)


def test_observations_are_as_good_as_exchanges_and_other_protocols_say_nothing() -> None:
    observation = Observation(ADDRESS, Protocol.SADP, _sadp(HttpPort="81").payload)
    page = Exchange(
        Protocol.HTTP, 80, Ending.COMPLETE, b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.7:82/\r\n\r\n"
    )

    assert services(ADDRESS, [observation, page]) == (Service(81, "http"),)


def test_a_path_without_one_is_the_root_and_a_query_stays() -> None:
    assert description_paths(ADDRESS, [_ssdp("http://192.0.2.7:9080"), _ssdp("http://192.0.2.7/d?x=1")]) == (
        "/",
        "/d?x=1",
    )


@given(
    protocol=st.sampled_from([Protocol.SADP, Protocol.SSDP, Protocol.ONVIF_WSDISCOVERY, Protocol.HTTP]),
    noise=st.binary(max_size=200),
    cut=st.integers(0, 120),
)
def test_any_bytes_give_valid_ports_or_none(protocol: Protocol, noise: bytes, cut: int) -> None:
    payload = _sadp(HttpPort="81", CommandPort="8001").payload[:cut] + noise

    found = services(ADDRESS, [Exchange(protocol, 1, Ending.COMPLETE, payload)])

    assert all(0 < service.port < 65536 for service in found)
