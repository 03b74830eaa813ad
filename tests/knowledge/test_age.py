"""When a table is old."""

from __future__ import annotations

from scanner.knowledge.age import BLOCKS_DAYS, age_in_days, old_blocks


def test_days_are_counted_from_day_to_day():
    assert age_in_days("2026-10-24", "2026-11-25T10:00:00Z") == 32
    assert age_in_days("2026-11-25", "2026-11-24") == -1


def test_a_table_is_old_after_its_days_and_not_before():
    assert old_blocks("2026-01-01", "2026-06-30") == ""
    assert BLOCKS_DAYS == 180
    assert old_blocks("2026-01-01", "2026-07-01").startswith(
        "the table of MAC blocks is of 2026-01-01, 181 days old"
    )
