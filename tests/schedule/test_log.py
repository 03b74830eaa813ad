from __future__ import annotations

import io
import json
import re

import pytest

from scanner.config.schema import Level, Log, LogForm
from scanner.schedule.log import form, logger


def test_systemd_gets_json_and_everybody_else_words():
    assert form(LogForm.AUTO, {"JOURNAL_STREAM": "8:1"}) is LogForm.JSON
    assert form(LogForm.AUTO, {}) is LogForm.HUMAN
    assert form(LogForm.HUMAN, {"JOURNAL_STREAM": "8:1"}) is LogForm.HUMAN


def test_a_line_for_a_person():
    stream = io.StringIO()
    log = logger(Log(), stream=stream, environment={}).bind(network="main/cameras")

    log.info("sweep begins", addresses=254)
    log.warning("sweep ends", verdict="Found 2")

    first, second = stream.getvalue().splitlines()
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  sweep begins  network=main/cameras  addresses=254", first
    )
    assert second.split("Z  ")[1] == "WARNING sweep ends  network=main/cameras  verdict=Found 2"


def test_a_line_for_a_machine():
    stream = io.StringIO()
    logger(Log(format=LogForm.JSON), stream=stream, environment={}).error("sweep failed", reason="é")

    entry = json.loads(stream.getvalue())
    assert (entry["message"], entry["level"], entry["reason"]) == ("sweep failed", "error", "é")
    assert entry["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    ("level", "quiet", "said"),
    [
        (Level.DEBUG, False, ["debug", "info", "warning", "error"]),
        (Level.INFO, False, ["info", "warning", "error"]),
        (Level.INFO, True, ["warning", "error"]),
        (Level.ERROR, True, ["error"]),
    ],
)
def test_what_is_below_the_level_is_not_said_and_quiet_leaves_the_news(level, quiet, said):
    stream = io.StringIO()
    log = logger(Log(level=level, format=LogForm.JSON), quiet=quiet, stream=stream, environment={})

    for name in ("debug", "info", "warning", "error"):
        getattr(log, name)("x")

    assert [json.loads(line)["level"] for line in stream.getvalue().splitlines()] == said


@pytest.mark.parametrize("kind", [LogForm.HUMAN, LogForm.JSON])
def test_nothing_that_a_device_sent_begins_a_line_of_its_own_or_moves_the_cursor(kind):
    stream = io.StringIO()
    logger(Log(format=kind), stream=stream, environment={}).info("note", text="a\nERROR forged\x1b[2J\x9b")

    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()
