from __future__ import annotations

import json

import pytest

from benchmarks.measure.cases import Case, own_examples, read_corpus
from scanner.knowledge import load
from scanner.knowledge.holdout import held_out
from scanner.model.errors import Malformed
from scanner.model.evidence import Strength


def written(path, *records):
    path.write_text("\n\n".join(json.dumps(one) for one in records), encoding="utf-8")
    return path


def record(host, source="a page", **truth):
    return {"host": host, "protocol": "http", "payload": "x", "truth": truth, "source": source}


def test_replies_of_one_host_are_one_case_and_the_first_word_stands(tmp_path) -> None:
    path = written(
        tmp_path / "a.jsonl",
        record("a", evidenced_maker="hikvision", model=None, tellable=False),
        record("b", evidenced_maker="other"),
        record("a", "another page", evidenced_maker="hikvision", model="M", tellable=True),
    )

    one, two = read_corpus(path)

    assert (one.name, len(one.observations), one.source) == ("a", 2, "a page")
    assert one.truth == {"evidenced_maker": "hikvision", "model": "M", "tellable": True}
    assert (one.is_ours, one.is_foreign) == (True, False)
    assert (two.is_ours, two.is_foreign, two.tellable) == (False, True, True)


def test_a_line_without_truth_is_told_by_its_number(tmp_path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('\n{"host":"h","protocol":"http","payload":"x"}\n', encoding="utf-8")

    with pytest.raises(Malformed, match=r"a\.jsonl:2: 'truth'"):
        read_corpus(path)


def test_a_host_is_held_out_as_its_source_is() -> None:
    for number in range(20):
        name = f"public file {number}"
        assert Case("h", source=f"{name} (text index)").held_out is held_out(name)
    assert not Case("h").held_out


def test_what_a_weak_signature_says_need_not_be_found() -> None:
    knowledge = load()
    strengths = {one.id: one.strength for one in (*knowledge.signatures, *knowledge.lookalikes)}

    cases = list(own_examples(knowledge))

    assert len({case.name for case in cases}) == len(cases)
    ours = {strengths[case.name.partition("/")[0]] for case in cases if case.is_ours}
    assert ours == {Strength.STRONG, Strength.CONCLUSIVE}
