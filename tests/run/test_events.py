"""What a scan tells is plain data that cannot be changed afterwards."""

from __future__ import annotations

import dataclasses
import typing
from pathlib import Path

import pytest

from scanner.run.events import Event, Note, Progress, Started


@pytest.mark.parametrize("kind", typing.get_args(Event))
def test_each_event_is_frozen_and_says_what_it_is_for(kind):
    assert dataclasses.is_dataclass(kind)
    assert kind.__dataclass_params__.frozen
    assert kind.__doc__


def test_equal_events_are_equal():
    assert Started("run", Path("x")) == Started("run", Path("x"))
    assert Note("a") != Note("b")
    assert Progress(1, 2, 3.0, None, 0, 0, 0) == Progress(1, 2, 3.0, None, 0, 0, 0)
