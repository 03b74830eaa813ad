from __future__ import annotations

import json
import tomllib

import pytest
from pydantic import ValidationError

from scanner.config.tickets import Tickets


@pytest.mark.parametrize("name", Tickets.model_fields)
def test_the_example_of_each_key_is_understood(name):
    extra = Tickets.model_fields[name].json_schema_extra
    data = tomllib.loads(f"{name} = {extra['example']}")
    assert getattr(Tickets(**data), name) is not None


@pytest.mark.parametrize(
    "data",
    [
        {"secret": "in-the-file"},
        {"grouping": "colour"},
        {"levels": []},
        {"most_creates": -1},
        {"auto": ["delete"]},
        {"languages": {"main": "de"}},
        {"passwort": "x"},
    ],
)
def test_what_cannot_be_meant_is_refused(data):
    with pytest.raises(ValidationError):
        Tickets(**data)


def test_nothing_is_written_by_itself_without_a_word():
    assert Tickets().auto == ()
    assert json.loads(Tickets().model_dump_json())["secret"] is None
