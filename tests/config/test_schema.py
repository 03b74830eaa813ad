from __future__ import annotations

import pytest
from pydantic import BaseModel

from scanner.config.schema import Daemon, Inventory, Log, Metrics, Network, Reports, Settings, Site

TABLES = (Settings, Site, Network, Reports, Log, Metrics, Inventory, Daemon)


@pytest.mark.parametrize("table", TABLES)
def test_every_key_says_what_it_is_and_what_it_means(table: type[BaseModel]):
    for name, field in table.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name
        extra = field.json_schema_extra
        assert isinstance(extra, dict)
        assert extra["value"], name
        assert extra["example"] or str(extra["value"]).startswith(("a table", "tables")), name


@pytest.mark.parametrize("table", [Reports, Log, Metrics, Inventory, Daemon])
def test_the_example_of_each_key_of_a_table_is_understood(table, read, one):
    name = table.__name__.lower()
    lines = [f"{key} = {field.json_schema_extra['example']}" for key, field in table.model_fields.items()]

    read("\n".join((f"[{name}]", *lines, one)))


@pytest.mark.parametrize(
    "key",
    sorted(
        set(Settings.model_fields) - {"sites", "reports", "log", "metrics", "inventory", "daemon", "tickets"}
    ),
)
def test_the_example_of_each_key_at_the_top_is_understood(key, read, one):
    example = Settings.model_fields[key].json_schema_extra["example"]

    read(f"{key} = {example}\n{one}")


def test_one_value_stands_for_a_list_of_one(read, one):
    found = read('windows = "22:00-05:00"\nprofile = ["uk-other-public-body"]\n' + one)

    assert len(found.networks[0].windows) == 1
    assert found.networks[0].profile == ("uk-other-public-body",)
