"""Every command answers to both spellings, called alone or below the program."""

from __future__ import annotations

import importlib

import pytest
from click.testing import CliRunner

from scanner.cli import COMMANDS, module_of
from scanner.cli.help import HELP


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_called_alone_answers_to_both_spellings(name: str) -> None:
    command = importlib.import_module(module_of(name)).command

    assert command.context_settings["help_option_names"] == HELP["help_option_names"]
    assert "-h, --help" in CliRunner().invoke(command, ["-h"]).output
