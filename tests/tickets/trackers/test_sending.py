from __future__ import annotations

import inspect

import pytest

from scanner.tickets.trackers import SENDERS, TRACKERS, post
from scanner.tickets.trackers.interface import Place
from scanner.tickets.trackers.sending import Sender, Way

URLS = {"email": "smtps://mail.example"}


@pytest.mark.parametrize("name", SENDERS)
def test_every_sender_can_all_that_is_asked_of_one_and_keeps_its_secret(name):
    way = Way(URLS.get(name, "https://hook.example"), Place(), "me", "s3cr3t-of-the-way")
    made = post(name).sender(way)
    assert made.name == name
    assert name not in TRACKERS
    for method, wanted in inspect.getmembers(Sender, inspect.isfunction):
        if not method.startswith("_"):
            assert [*inspect.signature(getattr(made, method)).parameters] == [
                *inspect.signature(wanted).parameters
            ][1:]
    assert "s3cr3t" not in repr(way)
    assert "s3cr3t" not in repr(made)
