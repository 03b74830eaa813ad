"""The five commands of the page are run as they stand there, as a new user would."""

from __future__ import annotations

import json
import re

import pytest

PAGE = "docs/quickstart-tickets.md"
LAST = "python tools/practice_tracker.py down practice"
CODES = (0, 3, 3, 0, 0)
"""Devices were found, and something was to be done."""


@pytest.mark.slow
@pytest.mark.peer
def test_five_commands_lead_from_a_scan_to_tickets(pages, blocks, run, root, tmp_path):
    (block,) = blocks(pages[PAGE], "console", "five commands")
    lines = [line.removeprefix("$ ") for line in block.splitlines()]
    assert len(lines) == 5
    assert f"`{LAST}`" in pages[PAGE]
    (tmp_path / "tools").symlink_to(root / "tools")
    try:
        done = [run(shell=line) for line in lines]
        again = run(shell=lines[3])
    finally:
        ended = run(shell=LAST)

    assert [one.returncode for one in done] == list(CODES), "\n".join(one.stderr for one in done)
    planned = json.loads((tmp_path / "monday.json").read_text())["steps"]
    assert len(planned) > 20
    assert {one["act"] for one in planned} == {"create"}
    assert f"{len(planned)} done." in done[3].stdout
    assert len(re.findall(r"^\d+ +unread +.* up to date$", done[4].stdout, re.MULTILINE)) == len(planned)
    assert f"{len(planned)} tickets." in done[4].stdout
    assert "done " not in again.stdout
    assert ended.stdout == "Ended.\n"
