"""`hiksweep mandates`: lists, one entry whole, near matches for what is not known."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from scanner.cli import run as whole
from scanner.cli.mandates import command
from scanner.model.errors import UsageError


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_the_list_names_every_measure_and_the_day_of_the_knowledge() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert "ca-federal-2025           2025-06-27 Federal ban" in result.output.replace(
        "  Federal", " Federal"
    )
    assert "29 measures as known on 2026-11-23. Not legal advice." in result.output


def test_a_measure_is_shown_in_french_where_french_exists() -> None:
    assert "Arrêté du ministre" in run("show", "ca-qc-2023", "--lang", "fr").output
    assert "Entity List" in run("show", "us-entity-list", "--lang", "fr").output


def test_a_profile_is_shown_too() -> None:
    result = run("show", "tw-government")
    assert result.exit_code == 0
    assert "exception_approved" in result.output


def test_an_id_of_both_a_measure_and_a_profile_shows_both() -> None:
    result = run("show", "in-navy")
    assert "Direction of the Indian Navy" in result.output
    assert "own brand camera" in result.output


def test_an_unknown_id_is_a_fault_of_the_user_with_near_matches() -> None:
    result = run("show", "ca-qc-2032")
    assert isinstance(result.exception, UsageError)
    assert "no measure and no profile is called 'ca-qc-2032'; did you mean ca-qc-2023" in str(
        result.exception
    )
    nothing = run("show", "%%%")
    assert "did you mean" not in str(nothing.exception)


def test_the_profiles_are_listed_in_either_language() -> None:
    assert "Quebec public body" in run("profiles").output
    assert "Organisme public du Québec" in run("profiles", "--lang", "fr").output


@pytest.mark.parametrize("arguments", [(), ("list",), ("show",), ("profiles",)])
def test_every_help_has_an_example(arguments: tuple[str, ...]) -> None:
    result = run(*arguments, "--help")
    assert result.exit_code == 0
    assert "Example: hiksweep mandates" in result.output


def test_the_command_line_ends_with_2_for_an_unknown_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert whole(["mandates", "show", "nowhere-1"]) == 2
    assert capsys.readouterr().err.startswith("hiksweep: no measure and no profile is called 'nowhere-1'")
