"""What `make docs` runs: writes the generated pages and blocks of the documents, by docs/generate.py."""

from __future__ import annotations

import runpy
from pathlib import Path

if __name__ == "__main__":
    runpy.run_path(str(Path(__file__).parents[1] / "docs" / "generate.py"), run_name="__main__")
