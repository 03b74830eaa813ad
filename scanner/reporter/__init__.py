"""What a run amounts to, as text: one format a file, all of them listed here."""

from scanner.reporter.device import device_fields
from scanner.reporter.encode import to_json
from scanner.reporter.interface import Format, Options

__all__ = ["Format", "Options", "device_fields", "to_json"]
