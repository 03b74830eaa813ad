"""Which format goes where, and files that appear whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.cli.output import pair, write_whole
from scanner.model.errors import UsageError, unreadable
from scanner.reporter import Format


def test_formats_and_files_are_paired_in_order_and_the_rest_goes_to_the_screen(tmp_path: Path) -> None:
    paired = pair(["html", "table"], [str(tmp_path / "r.html")])

    assert [(output.format, output.path) for output in paired] == [
        (Format.HTML, tmp_path / "r.html"),
        (Format.TABLE, None),
    ]
    assert [output.format for output in pair([], [])] == [Format.TABLE]
    assert [output.format for output in pair([], [str(tmp_path / "x.csv")])] == [Format.CSV]


def test_more_files_than_formats_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one each"):
        pair(["html"], [str(tmp_path / "a"), str(tmp_path / "b")])


def test_a_file_that_cannot_be_finished_leaves_nothing_behind(tmp_path: Path, monkeypatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scanner.cli.output.os.fsync", full)
    (tmp_path / "r.csv").write_text("old")

    with pytest.raises(OSError, match="space"):
        write_whole(tmp_path / "r.csv", "new")

    assert (tmp_path / "r.csv").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


def test_a_new_file_has_the_rights_that_the_users_mask_leaves(tmp_path: Path) -> None:
    write_whole(tmp_path / "r.csv", "x")

    assert (tmp_path / "r.csv").stat().st_mode & 0o777 in {0o644, 0o664, 0o600, 0o640}


def test_a_text_that_comes_in_pieces_is_written_as_one(tmp_path: Path) -> None:
    write_whole(tmp_path / "r.json", iter(["{", "\u00e9", "}\n"]))

    assert (tmp_path / "r.json").read_bytes() == b"{\xc3\xa9}\n"


def test_a_piece_that_cannot_be_made_leaves_the_old_file(tmp_path: Path) -> None:
    def pieces() -> Iterator[str]:
        yield "{"
        raise ZeroDivisionError

    (tmp_path / "r.json").write_text("old")

    with pytest.raises(ZeroDivisionError):
        write_whole(tmp_path / "r.json", pieces())

    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_very_long_name_is_told_by_its_beginning_and_its_end(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as told:
        pair([], [str(tmp_path / ("n" * 200) / ("m" * 3000 + ".csv"))])

    assert len(str(told.value)) < 800
    assert ".csv: the folder" in str(told.value)
    assert len(unreadable("n" * 5000, OSError(36, "File name too long"))) < 300
