"""The devices of the rehearsal network. Each module is data; this list is the only registration."""

from __future__ import annotations

from scanner.lab.card import Card
from scanner.lab.devices import (
    access,
    addresses,
    bystanders,
    cameras,
    family,
    hostile,
    odd,
    other_cameras,
    recorders,
    relabels,
)

DEVICES: tuple[Card, ...] = (
    *cameras.DEVICES,
    *recorders.DEVICES,
    *access.DEVICES,
    *relabels.DEVICES,
    *odd.DEVICES,
    *family.DEVICES,
    *other_cameras.DEVICES,
    *bystanders.DEVICES,
    *hostile.DEVICES,
    *addresses.DEVICES,
)
"""In the order of their numbers."""
