"""The profiles: organisations that may be bound, one a file under ``fingerprints/profiles``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from scanner.knowledge.facts import PROFILE_FACT
from scanner.knowledge.mandate_words import (
    REQUIRED_KINDS,
    Condition,
    Decision,
    Duty,
    FactKind,
    Kind,
    Measure,
    Outcome,
    Profile,
    Sentence,
)
from scanner.knowledge.schema import check_schema
from scanner.knowledge.sentences import need_french, read_text
from scanner.knowledge.yaml_lines import Node, load_yaml
from scanner.model.finding import Text

EVERY_MEASURE = "*"
"""In place of a measure's id: every measure that could speak of the device."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a profile may refer to."""

    measures: Mapping[str, Measure]
    facts: Mapping[str, FactKind]
    general: Mapping[str, Sentence]
    sentences: Mapping[str, Mapping[str, Sentence]]


@dataclass(frozen=True, slots=True)
class _Scope:
    """The profile that is being read."""

    id: str
    french: bool
    asks: tuple[str, ...]
    known: Known


def load_profiles(root: Path, known: Known) -> dict[str, Profile]:
    """Every profile by id, in the order of the file names.

    Raises:
        KnowledgeError: a field or word is unknown, an id dangles, a kind of device has no row, a sentence is
            missing.
    """
    found: dict[str, Profile] = {}
    for path in sorted((root / "profiles").glob("*.yaml")):
        node = load_yaml(path)
        check_schema(node, root / "schemas" / "profile.schema.json")
        profile = _profile(node, path.stem, known)
        found[profile.id] = profile
    return found


def _profile(node: Node, stem: str, known: Known) -> Profile:
    parts = node.mapping()
    name = parts["id"].text()
    if name != stem:
        raise parts["id"].fail(f"the id {name!r} is not the name of the file")
    languages = tuple(item.text() for item in parts["languages"].items())
    asks = tuple(_fact(item, item.text(), known) for item in parts["asks"].items())
    scope = _Scope(name, "fr" in languages, asks, known)
    note = _text(parts["note"], scope, "note") if "note" in parts else None
    duties = tuple(_duty(item, scope) for item in parts["duties"].items())
    names = [duty.measure for duty in duties]
    if len(set(names)) != len(names):
        raise parts["duties"].fail("a measure stands twice")
    return Profile(name, _text(parts["label"], scope, "label"), languages, asks, note, duties)


def _duty(node: Node, scope: _Scope) -> Duty:
    parts = node.mapping()
    name = parts["measure"].text()
    if name != EVERY_MEASURE and name not in scope.known.measures:
        raise parts["measure"].fail(f"no measure has the id {name!r}")
    rows: dict[Kind, tuple[Outcome, ...]] = {}
    for row in parts["rows"].items():
        outcomes = tuple(_outcomes(row, scope))
        for item in row.mapping()["kinds"].items():
            kind = Kind(item.text())
            if kind in rows:
                raise item.fail(f"the kind {kind} has two rows")
            rows[kind] = outcomes
            measure = scope.known.measures.get(name)
            if kind is Kind.COVERED_OTHER_MAKER and measure and measure.other_makers.rule == "none":
                raise item.fail(f"{name} reaches no other maker")
    missing = [kind for kind in REQUIRED_KINDS if kind not in rows]
    if missing:
        raise parts["rows"].fail(f"the kind {missing[0]} has no row")
    return Duty("" if name == EVERY_MEASURE else name, rows)


def _outcomes(row: Node, scope: _Scope) -> Iterator[Outcome]:
    parts = row.mapping()
    common = _text(parts["reason"], scope, "reason") if "reason" in parts else None
    items = parts["outcomes"].items()
    for position, item in enumerate(items, start=1):
        last = position == len(items)
        if last == ("when" in item.mapping()):
            raise item.fail("every outcome but the last needs conditions (when), and the last must have none")
        yield _outcome(item, common, scope)


def _outcome(node: Node, common: Text | None, scope: _Scope) -> Outcome:
    parts = node.mapping()
    reason = _text(parts["reason"], scope, "reason") if "reason" in parts else common
    if reason is None:
        raise node.fail("the outcome has no reason, and neither has its row")
    applies = parts["applies"].text()
    _, _, needed = applies.partition(":")
    if needed and needed != PROFILE_FACT:
        _asked(parts["applies"], needed, scope)
    when = tuple(_conditions(parts["when"], scope)) if "when" in parts else ()
    also = tuple(Decision(item.text()) for item in parts["also"].items()) if "also" in parts else ()
    say = parts["say"].text()
    sentence = scope.known.sentences.get(scope.id, {}).get(say) or scope.known.general.get(say)
    if sentence is None:
        raise parts["say"].fail(
            f"the sentence {say!r} is missing from texts.yaml, for {scope.id} and in general"
        )
    if scope.french:
        need_french(parts["say"], sentence.text, f"the sentence {say!r}")
    return Outcome(when, applies, Decision(parts["decision"].text()), also, say, reason)


def _conditions(node: Node, scope: _Scope) -> Iterator[Condition]:
    for name, entry in node.mapping().items():
        fact = scope.known.facts[_asked(entry, name, scope)]
        ((test, value),) = entry.mapping().items()
        if (fact.type == "date") != (test in ("after", "until")):
            raise value.fail(f"{name}: a fact of type {fact.type} cannot be tested with {test!r}")
        yield Condition(name, test, _wanted(fact, value))


def _wanted(fact: FactKind, value: Node) -> str:
    """The value of a condition, as a fact of that name is written."""
    if fact.type == "bool":
        if not isinstance(value.value, bool):
            raise value.fail(f"{fact.name} is true or false")
        return "yes" if value.value else "no"
    text = value.text(fact.name)
    if fact.type == "date":
        try:
            date.fromisoformat(text)
        except ValueError:
            raise value.fail(f"{text} is not a day of the calendar") from None
    elif fact.type == "choice" and text not in fact.choices:
        raise value.fail(f"{fact.name} has no choice {text!r}; known are {', '.join(fact.choices)}")
    return text


def _fact(node: Node, name: str, known: Known) -> str:
    if name not in known.facts:
        raise node.fail(f"no fact has the name {name!r}; known are {', '.join(known.facts)}")
    return name


def _asked(node: Node, name: str, scope: _Scope) -> str:
    _fact(node, name, scope.known)
    if name not in scope.asks and scope.known.facts[name].given_by != "device":
        raise node.fail(f"the fact {name!r} is used and not among those that the profile asks for")
    return name


def _text(node: Node, scope: _Scope, what: str) -> Text:
    text = read_text(node)
    if scope.french:
        need_french(node, text, f"the {what}")
    return text
