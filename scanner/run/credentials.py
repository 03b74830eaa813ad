"""The site's own credentials for its routers and switches, from a file that only its owner can read.

No message of this module repeats anything of the file but the names of its sections and keys: a parser's own
words may hold the line that it failed at, and with it a password.
"""

from __future__ import annotations

import configparser
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from scanner.model.credential import Authentication, Community, Credential, Privacy, SnmpUser
from scanner.model.errors import UsageError, unreadable

DEFAULT = "default"
_FILE_LIMIT = 256 * 1024
_OPTION = "--snmp-credentials"
_KEYS = frozenset(
    ("version", "community", "user", "level", "auth", "auth-password", "privacy", "privacy-password")
)
_AUTHENTICATIONS = {"sha1": Authentication.SHA} | {
    kind.replace("-", "").casefold(): kind for kind in Authentication
}
_PRIVACIES = {"aes128": Privacy.AES} | {kind.replace("-", "").casefold(): kind for kind in Privacy}
_LEVELS = {"noauthnopriv": 0, "noauth": 0, "authnopriv": 1, "authpriv": 2}


@dataclass(frozen=True, slots=True)
class Credentials:
    """One credential for each router that has its own, and perhaps one for all others."""

    by_name: Mapping[str, Credential] = field(repr=False)

    def of(self, *names: str) -> Credential | None:
        """The credential of a router by the first of its names that the file has, else the default one."""
        for name in (*names, DEFAULT):
            if (found := self.by_name.get(name.casefold())) is not None:
                return found
        return None


def load_credentials(path: Path) -> tuple[Credentials, str]:
    """Read a file; returns the credentials, and a warning about who else can read it (or nothing).

    Raises:
        UsageError: the file cannot be read, is open to everyone, or is not understood.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(_FILE_LIMIT + 1)
    except OSError as error:
        raise UsageError(unreadable(f"{_OPTION} {path}", error)) from None
    if stat.S_ISREG(mode) and mode & 0o006:
        raise UsageError(
            f"{_OPTION} {path}: everyone on this machine can read or write it; chmod 600 it first"
        )
    shared = stat.S_ISREG(mode) and mode & 0o060
    warning = f"{_OPTION} {path}: its group can read or write it; chmod 600 is safer" if shared else ""
    if len(data) > _FILE_LIMIT:
        raise UsageError(f"{_OPTION} {path}: larger than {_FILE_LIMIT // 1024} KiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{_OPTION} {path}: not UTF-8 text") from None
    return read_credentials(text, f"{_OPTION} {path}"), warning


def read_credentials(text: str, where: str) -> Credentials:
    """Read credentials from YAML (a mapping by router) or INI (a section a router).

    Args:
        text: of the file.
        where: begins every message.

    Raises:
        UsageError: it is neither, or an entry is not whole.
    """
    first = next((line for line in text.splitlines() if line.strip() and line.strip()[0] not in "#;"), "")
    entries = _ini(text, where) if first.lstrip().startswith("[") else _yaml(text, where)
    if not entries:
        raise UsageError(f"{where}: empty; give a credential under 'default' or under a router's address")
    by_name: dict[str, Credential] = {}
    for name, entry in entries.items():
        by_name[name.casefold()] = _credential(entry, f"{where}: {name}")
    return Credentials(by_name)


def _ini(text: str, where: str) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(
        interpolation=None, default_section="", delimiters=("=",), inline_comment_prefixes=None
    )
    try:
        parser.read_string(text)
    except configparser.Error as error:
        line = getattr(error, "lineno", None)
        place = f"line {line}" if line else "a line"
        raise UsageError(f"{where}: {place} is not understood; write [router] and key = value") from None
    return {name: dict(parser[name]) for name in parser.sections()}


def _yaml(text: str, where: str) -> dict[str, dict[str, str]]:
    try:
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark is not None else "it"
        raise UsageError(f"{where}: {place} is no YAML") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{where}: it is no YAML") from None
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise UsageError(f"{where}: give a mapping by router, or sections of the form [router]")
    return {str(name): _flat(entry, f"{where}: {name}") for name, entry in loaded.items()}


def _flat(entry: Any, where: str) -> dict[str, str]:
    if not isinstance(entry, dict):
        raise UsageError(f"{where}: give keys and values under it")
    for key, value in entry.items():
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise UsageError(f"{where}: the value of {_key(key)} is no text; put it in quotes")
    return {str(key): str(value) for key, value in entry.items()}


def _key(key: object) -> str:
    """A key as it may be repeated: one that we know, since another may be a secret gone astray."""
    return f"'{key}'" if key in _KEYS else "a key"


def _credential(given: Mapping[str, str], where: str) -> Credential:
    entry = {key.strip().casefold().replace("_", "-"): value.strip() for key, value in given.items()}
    if set(entry) - _KEYS:
        raise UsageError(f"{where}: a key is not known; the keys are {', '.join(sorted(_KEYS))}")
    version = entry.get("version", "2c" if "community" in entry else "3").casefold().lstrip("v")
    if version in ("2", "2c"):
        if not entry.get("community") or set(entry) - {"version", "community"}:
            raise UsageError(f"{where}: version 2c takes 'community' and nothing else")
        return Community(entry["community"])
    if version != "3":
        raise UsageError(f"{where}: 'version' is 2c or 3")
    if "community" in entry or not entry.get("user"):
        raise UsageError(f"{where}: version 3 takes 'user', and no 'community'")
    return _user(entry, where)


def _user(entry: Mapping[str, str], where: str) -> SnmpUser:
    password, privacy_password = entry.get("auth-password", ""), entry.get("privacy-password", "")
    signs = _named(
        entry, "auth", _AUTHENTICATIONS, Authentication.SHA if password else Authentication.NONE, where
    )
    hides = _named(entry, "privacy", _PRIVACIES, Privacy.AES if privacy_password else Privacy.NONE, where)
    if (signs is Authentication.NONE) != (not password):
        raise UsageError(f"{where}: 'auth' and 'auth-password' belong together")
    if (hides is Privacy.NONE) != (not privacy_password):
        raise UsageError(f"{where}: 'privacy' and 'privacy-password' belong together")
    if hides is not Privacy.NONE and signs is Authentication.NONE:
        raise UsageError(f"{where}: SNMP v3 does not encrypt without 'auth'")
    level = entry.get("level", "").casefold()
    has = (signs is not Authentication.NONE) + (hides is not Privacy.NONE)
    if level and _LEVELS.get(level) != has:
        raise UsageError(
            f"{where}: 'level' is authPriv, authNoPriv or noAuthNoPriv; give the passwords that it takes"
        )
    return SnmpUser(entry["user"], signs, password, hides, privacy_password)


def _named(entry: Mapping[str, str], key: str, known: Mapping[str, Any], absent: Any, where: str) -> Any:
    if key not in entry:
        return absent
    found = known.get(entry[key].replace("-", "").casefold())
    if found is None:
        names = ", ".join(dict.fromkeys(map(str, known.values())))
        raise UsageError(f"{where}: '{key}' is one of {names}")
    return found
