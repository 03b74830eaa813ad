from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scanner.model.errors import UsageError
from scanner.schedule.due import Why, due
from scanner.schedule.pauses import NAME, Pause, parse_until, read_pauses, write_pauses

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_pauses_are_kept_until_they_end(tmp_path):
    endless, short, over = (
        Pause("2026-05-01T00:00:00+00:00", reason="CHG-1"),
        Pause("2026-05-01T00:00:00+00:00", "2026-06-02T00:00:00+00:00"),
        Pause("2026-05-01T00:00:00+00:00", "2026-06-01T12:00:00+00:00"),
    )

    write_pauses(tmp_path / "new", {"a/a": endless, "a/b": short, "a/c": over})

    assert read_pauses(tmp_path / "new", NOW) == {"a/a": endless, "a/b": short}
    assert [path.name for path in (tmp_path / "new").iterdir()] == [NAME]
    assert read_pauses(tmp_path, NOW) == {}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"a": 3}', '{"a": {"since": "x", "until": "soon"}}', '{"a": {"who": "x"}}']
)
def test_a_file_that_is_damaged_is_not_taken_for_no_pause(text, tmp_path):
    (tmp_path / NAME).write_text(text)

    with pytest.raises(UsageError, match="not a list of pauses"):
        read_pauses(tmp_path, NOW)


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / NAME).mkdir()

    with pytest.raises(UsageError, match="cannot be read"):
        read_pauses(tmp_path, NOW)


def test_a_failed_write_leaves_the_pauses_before(tmp_path, monkeypatch):
    write_pauses(tmp_path, {"a/a": Pause("x")})
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))

    with pytest.raises(OSError, match="No space"):
        write_pauses(tmp_path, {})
    monkeypatch.undo()

    assert set(read_pauses(tmp_path, NOW)) == {"a/a"}
    assert len(list(tmp_path.iterdir())) == 1


def test_a_day_is_meant_in_the_time_zone_of_the_network():
    zone = ZoneInfo("America/Toronto")

    assert parse_until("2026-12-01", zone) == datetime(2026, 12, 1, 5, tzinfo=UTC)
    assert parse_until("2026-07-01 08:30", zone) == datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
    assert parse_until("2026-07-01T08:30+00:00", zone) == datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
    with pytest.raises(UsageError, match="not a day"):
        parse_until("soon", zone)


def test_what_is_paused_is_due_when_the_pause_is_over(network, wall, shown):
    found, now = network('windows = "22:00-05:00"'), wall("2026-06-01 23:00")
    until = wall("2026-06-10 12:00").isoformat()

    endless = due(found, None, now, Pause("x", reason="CHG-1"))
    short = due(found, None, now, Pause("x", until))
    over = due(found, None, now, Pause("x", now.isoformat()))

    assert (endless.at, endless.why, endless.words) == (None, Why.PAUSED, "paused: CHG-1")
    assert (shown(short.at), short.words) == ("06-10 22:00 -4", "paused")
    assert (over.at, over.why) == (now, Why.FIRST)
