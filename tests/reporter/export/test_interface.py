from __future__ import annotations

import pytest

from scanner.model.errors import UsageError
from scanner.reporter.export.interface import ExportFormat, Setting

FORM = ExportFormat(
    "x",
    "X",
    ".x",
    lambda export: b"",
    settings=(
        Setting("colour", "Which.", "red", choices=("red", "green")),
        Setting("found", "When.", day=True),
    ),
)


def test_settings_have_their_defaults_and_what_is_given_wins():
    assert FORM.checked({}) == {"colour": "red", "found": ""}
    assert FORM.checked({"colour": "green", "found": "2026-11-02"})["colour"] == "green"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"color": "red"}, "x has no such setting; it knows colour, found"),
        ({"colour": "blue"}, "one of red, green"),
        ({"found": "yesterday"}, "YYYY-MM-DD"),
    ],
)
def test_what_does_not_fit_is_refused(given, said):
    with pytest.raises(UsageError, match=said):
        FORM.checked(given)


def test_a_format_without_settings_says_so():
    with pytest.raises(UsageError, match="it has none"):
        ExportFormat("y", "Y", ".y", lambda export: b"").checked({"a": "b"})
