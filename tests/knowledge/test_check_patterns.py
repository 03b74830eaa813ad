"""Slow and broken patterns are found, quick ones are not accused."""

from __future__ import annotations

import dataclasses
import re
import time

import pytest

from scanner.knowledge import load
from scanner.knowledge.check_patterns import SLOWEST, beginnings, pattern_faults, slowest_input
from scanner.knowledge.signatures import Condition, Signature


@pytest.fixture(scope="module")
def quick() -> Signature:
    entry = load().signature("http-server-dnvrs-webs")
    assert entry is not None
    return entry


class Clock:
    """Counts the seconds that a test wants."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(?:a|a)*b", r"^\s*;?\s*AXIS ", r"word.*?end"])
def test_a_pattern_that_some_input_slows_down_is_found(pattern: str) -> None:
    assert slowest_input(re.compile(pattern, re.DOTALL), time.process_time) is not None


@pytest.mark.parametrize("pattern", [r"^DNVRS-Webs$", r"word.{0,40}?end", r"^(?=.{0,400}a)(?=.{0,400}b)"])
def test_a_bounded_pattern_is_not_accused(pattern: str) -> None:
    assert slowest_input(re.compile(pattern, re.DOTALL), time.process_time, limit=2.0) is None


def test_one_late_answer_of_a_busy_machine_is_no_fault() -> None:
    ticks = iter([0.0, 9.0])
    steady = Clock(0.0)
    assert slowest_input(re.compile("^x"), lambda: next(ticks, steady())) is None


def test_slow_and_broken_patterns_are_named_with_their_line(quick: Signature) -> None:
    broken = dataclasses.replace(quick, pattern="(")
    condition = dataclasses.replace(quick, needs=(Condition("body", "["),))
    twice = dataclasses.replace(quick)
    faults = list(pattern_faults([quick, broken, condition, twice], Clock(0.0)))
    assert [where for where, _ in faults] == [quick.where, quick.where]
    assert all("does not compile" in message for _, message in faults)
    ((where, message),) = list(pattern_faults([quick], Clock(1.0)))
    assert where == quick.where
    assert "is slow on input such as" in message


def test_a_pattern_that_only_its_own_examples_slow_down_is_found() -> None:
    pattern = re.compile(r"(?:éclair\w*)+!")
    assert slowest_input(pattern, time.process_time) is None
    assert slowest_input(pattern, time.process_time, beginnings(["éclairéclair"])) is not None


def test_members_of_classes_are_tried_though_no_filler_is_among_them() -> None:
    assert slowest_input(re.compile(r"^(?:[.%]+[%.]*)+x"), time.process_time) is not None


def test_the_beginnings_of_a_value_double_in_length_and_stand_once() -> None:
    assert beginnings(["abcdefgh", "", "abcdefgh", "ab"]) == ["abcdefgh", "abcd", "ab", "a"]
    assert max(map(len, beginnings(["x" * 9000]))) < 1000


def test_one_search_may_take_fifty_thousandths_of_a_second() -> None:
    assert SLOWEST == 0.05
