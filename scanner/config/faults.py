"""What is wrong with a configuration, each fault with its place, its key and what to write instead."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from scanner.config.positions import Path
from scanner.config.schema import ENVIRONMENT, Settings
from scanner.config.words import near
from scanner.model.errors import UsageError

_SYNTAX = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_SHOWN = 60
_SECRET = re.compile(r"passw|token|secret|community|credential", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong, or that is worth a look."""

    line: int
    """0 where no line holds it."""
    place: str
    """The file, or the variable of the environment."""
    key: str
    message: str

    def __str__(self) -> str:
        where = f"{self.place}:{self.line}" if self.line else self.place
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class ConfigError(UsageError):
    """The configuration cannot be used; a line for each fault, in the order of the file."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


def key_text(path: Path) -> str:
    """A key as a person would name it; members of a list are told by their line and their value."""
    return printable(".".join(part for part in path if isinstance(part, str)))


def printable(text: str) -> str:
    """A text that moves no cursor and begins no line."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """The line of a key, or of the nearest thing around it that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)


def syntax_fault(error: tomllib.TOMLDecodeError, place: str, text: str) -> Fault:
    """The fault of a text that is no TOML."""
    match = _SYNTAX.fullmatch(str(error))
    said = (match[1] if match else str(error)).strip()
    line = int(match[2]) if match and match[2] else len(text.splitlines()) or 1
    written = text.splitlines()[line - 1].strip() if line <= len(text.splitlines()) else ""
    hint = _syntax_hint(written)
    return Fault(line, place, "", f"not TOML: {said[:1].lower()}{said[1:]}{hint}")


def _syntax_hint(written: str) -> str:
    name, equals, value = (part.strip() for part in written.partition("="))
    if _SECRET.search(name):
        return ""
    if equals and re.fullmatch(r"[A-Za-z][\w ./:-]*", value) and value not in ("true", "false"):
        return f'; text needs quotes: {name} = "{value}"'
    if equals and re.fullmatch(r"\d+[\d.:/-]+", value):
        return f'; this needs quotes: {name} = "{value}"'
    if written.partition("#")[0].count('"') % 2 and '"""' not in written:
        return "; a quotation mark is not closed"
    if not equals and ":" in written:
        return "; a key and its value are parted by an equals sign"
    return ""


def name_faults(data: Mapping[str, Any], lines: Mapping[Path, int], place: str) -> Iterator[Fault]:
    """Names of sites and networks that are none."""
    sites = data.get("sites")
    for site, table in sites.items() if isinstance(sites, dict) else ():
        networks = table.get("networks") if isinstance(table, dict) else None
        paths: list[Path] = [("sites", site)]
        paths += [
            ("sites", site, "networks", name) for name in (networks if isinstance(networks, dict) else ())
        ]
        for path in paths:
            if not _NAME.fullmatch(str(path[-1])):
                message = f"{path[-1]!r} is not a name; use small letters, digits and hyphens, 40 at most"
                yield Fault(line_of(path, lines), place, key_text(path), message)


def variable_faults(environment: Mapping[str, str]) -> Iterator[Fault]:
    """Variables that look like ours and set nothing."""
    known = [name.upper() for name in Settings.model_fields]
    for variable in environment:
        if variable.upper().startswith(ENVIRONMENT):
            first = variable.upper().removeprefix(ENVIRONMENT).split("__")[0]
            if first not in known or first == "SITES":
                hint = near(first, known)
                yield Fault(0, f"environment {variable}", "", f"sets nothing; {hint or 'unset it'}")


def fault_of(
    error: ErrorDetails, lines: Mapping[Path, int], place: str, environment: Mapping[str, str]
) -> Fault:
    """What pydantic found, in our words."""
    path = tuple(error["loc"])
    message = _message(error, path)
    wanted = ENVIRONMENT + "__".join(str(part) for part in path if isinstance(part, str)).upper()
    for variable in environment:
        if variable.upper() == wanted:
            return Fault(0, f"environment {variable}", "", message)
    return Fault(line_of(path, lines), place, key_text(path), message)


def _message(error: ErrorDetails, path: Path) -> str:
    kind = error["type"]
    names = [part for part in path if isinstance(part, str)]
    if kind == "extra_forbidden":
        return _unknown(names)
    field = _field(names)
    extra = field.json_schema_extra if field is not None else None
    value, example = (
        (str(extra[word]) for word in ("value", "example")) if isinstance(extra, dict) else ("", "")
    )
    write = f"; for example {names[-1]} = {example}" if example else ""
    if kind == "missing":
        return f"is missing{write}"
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind in ("too_short", "string_too_short"):
        return f"is empty{write}"
    if _SECRET.search(names[-1]):
        return f"is not {value}{write}"
    given = error["input"]
    shown = (
        "a table"
        if isinstance(given, dict)
        else str(given).lower()
        if isinstance(given, bool)
        else repr(given)
    )
    shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
    return f"{shown} is not {value}{write}" if value else f"{shown}: {error['msg']}"


def _unknown(names: Sequence[str]) -> str:
    """What is said of a key that there is not."""
    table = _table(names[:-1])
    known = list(table.model_fields) if table else []
    if elsewhere := [path for path, name in _places() if name == names[-1]]:
        return f"there is no such key here; it belongs to {elsewhere[0]}"
    if hint := near(names[-1], known):
        return f"there is no such key; {hint}"
    where = (
        f"; [{'.'.join(names[:-1])}] knows {', '.join(known)}" if len(names) > 1 and len(known) < 8 else ""
    )
    return f"there is no such key{where}; 'hiksweep config example' shows them all"


def _places() -> Iterator[tuple[str, str]]:
    """Every key with the table that it stands in."""
    yield from (("the top of the file, before the first [table]", name) for name in Settings.model_fields)
    for name in ("reports", "log", "metrics", "inventory", "daemon"):
        found = _table([name])
        yield from ((f"[{name}]", key) for key in (found.model_fields if found else ()))
    for words in (["sites", "SITE"], ["sites", "SITE", "networks", "NAME"]):
        found = _table(words)
        yield from ((f"[{'.'.join(words)}]", key) for key in (found.model_fields if found else ()))


def _field(names: Sequence[str]) -> Any:
    table = _table(names[:-1])
    return table.model_fields.get(names[-1]) if table and names else None


def _table(names: Sequence[str]) -> type[BaseModel] | None:
    """The model of a table of the file."""
    table: type[BaseModel] = Settings
    position = 0
    while position < len(names):
        field = table.model_fields.get(names[position])
        if field is None:
            return None
        inner = field.annotation
        if get_origin(inner) is dict:
            inner = get_args(inner)[1]
            position += 1  # the name of the site or network
        elif get_origin(inner) in (Union, UnionType):
            return None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return None
        table = inner
        position += 1
    return table
