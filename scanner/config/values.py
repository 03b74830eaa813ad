"""What the value of a key may be: text, and texts by our own small languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator
from pydantic_core import PydanticCustomError

from scanner.config import words
from scanner.config.secret import SecretReference, parse_secret

Value = TypeVar("Value")
_PASSWORD = re.compile(r"//[^/@]*:[^/@]*@|[?&]password=", re.IGNORECASE)
SHORTEST_LEASE = timedelta(seconds=6)
LONGEST_LEASE = timedelta(minutes=10)


def _read(parse: Callable[[str], Value]) -> Callable[[object], Value]:
    """A validator of text by one of our own small languages."""

    def validate(value: object) -> Value:
        if isinstance(value, date):
            value = value.isoformat()  # TOML has days of its own, written without quotes
        if not isinstance(value, str):
            raise PydanticCustomError("not_text", "this needs quotes")
        return parse(value)

    return validate


def listed(value: object) -> object:
    """One value stands for a list of one."""
    return tuple(value) if isinstance(value, (list, tuple)) else (value,)


def number(value: object) -> object:
    """A number; in the environment everything is text."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _store(value: str) -> str:
    if _PASSWORD.search(value):
        raise ValueError("a password never stands in this file; leave it out and say store_password")
    if "://" in value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError(f"{value!r} is neither a file nor sqlite:/// nor postgresql://")
    return value


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("holds a line break or another character that does not print")
    return value


def _jitter(value: timedelta) -> timedelta:
    if value > words.LONGEST_JITTER:
        raise ValueError("at most 12h")
    return value


def _length(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        raise ValueError("a sweep needs more time than none")
    return value


def _lease(value: timedelta) -> timedelta:
    if not SHORTEST_LEASE <= value <= LONGEST_LEASE:
        raise ValueError("6s to 10m")
    return value


_length_of_time = PlainValidator(_read(words.parse_duration))
WindowText: TypeAlias = Annotated[words.Window, PlainValidator(_read(words.parse_window))]
DaysText: TypeAlias = Annotated[words.Days, PlainValidator(_read(words.parse_days))]
PeriodText: TypeAlias = Annotated[words.Period, PlainValidator(_read(words.parse_period))]
ZoneText: TypeAlias = Annotated[ZoneInfo, PlainValidator(_read(words.parse_zone))]
JitterText: TypeAlias = Annotated[timedelta, _length_of_time, AfterValidator(_jitter)]
LengthText: TypeAlias = Annotated[timedelta, _length_of_time, AfterValidator(_length)]
LeaseText: TypeAlias = Annotated[timedelta, _length_of_time, AfterValidator(_lease)]
Secret: TypeAlias = Annotated[SecretReference, PlainValidator(parse_secret)]
StoreText: TypeAlias = Annotated[str, Field(min_length=1), AfterValidator(_store)]
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_printable)]
Texts: TypeAlias = Annotated[tuple[Text, ...], BeforeValidator(listed)]
Windows: TypeAlias = Annotated[tuple[WindowText, ...], BeforeValidator(listed)]
Calendar: TypeAlias = Annotated[tuple[DaysText, ...], BeforeValidator(listed)]
