"""What a scheduled sweep logs, on standard error: words for a person, JSON for a machine."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO, TypeAlias

import structlog

from scanner.config.schema import Level, Log, LogForm

Logger: TypeAlias = structlog.typing.FilteringBoundLogger
"""What writes the log, for those who do not know how."""
_LEVELS: Mapping[Level, int] = {
    Level.DEBUG: logging.DEBUG,
    Level.INFO: logging.INFO,
    Level.WARNING: logging.WARNING,
    Level.ERROR: logging.ERROR,
}
_CONTROL = dict.fromkeys((*range(32), 127, *range(128, 160)), " ")


def form(wanted: LogForm, environment: Mapping[str, str] = os.environ) -> LogForm:
    """Human or JSON: ``auto`` is JSON where systemd takes the lines for its journal."""
    if wanted is not LogForm.AUTO:
        return wanted
    return LogForm.JSON if environment.get("JOURNAL_STREAM") else LogForm.HUMAN


def logger(
    settings: Log, *, quiet: bool = False, stream: TextIO | None = None,
    environment: Mapping[str, str] = os.environ,
) -> structlog.typing.FilteringBoundLogger:  # fmt: skip
    """A logger as the configuration wants it.

    Args:
        settings: the table ``[log]``.
        quiet: log nothing below a warning, as for a job whose every line is mailed.
        stream: where to; None = standard error.
        environment: variables, by which systemd is known.
    """
    stream = stream or sys.stderr
    level = max(_LEVELS[settings.level], logging.WARNING) if quiet else _LEVELS[settings.level]
    render: list[structlog.typing.Processor] = (
        [structlog.processors.EventRenamer("message"), structlog.processors.JSONRenderer(ensure_ascii=False)]
        if form(settings.format, environment) is LogForm.JSON
        else [_words]
    )
    bound: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            *render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    return bound


def _words(_logger: object, _name: str, entry: MutableMapping[str, Any]) -> str:
    """One line for a person: time, level if it matters, what happened, and its facts."""
    time = str(entry.pop("timestamp"))[:19] + "Z"
    level = entry.pop("level")
    mark = "" if level in ("debug", "info") else f"{str(level).upper()} "
    facts = "".join(f"  {name}={_fact(value)}" for name, value in entry.items() if name != "event")
    return f"{time}  {mark}{_fact(entry['event'])}{facts}"


def _fact(value: object) -> str:
    """A value that stays on its line, whatever a device may have put into it."""
    return str(value).translate(_CONTROL)
