"""The doctor looks and does not speak."""

from __future__ import annotations

import pytest

from scanner.cli.doctor import YES, examine

pytestmark = pytest.mark.netns


def test_no_packet_leaves_and_each_interface_is_listed(sites):
    wires = [sites.scanner.tap(name) for name in ("near1", "near2", "uplink")]
    found = {one.name: one for one in sites.scanner.run(lambda: list(examine()))}
    assert {f"multicast on {name}" for name in ("near1", "near2", "uplink")} <= set(found)
    assert found["multicast on near1"].state == YES
    assert found["UDP port 37020"].state == YES
    assert [wire.said() for wire in wires] == [[], [], []]
