"""Every command answers to both spellings, called alone or below the program."""

from __future__ import annotations

import importlib

import click
import pytest
from click.testing import CliRunner

from scanner.cli import COMMANDS, module_of
from scanner.cli.help import HELP


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_called_alone_answers_to_both_spellings(name: str) -> None:
    command = importlib.import_module(module_of(name)).command

    assert command.context_settings["help_option_names"] == HELP["help_option_names"]
    assert "-h, --help" in CliRunner().invoke(command, ["-h"]).output


def test_no_help_shows_the_mark_that_keeps_its_lines_apart() -> None:
    below = [(name, command) for name in COMMANDS for command in _below(name)]
    shown = {name: CliRunner().invoke(command, ["-h"]).output for name, command in below}

    assert [name for name, text in shown.items() if "\\b" in text] == []


def _below(name: str) -> list[click.Command]:
    command: click.Command = importlib.import_module(module_of(name)).command
    return [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
