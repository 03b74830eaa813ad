from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scanner.lab.card import Card
from scanner.lab.devices.parts import ISAPI_NS, STD_CGI_NS
from scanner.lab.devices.relabels import DEVICES
from scanner.model.device import Relation
from scanner.model.evidence import Maker
from scanner.model.protocol import Protocol
from scanner.parsers import read


@pytest.mark.parametrize("card", DEVICES, ids=lambda card: card.name)
def test_a_relabel_keeps_the_makers_discovery_and_serial_grammar(
    card: Card, says_so_by_sadp: Callable[[Card], None]
) -> None:
    says_so_by_sadp(card)
    assert card.truth.evidenced_maker is Maker.HIKVISION
    assert card.truth.relation is Relation.RELABEL


@pytest.mark.parametrize(
    ("name", "namespace", "realm"),
    [
        ("relabel-lts", ISAPI_NS, "142ffd10001a"),
        ("relabel-annke", ISAPI_NS, "I91BL"),
        ("relabel-neutral", STD_CGI_NS, "IP Camera(D0311)"),
    ],
)
def test_no_relabel_bears_the_makers_name_in_its_replies(
    name: str, namespace: str, realm: str, web: Callable[..., Any], client: Any
) -> None:
    guarded = web(name, "/ISAPI/System/deviceInfo")
    assert guarded.first("xml.namespace") == namespace
    assert guarded.first("realm") == realm
    assert web(name, "/SDK/activateStatus").first("xml.namespace") == namespace
    for path in ("/", "/ISAPI/System/deviceInfo", "/SDK/activateStatus"):
        assert b"hikvision" not in client.get(name, path).lower()


def test_the_annke_states_its_brand_and_the_neutral_one_none(client: Any, ws_probe: bytes) -> None:
    annke = read(Protocol.ONVIF_WSDISCOVERY, client.datagram("relabel-annke", 3702, ws_probe))
    assert "onvif://www.onvif.org/name/ANNKE%20I91BL" in annke["wsd.scope"]
    neutral = read(Protocol.ONVIF_WSDISCOVERY, client.datagram("relabel-neutral", 3702, ws_probe))
    assert not any("/name/" in scope for scope in neutral["wsd.scope"])
    assert (neutral.first("wsd.address") or "").endswith("-686dbc10001c")
