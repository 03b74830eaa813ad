"""What a site knows and no scan sees: facts by default, by prefix, by address and by serial number."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias

from scanner.knowledge.facts import load_facts
from scanner.knowledge.location import fingerprints_root
from scanner.knowledge.mandate_words import FactKind, MandateLibrary
from scanner.knowledge.yaml_lines import Node, parse_yaml
from scanner.model.device import Device
from scanner.model.errors import KnowledgeError, UsageError

Values: TypeAlias = Mapping[str, str]
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_SECTIONS = ("defaults", "addresses", "prefixes", "serials")
_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})
_SHORT_SERIAL = re.compile(r"(?:\d{9}|[A-Z]\d{8}|[A-Z]{2}\d{7})(?=[A-Z]{0,6}$)")
"""The last part of a long serial, which also stands alone on labels; letters of features may follow it."""


@lru_cache(maxsize=1)
def _declared() -> Mapping[str, FactKind]:
    return load_facts(fingerprints_root())[0]


@dataclass(frozen=True)
class Facts:
    """The facts of a site. The most specific wins: serial, address, longest prefix, defaults."""

    defaults: Values = field(default_factory=dict)
    addresses: Mapping[str, Values] = field(default_factory=dict)
    prefixes: Mapping[Network, Values] = field(default_factory=dict)
    serials: Mapping[str, Values] = field(default_factory=dict)
    """Keyed by the short serial number where the text holds one."""
    kinds: Mapping[str, FactKind] = field(default_factory=_declared)
    """The facts that may be told."""

    def for_device(self, device: Device) -> Mapping[str, str]:
        """Every fact told of a device, by name."""
        found: dict[str, str] = dict(self.defaults)
        addresses = tuple(_address(text) for text in device.addresses)
        for network in sorted(self.prefixes, key=lambda known: known.prefixlen):
            if any(address is not None and address in network for address in addresses):
                found.update(self.prefixes[network])
        for address in addresses:
            found.update(self.addresses.get(str(address), {}))
        if device.serial:
            found.update(self.serials.get(short_serial(device.serial), {}))
        return found

    def with_fact(self, text: str) -> Facts:
        """These facts with one more default, written ``name=value``.

        Raises:
            UsageError: it is no such pair, no such fact, or no value of that fact.
        """
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"a fact is written NAME=VALUE, not {text!r}")
        name = name.strip()
        told = {**self.defaults, name: _value(self.kind(name, f"fact {text!r}"), value, f"fact {text!r}")}
        return replace(self, defaults=told)

    def as_data(self) -> dict[str, Any]:
        """The facts as `read_facts` reads them, for the record of a run."""
        sections: dict[str, Mapping[str, Any]] = {
            "defaults": self.defaults,
            "addresses": self.addresses,
            "prefixes": {str(network): values for network, values in self.prefixes.items()},
            "serials": self.serials,
        }
        return {
            name: {key: dict(value) if isinstance(value, Mapping) else value for key, value in told.items()}
            for name, told in sections.items()
            if told
        }

    def kind(self, name: str, where: str) -> FactKind:
        """The fact of a name.

        Raises:
            UsageError: there is none that can be told; the message begins with ``where``.
        """
        may_be_told = [kind.name for kind in self.kinds.values() if kind.given_by != "device"]
        if name in may_be_told:
            return self.kinds[name]
        if name in self.kinds:
            raise UsageError(f"{where}: {name} is read from the device and cannot be told")
        near = difflib.get_close_matches(name, may_be_told, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise UsageError(f"{where}: unknown fact {name!r}; {hint}known are {', '.join(may_be_told)}")


def read_facts(text: str, where: str, library: MandateLibrary | None = None) -> Facts:
    """The facts of a YAML file.

    Args:
        text: the file; ``defaults``, ``addresses``, ``prefixes`` and ``serials``, all optional.
        where: its name, for errors.
        library: declares the facts; by default those of this installation.

    Raises:
        UsageError: no YAML, an unknown section or fact, or a value that the fact does not allow; one line.
    """
    empty = Facts() if library is None else Facts(kinds=library.facts)
    if not text.strip():
        return empty
    try:
        return _read(parse_yaml(text, where), empty)
    except KnowledgeError as error:
        raise UsageError(str(error)) from None


def _read(root: Node, empty: Facts) -> Facts:
    sections = root.mapping("a file of facts")
    for name, node in sections.items():
        if name not in _SECTIONS:
            raise node.fail(f"unknown section {name!r}; known are {', '.join(_SECTIONS)}")
    defaults = dict(_values(sections["defaults"], empty)) if _filled(sections, "defaults") else {}
    addresses = {}
    for text, node in _entries(sections, "addresses"):
        address = _address(text)
        if address is None:
            raise node.fail(f"{text!r} is no address")
        addresses[str(address)] = dict(_values(node, empty))
    prefixes: dict[Network, Values] = {}
    for text, node in _entries(sections, "prefixes"):
        try:
            prefixes[ipaddress.ip_network(text)] = dict(_values(node, empty))
        except ValueError as error:
            raise node.fail(f"{text!r} is no prefix: {error}") from None
    serials = {short_serial(text): dict(_values(node, empty)) for text, node in _entries(sections, "serials")}
    return Facts(defaults, addresses, prefixes, serials, empty.kinds)


def _filled(sections: Mapping[str, Node], name: str) -> bool:
    return name in sections and sections[name].value is not None


def _entries(sections: Mapping[str, Node], name: str) -> Iterator[tuple[str, Node]]:
    if _filled(sections, name):
        yield from sections[name].mapping(name).items()


def _values(node: Node, facts: Facts) -> Iterator[tuple[str, str]]:
    for name, entry in node.mapping("a set of facts").items():
        where = f"{entry.where}:{entry.line}"
        kind = facts.kind(name, where)
        if isinstance(entry.value, (dict, list)) or entry.value is None:
            raise UsageError(f"{where}: {name} must be {kind.allowed}")
        yield name, _value(kind, str(entry.value), where)


def _value(kind: FactKind, text: str, where: str) -> str:
    """A value in the one spelling that conditions are held against."""
    value = text.strip()
    if kind.type == "bool":
        value = "yes" if value.lower() in _YES else "no" if value.lower() in _NO else ""
    elif kind.type == "choice":
        value = value if value in kind.choices else ""
    elif kind.type == "date":
        value = value if _is_day(value) else ""
    if not value:
        raise UsageError(f"{where}: {kind.name} cannot be {text.strip()!r}; it must be {kind.allowed}")
    return value


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])  # the interface is no part of it
    except ValueError:
        return None


def short_serial(text: str) -> str:
    """The short serial number of a long or a short one; the text itself, in capitals, where there is none."""
    whole = text.strip().upper()
    found = _SHORT_SERIAL.search(whole)
    return found.group() if found else whole
