"""A real Roundup behind a proxy at fault: after the next apply no ticket and no comment is there twice."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import random
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from scanner.model.errors import Doubtful, ServiceFault
from scanner.tickets.apply import Done
from scanner.tickets.words import Act


def _module(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


once, proxies = _module("once"), _module("proxy")
Fault, make = proxies.Fault, once.make

pytestmark = [pytest.mark.peer, pytest.mark.slow]
TIMEOUT = 0.5
"""Seconds; a Roundup that is slower than this on a busy machine is one fault more."""
ROUNDS = int(os.environ.get("HIKSWEEP_CRASHES", "12")) // 3


@pytest.fixture
def direct(adapter):
    """A way past the proxy: the network is well again."""
    found = adapter()
    found.who()
    return found


@pytest.fixture
def side(direct, tmp_path):
    return once.Side(direct, tmp_path)


@pytest.fixture
def proxy(roundup, side):
    made = proxies.Proxy(roundup.port)
    yield made
    made.stop()


@pytest.fixture
def behind(proxy, adapter):
    """Our side of the tracker behind the proxy."""

    def make_one():
        proxy.choose = lambda _: Fault.NONE
        found = adapter(f"http://127.0.0.1:{proxy.port}/t", TIMEOUT)
        found.who()
        return found

    return make_one


class Nth:
    """One fault at the n-th of the requests that write, or of all."""

    def __init__(self, fault, at, *, reads=False):
        self.fault, self.left, self.reads = fault, at, reads

    def __call__(self, method):
        if method == "GET" and not self.reads:
            return Fault.NONE
        self.left -= 1
        return self.fault if self.left == -1 else Fault.NONE


def meets(side, proxy, items, tracker, choose):
    """Apply through the proxy at fault; whatever that ends in, a second apply goes past it."""
    proxy.choose = choose
    with contextlib.suppress(ServiceFault, Doubtful):
        side.apply(items, tracker=tracker)
    early = side.apply(items)  # what is late has not come yet
    proxy.settled()
    return [*early, *side.apply(items)]


@pytest.mark.parametrize("fault", [one for one in Fault if one is not Fault.NONE])
def test_after_the_next_apply_nothing_is_there_twice_and_nothing_is_missing(
    side, proxy, behind, roundup, fault
):
    tracker = behind()
    for place in range(4):  # the most that a week of it writes
        for items in once.weeks(1 + 2 * place):
            meets(side, proxy, items, tracker, Nth(fault, place))
        side.apply(items)
        once.check(roundup, items, 3)
    assert proxy.hits[fault] >= 12


@pytest.mark.parametrize("fault", [one for one in Fault if one not in (Fault.NONE, Fault.TWICE)])
def test_a_fault_of_a_read_loses_nothing(side, proxy, behind, roundup, fault):
    for place in (0, 2, 5):
        for items in once.weeks(201 + 2 * place):
            meets(side, proxy, items, behind(), Nth(fault, place, reads=True))
        once.check(roundup, items, 3)
    assert proxy.hits[fault] >= 6


def test_faults_at_random(side, proxy, behind, roundup):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    faults = [one for one in Fault if one is not Fault.NONE]

    def choose(_):
        return dice.choice(faults) if dice.random() < 0.15 else Fault.NONE

    for number in range(ROUNDS):
        for items in once.weeks(301 + 2 * number):
            meets(side, proxy, items, behind(), choose)
        side.apply(items)
        once.check(roundup, items, 3)
    assert proxy.hits.total() - proxy.hits[Fault.NONE] >= ROUNDS


def test_a_write_that_is_delivered_twice_is_two_tickets_until_the_next_apply(side, proxy, behind, roundup):
    tracker, items = behind(), [make.item(1)]
    proxy.choose = Nth(Fault.TWICE, 1)  # the message first, then the ticket
    assert [one.done for one in side.apply(items, tracker=tracker)] == [Done.DONE]
    assert [one.open for one in roundup.tickets()] == [True, True]
    (outcome,) = side.apply(items, tracker=tracker)
    assert (outcome.step.act, outcome.done) == (Act.DUPLICATE, Done.DONE)
    stays, other = roundup.tickets()
    assert (stays.open, other.open, other.duplicate_of) == (True, False, stays.id)


def test_a_search_that_lags_half_a_minute(side, roundup, adapter):
    """A create of unknown end is not repeated before the search would have shown it."""
    lag = timedelta(seconds=30)
    proxy = proxies.Proxy(roundup.port, lag=lag, now=lambda: side.now)
    try:
        tracker = adapter(f"http://127.0.0.1:{proxy.port}/t")
        tracker.who()
        tracker.lag = lag.total_seconds()
        for number in range(1, 9, 2):
            for items in once.weeks(number):
                proxy.choose = Nth(Fault.FAILED_AFTER, number % 5)
                side.apply(items, tracker=tracker)
                for seconds in (10, 19, 2, 31):
                    side.now += timedelta(seconds=seconds)
                    side.apply(items, tracker=tracker)
            once.check(roundup, items, 3)
        assert len(roundup.issues()) == 8  # not even for a moment two of one
        assert proxy.hits[Fault.FAILED_AFTER] >= 12
    finally:
        proxy.stop()
