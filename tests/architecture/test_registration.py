"""Registration is visible and loud: a folder's list and its files are the same."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

from scanner.cli import COMMANDS
from scanner.model.probe import Probe
from scanner.model.protocol import Protocol
from scanner.parsers import PARSERS
from scanner.probes import PROBES
from scanner.reporter import Format, renderer


def assigns(tree: ast.Module, name: str) -> bool:
    """Whether a module binds a name at its top, by assignment or as a function."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return True
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return True
    return False


def test_every_file_that_holds_a_probe_is_registered_and_every_registered_probe_has_a_file(sources):
    files = {
        Path(path).stem
        for path, tree in sources.items()
        if path.startswith("probes/") and assigns(tree, "PROBE")
    }
    held = {stem: importlib.import_module(f"scanner.probes.{stem}").PROBE for stem in files}

    assert all(isinstance(probe, Probe) for probe in held.values())
    assert sorted(probe.name for probe in held.values()) == sorted(probe.name for probe in PROBES)
    assert len({probe.name for probe in PROBES}) == len(PROBES)


def test_every_file_that_holds_a_command_is_listed_and_every_listed_command_has_a_file(sources):
    files = {
        Path(path).stem.rstrip("_").replace("_", "-")
        for path, tree in sources.items()
        if path.startswith("cli/") and assigns(tree, "command")
    }

    assert files == set(COMMANDS)


def test_every_format_has_a_renderer_of_its_own():
    assert len({renderer(kind) for kind in Format}) == len(Format)


def test_every_protocol_has_a_parser():
    assert set(PARSERS) == set(Protocol)
