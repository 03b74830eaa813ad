"""The picture of a run and the text beside it are one thing, and are what the program says."""

from __future__ import annotations

import html
import re


def test_the_picture_and_its_text_say_the_same(root, picture):
    svg = (root / "docs/images/run.svg").read_text(encoding="utf-8")
    plain = (root / "docs/images/run.txt").read_text(encoding="utf-8")
    shown = html.unescape("".join(re.findall(r"<text [^>]*>([^<]*)</text>", svg))).replace("\xa0", " ")

    assert re.sub(r"\s+", "", plain) in re.sub(r"\s+", "", shown)
    assert plain.startswith(f"$ {picture.COMMAND}\n")


def test_the_run_shows_a_relabel_a_lookalike_a_blind_subnet_and_the_verdict(root):
    plain = (root / "docs/images/run.txt").read_text(encoding="utf-8")

    assert "LTS, made by Hikvision" in plain
    assert "prove nothing" in plain
    assert re.search(r"blind +256", plain)
    assert "VERDICT  Found 2, coverage INCOMPLETE" in plain


def test_a_drawn_picture_names_no_font_to_load(picture):
    svg, plain = picture.draw("\x1b[1mVERDICT\x1b[0m  Found 1")

    assert "font-face" not in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert plain == f"$ {picture.COMMAND}\n\nVERDICT  Found 1\n"
