"""A file of knowledge held against its JSON Schema; what is wrong is said at its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
from jsonschema.exceptions import ValidationError

from scanner.knowledge.yaml_lines import Node, name_of
from scanner.model.errors import KnowledgeError, unreadable


def check_schema(root: Node, schema: Path) -> None:
    """Refuse a file that does not keep to its schema.

    Raises:
        KnowledgeError: the first fault by line, or the schema itself is missing or no JSON.
    """
    faults = jsonschema.Draft202012Validator(_read(schema)).iter_errors(root.plain())
    found = sorted((_place(root, fault), _say(fault)) for fault in faults)
    if found:
        line, message = found[0]
        raise KnowledgeError(f"{root.where}:{line}: {message}")


def _read(schema: Path) -> dict[str, Any]:
    try:
        read: dict[str, Any] = json.loads(schema.read_text(encoding="utf-8"))
    except OSError as error:
        raise KnowledgeError(unreadable(f"{name_of(schema)}:1", error)) from None
    except ValueError as error:
        raise KnowledgeError(f"{name_of(schema)}:1: no JSON: {error}") from None
    return read


def _place(root: Node, fault: ValidationError) -> int:
    node = root.at(tuple(fault.absolute_path))
    unknown = _unknown(fault)
    if unknown and isinstance(node.value, dict):
        return node.value[unknown[0]].line
    return node.line


def _unknown(fault: ValidationError) -> list[str]:
    if fault.validator != "additionalProperties" or not isinstance(fault.instance, dict):
        return []
    return [key for key in fault.instance if key not in _properties(fault)]


def _properties(fault: ValidationError) -> dict[str, Any]:
    found: dict[str, Any] = fault.schema.get("properties", {}) if isinstance(fault.schema, dict) else {}
    return found


def _say(fault: ValidationError) -> str:
    """The fault in one line: which field, what is wrong, what would be right."""
    steps = [str(step) for step in fault.absolute_path]
    field = next((step for step in reversed(steps) if not step.isdigit()), "the file")
    wanted: Any = fault.validator_value
    given: Any = fault.instance
    unknown = _unknown(fault)
    if unknown:
        return f"unknown field {unknown[0]!r} in {field}; known are {', '.join(sorted(_properties(fault)))}"
    if fault.validator == "enum":
        return f"{field}: unknown word {given!r}; known are {', '.join(map(str, wanted))}"
    if fault.validator == "required":
        missing = [name for name in wanted if name not in given]
        return f"{field}: {', '.join(missing)} is missing"
    if fault.validator in ("minItems", "minLength"):
        return f"{field} must not be empty"
    if fault.validator == "type":
        return f"{field} must be {wanted if isinstance(wanted, str) else ' or '.join(wanted)}"
    if fault.validator == "pattern":
        return f"{field}: {given!r} does not have the form {wanted}"
    return f"{field}: {fault.message}"
