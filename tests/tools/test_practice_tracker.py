"""A tracker to practise with is made, started, started again and ended."""

from __future__ import annotations

import importlib.util
import stat
import urllib.request
from pathlib import Path

import pytest

from scanner.config.settings import parse

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tool():
    spec = importlib.util.spec_from_file_location("practice_tracker", ROOT / "tools" / "practice_tracker.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.peer
def test_it_is_made_once_and_ended_by_its_own_process_id(tool, tmp_path, capsys):
    folder = tmp_path / "practice"
    try:
        assert tool.main(["up", str(folder)]) == 0
        table = parse(
            (folder / "hiksweep.toml").read_text(), folder / "hiksweep.toml", (), {}
        ).settings.tickets
        assert table.url in capsys.readouterr().out
        assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
        urllib.request.urlopen(f"{table.url}/", timeout=20).close()
        process = (folder / "pid").read_text()
        assert tool.up(folder) == table.url
        assert (folder / "pid").read_text() == process
        assert tool.down(folder)
        with pytest.raises(OSError, match=r"refused|reset"):
            urllib.request.urlopen(f"{table.url}/", timeout=20)
        assert tool.up(folder) == table.url  # what was there is there
    finally:
        tool.down(folder)
    assert tool.main(["down", str(folder)]) == 0
    assert capsys.readouterr().out == "It did not run.\n"


def test_what_is_something_else_is_left_alone(tool, tmp_path, capsys):
    (tmp_path / "pid").write_text("1")  # somebody else's
    assert tool.main(["up", str(tmp_path)]) == 1
    assert "something else is there" in capsys.readouterr().err
    assert not tool.down(tmp_path)


def test_another_word_shows_what_it_is_for(tool, capsys):
    assert tool.main(["begin"]) == 2
    assert "practice_tracker.py up practice" in capsys.readouterr().out
