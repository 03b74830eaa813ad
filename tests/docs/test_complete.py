"""Every command, probe, signature, mandate, fact, schema, state and exit code has its place in the documents."""

from __future__ import annotations

import re

import pytest

from scanner.cli.output import _CODES
from scanner.inventory.transitions import Trigger
from scanner.inventory.words import EventKind, FindingState, Presence
from scanner.model.coverage import AddressState
from scanner.model.device import Confidence
from scanner.model.ending import Ending
from scanner.model.evidence import Strength
from scanner.probes import PROBES
from scanner.reporter import Format


def test_every_command_has_a_section_with_its_help(generated, pages):
    page = pages["docs/reference/commands.md"]
    headings = set(re.findall(r"^#+ (hiksweep.*)$", page, re.MULTILINE))
    names = {name for name, _ in generated.common.helps()}

    assert headings == names
    assert {"hiksweep scan", "hiksweep lab up", "hiksweep signatures try"} <= names
    for _, text in generated.common.helps():
        assert text in page


def test_every_probe_has_a_section_of_what_it_sends(pages):
    headings = set(re.findall(r"^## (.+)$", pages["docs/reference/what-it-sends.md"], re.MULTILINE))

    assert headings == {probe.name for probe in PROBES}


def test_every_signature_file_signature_and_lookalike_is_listed(generated, pages, root):
    page = pages["docs/reference/signatures.md"]
    known = generated.common.knowledge()

    for path in (root / "fingerprints/signatures").glob("*.yaml"):
        assert path.name == "judged.yaml" or f"/{path.name}\n" in page
    listed = set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE))
    assert {entry.id for entry in (*known.signatures, *known.lookalikes)} <= listed


def test_every_measure_and_profile_is_listed(generated, pages):
    library = generated.common.knowledge().mandates
    page = pages["docs/reference/mandates.md"]

    for name in (*library.measures, *library.profiles):
        assert f"`{name}`" in page


def test_every_fact_has_a_section(generated, pages):
    headings = set(re.findall(r"^## (\w+)$", pages["docs/reference/facts.md"], re.MULTILINE))

    assert headings == set(generated.common.knowledge().mandates.facts)


def test_every_schema_is_listed(generated, root):
    found = {str(path.relative_to(root)) for path in root.glob("*/schemas/*.schema.json")}

    assert found == set(generated.pages.SCHEMAS)


def test_exit_codes_are_those_of_the_program(generated, run):
    help_text = run("scan", "--help").stdout
    said = {
        int(code)
        for code in re.findall(r"\b(\d+) [a-z]", help_text.split("Exit codes:")[1].split("Options")[0])
    }

    assert set(generated.blocks.EXIT_CODES) == said
    for verdict, code in _CODES.items():
        assert {"found": "Found", "clear": "None found, coverage complete"}.get(
            verdict, "None found, coverage incomplete"
        ) == generated.blocks.EXIT_CODES[code][0]


@pytest.mark.parametrize(
    ("words", "page"),
    [
        (AddressState, "docs/guide/coverage.md"),
        (Ending, "docs/guide/coverage.md"),
        (Confidence, "docs/explain/evidence-rules.md"),
        (Strength, "docs/explain/evidence-rules.md"),
        (Presence, "docs/explain/life-of-a-device.md"),
        (FindingState, "docs/explain/life-of-a-device.md"),
        (EventKind, "docs/explain/life-of-a-device.md"),
        (Trigger, "docs/explain/life-of-a-device.md"),
    ],
)
def test_every_word_of_a_closed_list_is_explained(words, page, pages):
    text = pages[page].lower()

    assert [word.value for word in words if word.value not in text] == []


def test_every_format_is_named(pages):
    text = pages["docs/reference/commands.md"]

    assert [kind.value for kind in Format if kind.value not in text] == []


def test_every_variable_of_the_environment_is_explained(pages, root):
    read = set()
    for path in (root / "scanner").rglob("*.py"):
        read |= set(re.findall(r'"(HIKSWEEP_[A-Z_]+)"', path.read_text(encoding="utf-8")))
    text = "\n".join(pages.values())

    assert sorted(name for name in read if not re.search(rf"\b{name}\b", text)) == []


def test_every_target_of_make_that_a_page_names_exists(pages, root):
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    for name, text in pages.items():
        named = set(re.findall(r"(?:`|\$ )make ([a-z-]+)", text))
        assert named <= targets, name


def test_decisions_have_the_same_parts_and_fit_a_screen(pages):
    decisions = {name: text for name, text in pages.items() if re.search(r"/decisions/\d", name)}

    assert len(decisions) >= 8
    for name, text in decisions.items():
        assert text.startswith(f"# {name.split('/')[-1][:4]}: ")
        assert "**Status:** " in text
        parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences", "What would change our mind"], name
        assert text.count("\n") <= 40, name
