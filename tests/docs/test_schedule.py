"""The nightly script of the schedule page, run as it is written there, on addresses of loopback."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def script(pages, blocks, tmp_path, loopback):
    """The script with its folder and its list of targets moved, and a faster rate."""
    (text,) = blocks(pages["docs/guide/schedule.md"], "sh")
    targets = tmp_path / "targets"
    targets.write_text(f"{loopback}.0/30  # nobody is there\n")
    for old, new in (
        ("/var/lib/hiksweep/reports", str(tmp_path / "reports")),
        ("/etc/hiksweep/targets", str(targets)),
        ("--quiet", "--quiet --rate 5000"),
    ):
        assert old in text
        text = text.replace(old, new)
    return text


def test_a_night_without_news_says_nothing_and_leaves_two_reports(script, run, tmp_path):
    done = run(shell=script)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    page, data = sorted((tmp_path / "reports").iterdir())
    assert page.suffix == ".html"
    found = json.loads(data.read_text())
    assert found["run"]["coverage_complete"] is True
    assert data.stat().st_mode & 0o077 == 0
    assert len(list((tmp_path / "data/journals").iterdir())) == 1


def test_a_usage_error_is_told_and_ends_with_its_code(script, run, tmp_path):
    (tmp_path / "targets").write_text("not/a/target\n")

    done = run(shell=script)

    assert done.returncode == 2
    assert "no complete result (exit code 2)" in done.stdout
    assert "not/a/target" in done.stderr
