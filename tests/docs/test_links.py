"""Links between pages lead to a page, a heading or a picture that is there."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchor(heading: str) -> str:
    """The fragment that a heading gets where Markdown is shown."""
    words = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def without_code(text: str) -> str:
    """A page without its code blocks."""
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def test_every_link_leads_to_a_file_and_to_a_heading_of_it(pages, root):
    faults = []
    for name, text in pages.items():
        for target in LINK.findall(without_code(text)):
            if "://" in target:
                continue
            place, _, fragment = target.partition("#")
            path = (root / name).parent / place if place else root / name
            if not path.exists():
                faults.append(f"{name}: {target}")
            elif fragment:
                headings = {
                    anchor(found) for found in HEADING.findall(without_code(path.read_text(encoding="utf-8")))
                }
                if fragment not in headings:
                    faults.append(f"{name}: {target} (no such heading)")
    assert faults == []


def test_readme_has_two_sentences_two_commands_and_six_links_first(pages):
    first = pages["README.md"].split("\n## ")[0]

    assert [line.split("#")[0].strip() for line in first.splitlines() if line.startswith("$ ")] == [
        "$ make scan",
        "$ make test",
    ]
    row = first.split("[First sweep]")[1].split("\n\n")[0]
    assert len(LINK.findall(f"[First sweep]{row}")) == 6
    order = ["hiksweep finds", "make scan", "docs/images/run.svg", "What it will never do", "[First sweep]"]
    assert [first.index(part) for part in order] == sorted(first.index(part) for part in order)


def test_every_page_of_docs_stands_in_its_index(pages):
    index = {target.split("#")[0] for target in LINK.findall(pages["docs/README.md"])}
    found = {name.removeprefix("docs/") for name in pages if name.startswith("docs/")} - {"README.md"}

    assert {name for name in found if not name.startswith("decisions/")} <= index
    assert "decisions/README.md" in index


@pytest.mark.parametrize("name", ["run.svg", "architecture.svg"])
def test_pictures_are_well_formed_and_fetch_nothing(name, root):
    text = (root / "docs/images" / name).read_text(encoding="utf-8")
    tree = ET.fromstring(text)

    assert tree.tag == "{http://www.w3.org/2000/svg}svg"
    assert set(re.findall(r"https?://[^\"' )]+", text)) == {"http://www.w3.org/2000/svg"}
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", text))
    assert not {Path(element.tag).name.split("}")[-1] for element in tree.iter()} & {
        "script",
        "image",
        "foreignObject",
    }
