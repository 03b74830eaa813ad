"""How every command is asked for its help."""

from __future__ import annotations

from typing import Any

HELP: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
"""Context settings of each command. A command has them itself and not from its parent alone: click remembers
the help option of whoever asked first."""
