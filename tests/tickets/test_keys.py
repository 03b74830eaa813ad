from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from scanner.tickets.keys import (
    device_keys,
    duplicate_mark,
    finding_keys,
    fits,
    grouping_of,
    is_sure,
    mark_of,
    place_key,
    version_of,
)  # fmt: skip
from scanner.tickets.memo import CLOSED, keys_in, marks_in, version_in
from scanner.tickets.words import Grouping

_SPEC = importlib.util.spec_from_file_location("make", Path(__file__).with_name("make.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
make = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(make)


def test_keys_are_made_of_what_runs_know_and_not_of_the_stores_own_id():
    assert device_keys(make.item(1)) == device_keys(make.item(1, device="inv-other"))
    assert [key.sure for key in device_keys(make.item(1))] == [True, True, False]


def test_a_key_is_the_same_in_every_release():
    (key, *_) = device_keys(make.item(1, names=("serial:X1",)))
    assert key.text == "hskd-30147ac22b4f4026fa3e"


def test_the_same_address_at_two_sites_is_two_keys_and_a_device_keeps_those_of_sites_that_it_left():
    here, there = make.item(1), make.item(1, site="annex", sites=("annex",))
    assert not {key.text for key in device_keys(here)} & {key.text for key in device_keys(there)}
    moved = make.item(1, site="annex", sites=("annex", "lab"))
    common = {key.text for key in device_keys(moved)} & {key.text for key in device_keys(here)}
    assert len(common) == 2


@pytest.mark.parametrize(
    ("key", "grouping", "sure"),
    [
        (device_keys(make.item(1))[0], Grouping.DEVICE, True),
        (device_keys(make.item(1))[-1], Grouping.DEVICE, False),
        (finding_keys(make.item(1), "x")[0], Grouping.FINDING, True),
        (finding_keys(make.item(1), "x")[-1], Grouping.FINDING, False),
        (place_key("lab"), Grouping.SITE, True),
        (place_key("lab", "10.1.0.0/24"), Grouping.NETWORK, True),
    ],
)
def test_a_key_says_what_it_is_of(key, grouping, sure):
    assert (grouping_of(key.text), is_sure(key.text), key.sure) == (grouping, sure, sure)
    assert keys_in(f"x {key} y") == {key.text}


def test_an_address_fits_unless_both_have_names_and_none_in_common():
    named = [key.text for key in device_keys(make.item(1))]
    other = [key.text for key in device_keys(make.item(2, addresses=("10.1.0.1",)))]
    nameless = [key.text for key in device_keys(make.item(1, names=()))]
    assert fits(named, named)
    assert fits(named, named[1:2])
    assert fits(named, nameless)
    assert fits(nameless, named)
    assert not fits(named, other)
    assert not fits([], named)


def test_marks_and_versions_are_words():
    group = make.group(make.item(1))
    marks = mark_of(group, make.change(), CLOSED)
    assert marks_in(" ".join(marks)) == set(marks)
    assert len(marks) == len(group.keys)
    assert mark_of(group, make.change(cause="run-2"), CLOSED) != marks
    assert marks_in(duplicate_mark("1", "2")) == {duplicate_mark("1", "2")}
    assert version_in(version_of(["a", 1])) == version_of(["a", 1]) != version_of(["a", 2])
