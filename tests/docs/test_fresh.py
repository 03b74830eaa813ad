"""Generated pages and blocks say what the program does now."""

from __future__ import annotations

import pytest


def test_no_generated_page_or_block_is_stale(generate, root):
    assert sorted(str(path.relative_to(root)) for path in generate.stale()) == [], "run `make docs`"


def test_generated_pages_say_that_they_are(generate, pages):
    for name in generate.PAGES:
        assert "<!-- Generated " in pages[name][:400], name


def test_every_block_is_used_and_every_mark_has_one(generate, pages):
    text = "\n".join(text for name, text in pages.items() if name not in generate.PAGES)
    used = {found[2] for found in generate._BLOCK.finditer(text)}

    assert used == set(generate.BLOCKS)
    assert text.count("<!-- begin ") == len(generate._BLOCK.findall(text)), "a block that is not closed"


def test_the_help_in_readme_is_what_the_program_prints(pages, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    printed = run("--help").stdout

    assert printed in pages["README.md"]
    assert run("scan", "--help").stdout.rstrip() in pages["docs/reference/commands.md"]


def test_a_changed_block_and_a_missing_page_are_found(generate, root, tmp_path):
    (tmp_path / "docs").mkdir()
    fresh = (root / "README.md").read_text(encoding="utf-8")
    (tmp_path / "README.md").write_text(fresh.replace("| 3 | Found |", "| 3 | Perhaps |"), encoding="utf-8")

    found = generate.stale(tmp_path)

    assert found[tmp_path / "README.md"] == fresh
    assert set(found) == {tmp_path / "README.md", *(tmp_path / name for name in generate.PAGES)}


def test_check_names_what_is_stale_and_writes_nothing(generate, monkeypatch, capsys, root):
    page = root / "docs/reference/facts.md"
    monkeypatch.setattr(generate, "stale", lambda: {page: "other"})

    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().out == "stale: docs/reference/facts.md\n"
    assert page.read_text(encoding="utf-8") != "other"


@pytest.mark.parametrize("part", ["<b>", "a|b", "two\nlines"])
def test_words_of_the_data_break_no_table(generated, part):
    assert generated.common.cell(f"x {part} y").count("\n") == 0
    assert "<" not in generated.common.cell(part)
    assert "|" not in generated.common.cell(part).replace("\\|", "")
