"""What other systems and auditors read, as bytes: one format a file, all of them listed here."""

from __future__ import annotations

import importlib

from scanner.reporter.export.interface import Export, ExportFormat, Life, Network, Setting

__all__ = ["FORMATS", "Export", "ExportFormat", "Life", "Network", "Setting", "format_of"]

FORMATS = (
    "json",
    "jsonl",
    "csv",
    "ocsf",
    "ecs",
    "splunk",
    "cef",
    "leef",
    "stix",
    "cyclonedx",
    "netbox",
    "servicenow",
    "defectdojo",
    "xlsx",
    "markdown",
    "far-52-204-25",
    "bod-23-01",
    "removal-list",
)
"""Every format, in the order in which the help lists them; each is a module ``to_<name>`` of this folder, a
hyphen being an underscore. It is imported when it is asked for: some bring libraries of their own."""


def format_of(name: str) -> ExportFormat:
    """The format of a name. A module that fails to import ends the program: nothing is just absent."""
    module = importlib.import_module(f"scanner.reporter.export.to_{name.replace('-', '_')}")
    found: ExportFormat = module.FORMAT
    return found
