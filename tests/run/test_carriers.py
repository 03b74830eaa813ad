"""A link that was lost while the scan ran, by what the kernel counts."""

from __future__ import annotations

import pytest

from scanner.run import carriers as module
from scanner.run.carriers import Carriers
from scanner.transports.netlink import NetlinkUnavailable


@pytest.fixture
def kernel(monkeypatch):
    """What the kernel says of its interfaces, to be changed by the test."""
    said: dict[str, int] = {"lo": 0, "eth0": 4}

    def changes() -> dict[str, int]:
        if "broken" in said:
            raise NetlinkUnavailable(1, "not here")
        return dict(said)

    monkeypatch.setattr(module, "carrier_changes", changes)
    return said


def test_a_link_that_stays_is_not_lost(plan, kernel):
    carriers = Carriers(plan("127.1.2.3"))
    kernel["eth0"] = 9
    assert carriers.lost() == ()


@pytest.mark.parametrize("change", [{"lo": 2}, {}], ids=["for a while", "for good"])
def test_a_link_towards_the_targets_that_went_is_named(plan, kernel, change):
    carriers = Carriers(plan("127.1.2.3"))
    del kernel["lo"]
    kernel.update(change)
    assert carriers.lost() == ("lo",)


def test_a_kernel_that_does_not_say_is_not_believed_to_have_lost_any(plan, kernel):
    carriers = Carriers(plan("127.1.2.3"))
    kernel["broken"] = 1
    assert carriers.lost() == ()
    assert Carriers(plan("127.1.2.3")).lost() == ()
