"""Every page is found by somebody who begins at README; decisions have one number each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)")
BEGINNINGS = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")


def links(page: Path) -> Iterator[Path]:
    """The files that a page links to, as paths."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in LINK.findall(text):
        if "://" not in target and not target.startswith("mailto:"):
            yield (page.parent / target).resolve()


def pages(root: Path) -> set[Path]:
    """Every page of the project."""
    return set((root / "docs").rglob("*.md")) | {
        root / name for name in BEGINNINGS if (root / name).is_file()
    }


def reached(root: Path) -> set[Path]:
    """The pages that are reached by following links from README; a linked folder leads to all of its pages."""
    found: set[Path] = set()
    waiting = [root / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in found:
            continue
        found.add(page)
        for target in links(page):
            inside = target.glob("*.md") if target.is_dir() else [target]
            waiting += [path for path in inside if path.suffix == ".md" and path.is_file()]
    return found


def faults_of_decisions(folder: Path) -> list[str]:
    """What is wrong with the numbers of the decisions and their index."""
    files = [path.name for path in folder.glob("*.md") if path.stem.lower() not in {"readme", "index"}]
    faults = [
        f"{name}: name it 0001-what-was-decided.md"
        for name in files
        if not re.match(r"\d{4}-[a-z0-9-]+\.md", name)
    ]
    numbers = Counter(name[:4] for name in files)
    faults += [f"{number} is given {times} times" for number, times in numbers.items() if times > 1]
    index = next((folder / name for name in ("README.md", "index.md") if (folder / name).is_file()), None)
    listed = {path.name for path in links(index)} if index else set()
    return faults + [f"{name}: not in the index of decisions" for name in sorted(set(files) - listed)]


def test_every_page_is_reached_from_readme():
    assert sorted(str(page.relative_to(ROOT)) for page in pages(ROOT) - reached(ROOT)) == []


def test_decisions_have_one_number_each_and_stand_in_the_index():
    assert list((ROOT / "docs/decisions").glob("0001-*.md")), "docs/decisions/0001-….md is missing"
    assert faults_of_decisions(ROOT / "docs/decisions") == []


def test_a_number_given_twice_and_a_decision_that_is_not_listed_are_found(tmp_path):
    for name in ("0001-one-gate.md", "0001-no-login.md", "levels.md"):
        (tmp_path / name).touch()
    (tmp_path / "README.md").write_text("[one gate](0001-one-gate.md), [levels](levels.md)")

    assert faults_of_decisions(tmp_path) == [
        "levels.md: name it 0001-what-was-decided.md",
        "0001 is given 2 times",
        "0001-no-login.md: not in the index of decisions",
    ]


def test_a_page_that_nobody_links_to_is_found(tmp_path):
    (tmp_path / "docs/guide").mkdir(parents=True)
    (tmp_path / "README.md").write_text("[first](docs/first.md)")
    (tmp_path / "docs/first.md").write_text("[guide](guide/linked.md#part) [out](https://example.org)")
    (tmp_path / "docs/guide/linked.md").touch()
    (tmp_path / "docs/guide/orphan.md").touch()

    assert {page.name for page in pages(tmp_path) - reached(tmp_path)} == {"orphan.md"}
