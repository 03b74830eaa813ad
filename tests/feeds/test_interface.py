from __future__ import annotations

from pathlib import Path

import scanner.feeds as room
from scanner.feeds import FEEDS, Target, feed_of
from scanner.reporter.export import FORMATS


def test_every_file_is_listed_and_every_listed_feed_has_a_file_and_a_format():
    files = {path.stem for path in Path(room.__file__).parent.glob("*.py")} - {"__init__", "interface"}

    assert files == set(FEEDS.values())
    assert set(FEEDS) <= set(FORMATS)
    assert all(callable(feed_of(form)) for form in FEEDS)


def test_a_token_is_never_shown():
    assert "s3cret" not in repr(Target("https://x.example", "s3cret"))
