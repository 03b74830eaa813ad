from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.knowledge import Knowledge, load
from scanner.knowledge.check import check
from scanner.knowledge.earned import Reply
from scanner.knowledge.holdout import citations, from_held_out, held_out, holdout_faults
from scanner.model.evidence import Maker
from scanner.model.protocol import Protocol
from scanner.parsers import read


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load()


def reply(source: str, payload: str = "HTTP/1.1 200 OK\r\n\r\n") -> Reply:
    return Reply("corpus:1", Protocol.HTTP, payload.encode(), None, Maker.OTHER, source)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("public file 123 (corpus obs-1), end replaced", ("public file 123",)),
        ("public files 123, 456", ("public file 123",)),
        ("https://example.org/a/issues/5 (corpus obs-1)", ("https://example.org/a/issues/5",)),
        ("see https://example.org/a.", ("https://example.org/a",)),
        ("github o/r tests/x.snmprec (corpus)", ("github o/r tests/x.snmprec",)),
        ("public file 1, public file 1", ("public file 1",)),
        ("composed", ()),
    ],
)
def test_the_sources_that_a_text_names_are_found_in_one_spelling(text: str, names: tuple[str, ...]) -> None:
    assert citations(text) == names


def test_what_stands_behind_the_name_of_a_source_does_not_matter() -> None:
    for number in range(50):
        assert held_out(f"public file {number}") is held_out(f"public file {number} (text index)")


def test_about_a_quarter_is_held_out() -> None:
    share = sum(held_out(f"public file {number}") for number in range(4000)) / 4000

    assert 0.2 < share < 0.3


def citing(known: Knowledge, source: str) -> Knowledge:
    """The same knowledge, whose first signature has its first example from another source."""
    first, *others = known.signatures
    example = replace(first.examples[0], note=f"{source} (shortened)")
    return replace(known, signatures=(replace(first, examples=(example, *first.examples[1:])), *others))


def test_an_example_from_a_source_that_is_held_out_is_a_fault(known: Knowledge) -> None:
    held = next(name for number in range(100) if held_out(name := f"public file {number}"))
    learnt = citing(known, held)

    found = list(holdout_faults(learnt, [reply(held)]))

    assert [
        message.endswith(f"its example comes from {held}, which is held out") for _, message in found
    ] == [True]
    assert [source for _, source in from_held_out(learnt)] == [held]
    assert list(holdout_faults(learnt, ())) == []
    assert list(holdout_faults(known, [reply(held)])) == []


def test_an_example_with_the_bytes_of_a_reply_that_is_held_out_is_a_fault(known: Knowledge) -> None:
    entry = known.signatures[0]
    example = entry.examples[0]
    held = next(name for number in range(100) if held_out(name := f"public file {number}"))
    free = next(name for number in range(100) if not held_out(name := f"public file {number}"))

    found = list(holdout_faults(known, [reply(held, example.reply)]))

    assert (example.where, f"{entry.id}: its example is the reply corpus:1, which is held out") in found
    assert list(holdout_faults(known, [reply(free, example.reply), reply("", example.reply)])) == []


def test_the_check_of_all_data_looks_at_the_sources_of_a_corpus(known: Knowledge) -> None:
    name = next(name for number in range(100) if held_out(name := f"public file {number}"))
    faults = [str(fault) for fault in check(citing(known, name), read, None, corpus=[reply(name)]).faults]

    assert any(f"its example comes from {name}, which is held out" in fault for fault in faults)


def test_no_example_comes_from_a_source_that_is_held_out(known: Knowledge) -> None:
    found = [f"{where}: {name}" for where, name in from_held_out(known)]

    assert not found, f"take the example from another source: {found}"
