"""The sentences of reports, in English and French."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from scanner.knowledge.mandate_words import Decision, Sentence
from scanner.knowledge.schema import check_schema
from scanner.knowledge.yaml_lines import Node, load_yaml
from scanner.model.finding import Text

GENERAL: Mapping[str, frozenset[str]] = {
    "disclaimer": frozenset({"as_of"}),
    "no_deadline": frozenset({"as_of"}),
    "deadline_due": frozenset({"deadline"}),
    "deadline_passed": frozenset({"deadline"}),
    "deadline_due_month": frozenset({"month"}),
    "deadline_passed_month": frozenset({"month"}),
    "verify_first": frozenset(),
    "verify_first_possible": frozenset(),
    "zero": frozenset({"answered", "silent"}),
    "maker_unknown": frozenset(),
    "review_kind": frozenset(),
    "not_bound": frozenset({"as_of"}),
    "no_profile": frozenset(),
    "no_profile_unsure": frozenset(),
    "no_profile_reason": frozenset(),
    "other_not_reached": frozenset({"maker"}),
    "other_seat_unknown": frozenset({"maker"}),
    "label_and_maker": frozenset({"brand", "maker"}),
    "label_not_read": frozenset(),
    "software_act": frozenset({"software"}),
    "software_named": frozenset({"software"}),
    "behind_recorder": frozenset({"room", "tied", "open"}),
    "behind_recorder_analogue": frozenset(),
    "brand_by_code": frozenset({"code"}),
    "brand_not_read": frozenset(),
    "maker_not_named": frozenset(),
    "also": frozenset({"also"}),
    "note_other_makers": frozenset({"measures"}),
    "note_no_profile": frozenset(),
    "note_old_knowledge": frozenset({"as_of", "days"}),
}
"""The sentences that the program itself needs, with the slots that it fills; profiles use further ones."""
SLOTS = frozenset({"as_of", "brand", "date", "found_at", "maker"})
"""The slots of a sentence about one device."""
_SLOT = re.compile(r"\{(\w*)\}")


def load_sentences(
    root: Path,
) -> tuple[dict[str, Sentence], dict[str, dict[str, Sentence]], dict[Decision, Text], Node]:
    """General sentences, those of each profile, and a word for each decision.

    Args:
        root: the folder of the knowledge.

    Returns:
        The three, and the node of the profiles' sentences for checks across files.

    Raises:
        KnowledgeError: a field, a slot or a sentence is unknown or missing.
    """
    node = load_yaml(root / "texts.yaml")
    check_schema(node, root / "schemas" / "texts.schema.json")
    parts = node.mapping()
    general = {key: _general(key, found) for key, found in parts["general"].mapping().items()}
    missing = sorted(GENERAL.keys() - general.keys())
    if missing:
        raise parts["general"].fail(f"the sentence {missing[0]!r} is missing")
    own = {
        profile: {key: _sentence(found, SLOTS) for key, found in sentences.mapping().items()}
        for profile, sentences in parts["profiles"].mapping().items()
    }
    words = {Decision(key): read_text(found) for key, found in parts["words"].mapping().items()}
    return general, own, words, parts["profiles"]


def read_text(node: Node) -> Text:
    """A text as the data writes it: English alone, or a mapping of ``en`` and ``fr``."""
    if not isinstance(node.value, dict):
        return Text(node.text())
    french = node.value.get("fr")
    return Text(node.value["en"].text(), french.text() if french else None)


def need_french(node: Node, text: Text, what: str) -> None:
    """Refuse a text without French where a reader of French must be served.

    Raises:
        KnowledgeError: there is none.
    """
    if text.fr is None:
        raise node.fail(f"{what} has no French")


def _general(key: str, node: Node) -> Sentence:
    sentence = _sentence(node, GENERAL.get(key, SLOTS))
    need_french(node, sentence.text, f"the sentence {key!r}")
    return sentence


def _sentence(node: Node, slots: frozenset[str]) -> Sentence:
    parts = node.mapping()
    for language in ("en", "fr"):
        for slot in _SLOT.findall(parts[language].text()) if language in parts else ():
            if slot not in slots:
                known = ", ".join(f"{{{name}}}" for name in sorted(slots)) or "none"
                raise parts[language].fail(f"the slot {{{slot}}} is not filled here; known are {known}")
    says = tuple(item.text() for item in parts["says"].items()) if "says" in parts else ()
    french = parts.get("fr")
    return Sentence(Text(parts["en"].text(), french.text() if french else None), says)
