from __future__ import annotations

import pytest

from benchmarks.measure.cases import Case
from benchmarks.measure.counting import (
    ALARM,
    DISPUTE,
    MISSED,
    Error,
    Score,
    generation,
    measure,
    same,
    score,
    unearned,
)
from scanner.knowledge import Knowledge, load
from scanner.knowledge.holdout import held_out
from scanner.model.observation import Observation
from scanner.model.protocol import Protocol

MODEL = "DS-2CD2143G2-I"


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return load()


def case(name: str, realm: str, source: str = "", **truth: object) -> Case:
    text = f'RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="{realm}", nonce="1"\r\n\r\n'
    return Case(name, [Observation(name, Protocol.RTSP, text.encode())], truth, source)


def test_what_is_found_missed_and_falsely_called_is_counted(known: Knowledge) -> None:
    total = score(
        "x",
        [
            case("a", MODEL, evidenced_maker="hikvision"),
            case("b", "nothing", evidenced_maker="hikvision"),
            case("c", MODEL, evidenced_maker="other", maker_name="Acme"),
        ],
        known,
    )

    assert (total.found, total.missed, total.alarms, total.called, total.others) == (1, 1, 1, 2, 1)
    assert [(one.host, one.kind) for one in total.errors[:2]] == [("b", MISSED), ("c", ALARM)]
    assert "it is of Acme" in total.errors[1].text
    assert unearned([total], known) == ["realm-model"]


def test_nothing_said_is_an_error_on_a_device_of_the_maker_alone(known: Knowledge) -> None:
    total = score(
        "x",
        [
            case("a", MODEL, evidenced_maker="hikvision", model="other", serial="S"),
            case("b", "nothing", evidenced_maker="other", serial="S"),
        ],
        known,
    )

    assert [(one.host, one.kind) for one in total.errors] == [("a", "model"), ("a", "serial")]
    assert (total.wrong["model"], total.unsaid["serial"], total.right["model"]) == (1, 2, 0)
    assert total.beyond["device_class"] == 1
    assert total.groups["protocol"]["rtsp"] == (1, 1, 0, 1)


def test_a_dispute_is_listed_and_the_corpus_stands(known: Knowledge) -> None:
    total = score("x", [case("d", MODEL, evidenced_maker="unknown", tellable=False)], known)

    assert [(one.host, one.kind) for one in total.disputes] == [("d", DISPUTE)]
    assert total.disputes[0].text.startswith("called hikvision")
    assert total.ours == 0
    assert any(counts["unknown"] for counts in total.hits.values())


def test_the_held_out_part_and_the_rest_are_measured_apart(known: Knowledge) -> None:
    names = [f"public file {number}" for number in range(100)]
    kept = next(name for name in names if held_out(name))
    free = next(name for name in names if not held_out(name))
    cases = [
        case("a", MODEL, kept, evidenced_maker="hikvision"),
        case("b", "x", free, evidenced_maker="other"),
    ]

    whole, rest, held = measure("x", cases, known)

    assert (whole.title, rest.title, held.title) == ("x", "x, rest", "x, held out")
    assert (whole.hosts, rest.hosts, held.hosts, held.found) == (2, 1, 1, 1)
    assert len(measure("x", cases[:1], known)) == 1


def test_of_a_makers_name_the_part_in_front_of_a_bracket_decides() -> None:
    assert same("maker_name", "Hanwha (Samsung Techwin)", "hanwha")
    assert not same("model", "A (B)", "A")
    assert not same("model", "A", None)


def test_the_generation_is_the_major_version() -> None:
    assert generation(case("a", "x", firmware="V5.4.5")) == "V5"
    assert generation(case("a", "x", firmware="build")) == "not stated"
    assert generation(case("a", "x")) == "not stated"


def test_errors_that_the_whole_has_too_are_forgotten() -> None:
    whole = Score("x", errors=[Error("a", MISSED, "one")])
    without = Score("x", "part", errors=[Error("a", MISSED, "two"), Error("b", MISSED, "three")])

    without.forget(whole)

    assert [one.host for one in without.errors] == ["b"]
