"""All that is known of mandates, loaded and checked across its files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scanner.knowledge.facts import load_facts
from scanner.knowledge.mandate_words import FactKind, MandateLibrary, Profile
from scanner.knowledge.measures import load_measures
from scanner.knowledge.profiles import Known, load_profiles
from scanner.knowledge.seats import load_seats
from scanner.knowledge.sentences import load_sentences
from scanner.knowledge.yaml_lines import Node
from scanner.model.errors import KnowledgeError


def load_mandates(root: Path) -> MandateLibrary:
    """Measures, profiles, facts and sentences.

    Args:
        root: the folder of the knowledge.

    Raises:
        KnowledgeError: the first fault found, with file and line: an unknown field or word, an impossible
            date, a missing source or sentence, an id or a fact that does not exist.
    """
    facts, fact_nodes = load_facts(root)
    general, sentences, words, sentence_nodes = load_sentences(root)
    files = load_measures(root, facts)
    if not files:
        raise KnowledgeError("fingerprints/mandates:1: there is no file of measures")
    measures = {measure.id: measure for file in files for measure in file.measures}
    profiles = load_profiles(root, Known(measures, facts, general, sentences))
    for name, node in sentence_nodes.mapping().items():
        if name not in profiles:
            raise node.fail(f"no profile has the id {name!r}")
    _check_facts(fact_nodes, facts, profiles)
    return MandateLibrary(
        measures=measures,
        profiles=profiles,
        facts=facts,
        general=general,
        sentences=sentences,
        words=words,
        seats=load_seats(root),
        as_of=min(file.as_of for file in files),
        version=max(file.version for file in files),
    )


def _check_facts(nodes: Node, facts: Mapping[str, FactKind], profiles: Mapping[str, Profile]) -> None:
    """A fact names the profiles that ask for it, and the other way round."""
    for entry in nodes.items():
        parts = entry.mapping()
        name = parts["name"].text()
        for item in parts["profiles"].items():
            if item.text() not in profiles:
                raise item.fail(f"no profile has the id {item.text()!r}")
        named = {item.text() for item in parts["profiles"].items()}
        asking = {profile.id for profile in profiles.values() if name in profile.asks}
        if facts[name].given_by != "device" and named != asking:
            odd = min(named ^ asking)
            raise entry.fail(
                f"{name}: this file and the profile {odd!r} disagree on whether the fact is asked"
            )
