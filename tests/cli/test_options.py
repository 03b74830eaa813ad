"""Options that mean the same everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from scanner.cli import options
from scanner.cli.options import facts_text, read_text
from scanner.model.errors import UsageError


def test_facts_of_a_file_and_of_the_line_are_one_text(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text(
        "defaults: {acquired_on: 2024-01-02}\naddresses: {10.0.0.5: {acquired_on: 2020-01-01}}\n"
    )

    text = facts_text(str(tmp_path / "facts.yaml"), ["site_is_sensitive=yes"])

    told = yaml.safe_load(text)
    assert told["defaults"] == {"acquired_on": "2024-01-02", "site_is_sensitive": "yes"}
    assert told["addresses"] == {"10.0.0.5": {"acquired_on": "2020-01-01"}}
    assert facts_text(None, []) == ""


def test_a_text_file_is_read_with_its_byte_order_mark_gone(tmp_path: Path) -> None:
    (tmp_path / "t").write_bytes(b"\xef\xbb\xbf10.0.0.1\n")

    assert read_text(str(tmp_path / "t")) == "10.0.0.1\n"
    with pytest.raises(UsageError, match="cannot be read"):
        read_text(str(tmp_path / "none"))


def test_an_old_table_of_mac_blocks_is_warned_of_unless_quiet(capsys, monkeypatch):
    knowledge = options.load_knowledge()
    monkeypatch.setattr(options, "old_blocks", lambda of, on: "it is old")

    options.warn_of_age(knowledge, quiet=True)
    assert capsys.readouterr().err == ""
    options.warn_of_age(knowledge, quiet=False)
    assert capsys.readouterr().err == "Warning: it is old.\n"


@pytest.mark.parametrize("command", ["import", "scan --from", "report", "explain", "identify"])
def test_every_command_that_names_devices_warns_of_it_once(hiksweep, tmp_path, monkeypatch, command):
    monkeypatch.setattr(options, "old_blocks", lambda of, on: "it is old")
    table = tmp_path / "neighbours.txt"
    table.write_text("10.9.0.7 dev eth0 lladdr 44:19:b6:01:02:03 REACHABLE\n")
    replies = tmp_path / "replies.jsonl"
    replies.write_text('{"host":"10.9.0.7","protocol":"mac","payload":"44:19:b6:01:02:03"}\n')
    journal = tmp_path / "read.jsonl"
    hiksweep("import", table, "--journal", journal, "--quiet")
    words = {"report": [journal], "explain": ["10.9.0.7", "--journal", journal], "identify": [replies]}

    said = hiksweep(*command.split(), *words.get(command, [table]))

    assert said.err.count("Warning: it is old.\n") == 1
    assert "Warning" not in said.out


def test_a_quiet_import_says_nothing_of_it(hiksweep, tmp_path, monkeypatch):
    monkeypatch.setattr(options, "old_blocks", lambda of, on: "it is old")
    table = tmp_path / "neighbours.txt"
    table.write_text("10.9.0.7 dev eth0 lladdr 44:19:b6:01:02:03 REACHABLE\n")

    assert hiksweep("import", table, "--quiet").err == ""
