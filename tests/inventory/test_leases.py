"""No two programs sweep the same addresses at a time, whatever becomes of one of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import select, update

from scanner.inventory import leases
from scanner.inventory.engine import open_store
from scanner.inventory.leases import Holder, Lease, held_now
from scanner.inventory.schema import lease
from scanner.model.errors import Locked, StoreUnusable
from scanner.scope import parse_target


@pytest.fixture
def store(store_url, tmp_path):
    made = open_store(store_url, tmp_path, make=True)
    yield made
    made.close()


def hold(store, target="10.1.0.0/24", site="s", run="run-1", term=None) -> Lease:
    return Lease(store, site, [parse_target(target)], run, term=term)


def elsewhere(store) -> None:
    """Let every lease be that of another machine."""
    owner = json.dumps({"host": "other", "here": "there", "pid": 1, "run": "run-0"})
    with store.writing() as connection:
        connection.execute(update(lease).values(owner=owner))


def test_the_same_addresses_are_held_once(store):
    held = hold(store)

    with pytest.raises(Locked, match="run-1"):
        hold(store, "10.1.0.7")
    held.release()
    hold(store, "10.1.0.7")


def test_other_addresses_and_other_sites_wait_for_nobody(store):
    hold(store, "10.0.0.0/12")

    hold(store, "10.16.0.0/24")
    hold(store, "10.1.0.0/24", site="t")
    hold(store, "fd00::/112")
    with pytest.raises(Locked):
        hold(store, "fd00::7")


def test_of_many_at_once_one_holds(store_url, tmp_path, store):
    held, refused = [], []

    def work() -> None:
        mine = open_store(store_url, tmp_path)
        try:
            held.append(hold(mine))
        except Locked:
            refused.append(1)
        finally:
            mine.close()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert (len(held), len(refused)) == (1, 4)


def test_what_was_not_renewed_is_anybodys_and_its_owner_stops_before(store, monkeypatch):
    monkeypatch.setattr(leases, "RENEWALS", 2)
    first = hold(store, term=0.6)
    elsewhere(store)
    assert first.tenure.over() == ""
    time.sleep(0.4)
    assert first.tenure.over() == leases.LOST
    with pytest.raises(Locked):
        hold(store)
    time.sleep(0.3)
    second = hold(store)

    assert second.tenure.over() == ""
    assert not first.renew()


def test_one_that_was_not_found_over_is_held_again_if_nobody_took_it(store):
    held = hold(store, term=0.3)
    time.sleep(0.4)

    assert held.renew()
    assert held.tenure.over() == ""


def test_who_holds_what_now_is_told_and_what_is_over_is_not(store):
    mine = hold(store, run="run-1")
    over = hold(store, "10.2.0.0/24", run="run-2", term=0.2)
    time.sleep(0.3)

    (found,) = held_now(store)

    assert (found.site, found.ranges, found.run) == ("s", (parse_target("10.1.0.0/24"),), "run-1")
    assert str(os.getpid()) in found.owner
    mine.release()
    over.release()
    assert held_now(store) == []


def test_the_lease_of_a_process_that_died_here_is_free_at_once(store_url, tmp_path, store):
    code = (
        "import sys, os; from pathlib import Path; from scanner.inventory.engine import open_store;"
        "from scanner.inventory.leases import Lease; from scanner.scope import parse_target;"
        "Lease(open_store(sys.argv[1], Path(sys.argv[2])), 's', [parse_target('10.1.0.0/24')], 'run-x');"
        "print('held', flush=True); import time; time.sleep(60)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, store_url, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout.readline() == "held\n"
        with pytest.raises(Locked, match="run-x"):
            hold(store)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait(10)
        child.stdout.close()

    hold(store)


def test_a_holder_renews_and_gives_back(store):
    lost = []
    held = hold(store, term=1.0)
    with Holder(held, lost.append):
        time.sleep(1.5)
        assert held.tenure.over() == ""
    with store.reading() as connection:
        assert connection.execute(select(lease)).all() == []
    assert lost == []


def test_a_holder_tells_when_another_took_over(store):
    lost = []
    held = hold(store, term=0.6)
    held.release()
    with Holder(held, lost.append):
        time.sleep(0.5)

    assert lost == [leases.LOST]


def test_a_holder_whose_store_is_gone_tells_when_its_term_is_over(store):
    lost = []
    held = hold(store, term=6.0)
    held.term = 0.6

    def gone() -> bool:
        raise StoreUnusable("gone")

    held.renew = gone  # type: ignore[method-assign]
    with Holder(held, lost.append):
        time.sleep(0.3)
        assert lost == []
        held.tenure.prolong(0.0)
        time.sleep(0.3)
        assert lost == [leases.LOST]


def test_a_program_that_is_stopped_while_it_takes_a_lease_keeps_nobody_from_theirs(store):
    if store.sqlite:
        pytest.skip("SQLite has no server that could see it")

    def stopped() -> None:
        with store.writing() as connection:
            leases._now(store, connection)
            store.hurry(connection, 0.2)
            time.sleep(1.0)
            hold(store)  # another one's, which would wait for the first
            connection.execute(select(lease))

    with pytest.raises(StoreUnusable):
        stopped()
    with store.reading() as connection:
        assert len(connection.execute(select(lease)).all()) == 1
