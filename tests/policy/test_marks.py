from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.policy.marks import Marks
from scanner.scope import group_key

ADDRESSES = ("10.1.0.0", "10.1.0.255", "10.1.1.0", "fd00::1", "fd00::ffff", "fd00::1:0")


@given(st.lists(st.sampled_from(ADDRESSES)))
def test_marks_are_a_set_that_counts_by_prefix(given_marks: list[str]) -> None:
    marks, names = Marks(), set(given_marks)
    for address in given_marks:
        marks.add(address)

    assert len(marks) == len(names)
    for address in ADDRESSES:
        key = group_key(address)
        assert (address in marks) is (address in names)
        assert marks.count(key) == sum(group_key(name) == key for name in names)
