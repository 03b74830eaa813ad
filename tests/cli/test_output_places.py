"""Where a report may go: files, never the name of a device; and nowhere, if there is no screen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scanner.cli.options import read_text
from scanner.cli.output import is_terminal, pair, write_whole
from scanner.model.errors import UsageError


def test_a_device_or_a_pipe_is_never_replaced_by_a_report(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    for name in ("/dev/null", str(tmp_path / "pipe")):
        with pytest.raises(UsageError, match="a device or a pipe"):
            pair(["json"], [name])


def test_what_a_link_leads_to_is_written_and_the_link_stays(tmp_path: Path) -> None:
    target, link = tmp_path / "latest.json", tmp_path / "link.json"
    target.write_text("old")
    link.symlink_to(target)

    write_whole(link, "new")

    assert link.is_symlink()
    assert target.read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latest.json", "link.json"]


def test_a_stream_that_was_closed_before_we_started_is_no_terminal() -> None:
    assert not is_terminal(None)


def test_a_list_without_end_is_refused_and_not_read_to_its_end() -> None:
    with pytest.raises(UsageError, match="larger than"):
        read_text("/dev/zero")
