from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.config.faults import ConfigError


def test_the_daemon_has_its_numbers_without_a_word(read, one):
    daemon = read(one).settings.daemon

    assert (daemon.at_once, daemon.lease) == (4, timedelta(seconds=30))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('lease = "5s"', "6s to 10m"),
        ('lease = "11m"', "6s to 10m"),
        ("lease = 30", "is not a length of time"),
        ("at_once = 1", "from 2 to 64"),
        ('at_once = "many"', "from 2 to 64"),
    ],
)
def test_what_the_daemon_cannot_do_is_refused_with_what_it_can(line, said, read, one):
    with pytest.raises(ConfigError, match=said):
        read(f"[daemon]\n{line}\n{one}")
