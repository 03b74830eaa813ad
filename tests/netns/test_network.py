"""The network that the other tests stand on: routes, loss, delay and blocks do what they say."""

from __future__ import annotations

import contextlib
import itertools
import socket
import time

import pytest

pytestmark = pytest.mark.netns


def listener(port=8000):
    sock = socket.socket()
    sock.bind(("0.0.0.0", port))
    sock.listen(64)
    return sock


def connect(address, port=8000, timeout=2.0):
    started = time.monotonic()
    with socket.create_connection((address, port), timeout=timeout):
        return time.monotonic() - started


def test_the_far_subnet_is_reached_through_the_router(sites):
    with sites.far.run(listener):
        assert sites.scanner.run(connect, "10.77.3.10") < 1


def test_a_blocked_prefix_is_silent(sites):
    sites.router.block("10.77.3.0/24")
    with sites.far.run(listener), pytest.raises(TimeoutError):
        sites.scanner.run(lambda: connect("10.77.3.10", timeout=0.3))


def test_a_slow_wire_delays_both_ways(network):
    here, there = network.namespace("here"), network.namespace("there")
    wire = network.slow_link(here, "out", there, "in", 0.05)
    here.ip("address", "add", "10.77.8.1/24", "dev", "out")
    there.ip("address", "add", "10.77.8.2/24", "dev", "in")
    with there.run(listener):
        here.run(connect, "10.77.8.2")  # resolves the neighbour
        assert 0.1 <= here.run(connect, "10.77.8.2") < 0.5
    assert wire.carried >= 6


@pytest.mark.parametrize("where", ["end", "router"])
def test_every_twentieth_packet_is_lost_the_same_way_each_time(sites, where):
    receiver = sites.far.run(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    receiver.bind(("10.77.3.10", 37020))
    receiver.settimeout(0.2)

    def send():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for number in range(100):
                sock.sendto(bytes([number]), ("10.77.3.10", 37020))
                time.sleep(0.001)

    if where == "end":
        sites.far.lose(every=20)
    else:
        sites.router.lose_forwarded("uplink", "downlink", every=20)
    sites.scanner.run(send)
    got = []
    with contextlib.suppress(TimeoutError):
        while True:
            got.append(receiver.recv(10)[0])
    receiver.close()
    lost = sorted(set(range(100)) - set(got))
    assert len(lost) == 5
    assert {later - earlier for earlier, later in itertools.pairwise(lost)} == {20}


def test_an_exception_inside_comes_out(sites):
    def fail():
        raise LookupError("inside")

    with pytest.raises(LookupError, match="inside"):
        sites.scanner.run(fail)
