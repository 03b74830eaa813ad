"""Put the pieces of changelog.d/ under a new heading of CHANGELOG.md, and remove them.

    python tools/changelog.py 2026-12-01

The version is that of the package, the day is given: a release is repeatable.
"""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path

from scanner import __version__

KINDS = ("added", "changed", "fixed", "removed", "security", "knowledge")
"""The headings, in the order in which they are printed."""
MARK = "<!-- releases -->"
"""Where in CHANGELOG.md the newest release begins."""
_NAME = re.compile(rf"[a-z0-9-]+\.({'|'.join(KINDS)})\.md")


class Unfit(Exception):
    """A piece or the changelog is not as it should be; the message says which and how."""


def pieces(folder: Path) -> dict[str, list[Path]]:
    """The pieces of each kind, by name.

    Raises:
        Unfit: a file's name has no known kind, or a piece is empty.
    """
    found: dict[str, list[Path]] = {kind: [] for kind in KINDS}
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        name = _NAME.fullmatch(path.name)
        if name is None:
            raise Unfit(f"{path.name}: name it <topic>.<kind>.md; kinds are {', '.join(KINDS)}")
        if not path.read_text(encoding="utf-8").strip():
            raise Unfit(f"{path.name}: empty")
        found[name[1]].append(path)
    return found


def release(changelog: str, found: dict[str, list[Path]], version: str, day: date) -> str:
    """The changelog with the pieces under a heading of their own.

    Raises:
        Unfit: there is nothing to release, or the version has its heading already.
    """
    if MARK not in changelog:
        raise Unfit(f"CHANGELOG.md: the line {MARK} is missing")
    if f"## [{version}]" in changelog:
        raise Unfit(f"CHANGELOG.md: {version} stands there already; set the new version first")
    parts = [f"## [{version}] - {day.isoformat()}"]
    for kind in KINDS:
        if found[kind]:
            parts.append(f"### {kind.capitalize()}")
            parts.append("\n".join(_item(path) for path in found[kind]))
    if len(parts) == 1:
        raise Unfit("changelog.d holds no change")
    return changelog.replace(MARK, MARK + "\n\n" + "\n\n".join(parts), 1)


def _item(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").strip().splitlines()
    return "\n".join([f"- {lines[0]}", *(f"  {line}" if line else "" for line in lines[1:])])


def main(words: list[str], root: Path = Path(__file__).parents[1]) -> int:
    """Write the release; 2 with one line if it cannot be."""
    try:
        (day,) = (date.fromisoformat(word) for word in words)
        found = pieces(root / "changelog.d")
        text = release((root / "CHANGELOG.md").read_text(encoding="utf-8"), found, __version__, day)
    except (Unfit, ValueError) as error:
        print(f"changelog: {error or 'give the day'}", file=sys.stderr)
        return 2
    (root / "CHANGELOG.md").write_text(text, encoding="utf-8")
    for paths in found.values():
        for path in paths:
            path.unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
