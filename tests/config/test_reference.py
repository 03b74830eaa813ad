from __future__ import annotations

from scanner.config.reference import key_tables
from scanner.config.schema import Network, Settings


def test_every_key_has_its_place_and_says_its_default():
    tables = {title: {key.name: key for key in keys} for title, _, keys in key_tables()}
    everywhere = set(tables["Everywhere"])

    tables_alone = {"reports", "log", "metrics", "inventory", "daemon", "tickets", "sites"}
    assert everywhere | set(tables["At the top only"]) | tables_alone == set(Settings.model_fields)
    assert everywhere | set(tables["[sites.SITE.networks.NAME]"]) == set(Network.model_fields)
    assert set(tables["[log]"]) == {"level", "format"}
    assert tables["[reports]"]["formats"].says.endswith("Without it: html, json.")
    assert tables["[sites.SITE.networks.NAME]"]["enabled"].says.endswith("Without it: true.")
    assert tables["[sites.SITE.networks.NAME]"]["targets"].says.endswith("Required.")
