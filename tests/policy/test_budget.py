from __future__ import annotations

from bisect import bisect_left

import pytest

from scanner.model.errors import Refused
from scanner.policy.budget import Breaker, HostBudgets, Pacer
from scanner.policy.rules import Limits


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_packets_are_spread_evenly_at_the_rate() -> None:
    clock = Clock()
    pacer = Pacer(10.0, clock)

    waits = [round(pacer.reserve(), 3) for _ in range(4)]

    assert waits == [0.0, 0.1, 0.2, 0.3]
    assert pacer.sent == 4


def test_a_pause_is_not_saved_up_for_a_burst() -> None:
    clock = Clock()
    pacer = Pacer(10.0, clock)
    pacer.reserve()
    clock.now += 60

    assert [round(pacer.reserve(2), 3) for _ in range(2)] == [0.0, 0.2]


def test_resends_and_what_is_sent_meanwhile_stay_within_the_rate_in_every_second() -> None:
    clock = Clock()
    pacer = Pacer(200.0, clock)
    times: list[float] = []
    for packets in [1] * 128 + [3] * 100 + [1] * 128 + [3] * 300:
        clock.now += pacer.reserve(packets)
        times += [clock.now + later for later in range(packets)]

    times.sort()
    most = max(bisect_left(times, start + 0.999) - place for place, start in enumerate(times))
    assert most <= 200 * 1.03
    assert times[-1] - times[0] <= len(times) / 200 + 5
    assert pacer.sent == len(times)


def test_a_host_has_so_many_connections_and_requests_and_no_more() -> None:
    budgets = HostBudgets(Limits(connections=2, requests=3))
    for _ in range(2):
        budgets.take_connection("a")
    for _ in range(3):
        budgets.take_request("a")

    with pytest.raises(Refused):
        budgets.take_connection("a")
    with pytest.raises(Refused):
        budgets.take_request("a")
    assert budgets.used("a") == (2, 3)
    assert budgets.used("b") == (0, 0)


def test_hosts_that_stop_far_apart_in_time_do_not_stop_their_prefix() -> None:
    clock = Clock()
    breaker = Breaker(Limits(fragile_hosts=3, fragile_window=60.0), clock)
    for number in range(5):
        clock.now += 31
        assert not breaker.trip(f"10.0.0.{number}")

    assert breaker.stopped("10.0.0.4") is not None
    assert breaker.stopped("10.0.0.99") is None


def test_what_a_host_had_in_earlier_sittings_counts() -> None:
    first = HostBudgets(Limits(connections=2, requests=3, gets=2))
    first.take_connection("a")
    first.take_request("a")
    first.take_get("a", 80)
    connections, requests, gets = first.changes()
    assert (connections, requests, list(gets.values())) == ({"a": 1}, {"a": 1}, [1])
    assert first.changes() == ({}, {}, {})

    second = HostBudgets(Limits(connections=2, requests=3, gets=2))
    second.restore(connections, requests, gets)
    assert second.used("a") == (1, 1)
    second.take_connection("a")
    second.take_get("a", 80)
    for used_up in (lambda: second.take_connection("a"), lambda: second.take_get("a", 80)):
        with pytest.raises(Refused):
            used_up()


def test_whom_an_earlier_sitting_left_alone_is_left_alone() -> None:
    breaker = Breaker(Limits(), Clock())
    breaker.leave("10.0.0.1", prefix=False)
    breaker.leave("10.0.1.1", prefix=True)
    assert [bool(breaker.stopped(one)) for one in ("10.0.0.1", "10.0.0.2", "10.0.1.9")] == [True, False, True]
