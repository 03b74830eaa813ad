"""Write the generated pages and blocks of the documents: `make docs`, or `python docs/generate.py [--check]`.

A generated page is written whole. A block stands in a page that is otherwise written by hand, between
`<!-- begin NAME -->` and `<!-- end NAME -->`. With `--check` nothing is written: the names of stale files are
printed and the exit code is 1 if there are any.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from generated.blocks import BLOCKS
from generated.pages import PAGES, ROOT

_BLOCK = re.compile(r"(<!-- begin ([a-z-]+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)


def with_blocks(text: str) -> str:
    """A page with its blocks as they should be."""

    def fresh(found: re.Match[str]) -> str:
        return found[1] + "\n".join(BLOCKS[found[2]]()) + "\n" + found[3]

    return _BLOCK.sub(fresh, text)


def wanted(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Every file with a generated part, and what it should hold."""
    for name, page in PAGES.items():
        yield root / name, page()
    for path in (root / "README.md", *sorted((root / "docs").rglob("*.md"))):
        if str(path.relative_to(root)) not in PAGES and _BLOCK.search(
            text := path.read_text(encoding="utf-8")
        ):
            yield path, with_blocks(text)


def stale(root: Path = ROOT) -> dict[Path, str]:
    """The files that are not as they should be, with what they should hold."""
    return {
        path: text
        for path, text in wanted(root)
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    }


def main(arguments: list[str]) -> int:
    """Write what is stale, or only name it; returns the exit code."""
    found = stale()
    for path, text in found.items():
        print(f"{'stale' if arguments == ['--check'] else 'written'}: {path.relative_to(ROOT)}")
        if arguments != ["--check"]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return int(bool(found) and arguments == ["--check"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
