"""ServiceNow's CMDB through the Identification and Reconciliation Engine.

``POST /api/now/identifyreconcile/query`` first, always: the engine says what it would insert and update,
and changes nothing. Only with ``apply`` and only when the simulation had no error, ``POST
/api/now/identifyreconcile`` follows, with what would change. A write that found no end is not repeated: the
same command again is safe, for the engine finds each CI by ``source_native_key``. Never deletes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from scanner.feeds.interface import Sent, Target
from scanner.model.errors import UsageError
from scanner.reporter.export import Export
from scanner.reporter.export.to_servicenow import items
from scanner.reporter.text import clean, shorten
from scanner.transports.origin import Origin

AT_ONCE = 100
"""Items of one request."""
_PATH = "/api/now/identifyreconcile"
_CHANGES = frozenset({"INSERT", "UPDATE"})
_NAMED = 10


def send(export: Export, target: Target) -> Sent:
    """Simulate, and with ``apply`` carry out.

    Raises:
        UsageError: the instance cannot be reached, refuses us, or answers what is none of its own.
    """
    source = quote(export.setting("source") or "hiksweep", safe="")
    headers = {"Accept": "application/json", "Authorization": f"Bearer {target.token}"}
    origin = Origin(target.url, headers, methods=("POST",), authority=target.authority)
    wanted = items(export)
    told: list[str] = []
    results = list(_all(origin, f"{_PATH}/query?sysparm_data_source={source}", wanted))
    errors = [error for _, result in results for error in _errors(result)]
    counts = Counter(_operation(result) for _, result in results)
    told.append(f"simulated for {len(wanted):,} confirmed devices: {_counted(counts)}")
    told += [f"{item['values']['name']}: {_operation(result).lower()}" for item, result in results][:_NAMED]
    told += [f"error: {one}" for one in errors[:_NAMED]]
    if errors or not target.apply:
        told.append("nothing was changed" + ("" if errors else "; --apply carries it out"))
        return Sent(tuple(told), whole=not errors)
    changing = [item for item, result in results if _operation(result) in _CHANGES]
    done = list(_all(origin, f"{_PATH}?sysparm_data_source={source}", changing))
    errors = [error for _, result in done for error in _errors(result)]
    told.append(f"carried out: {_counted(Counter(_operation(result) for _, result in done))}")
    told += [f"error: {one}" for one in errors[:_NAMED]]
    return Sent(tuple(told), whole=not errors)


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {name.lower()}" for name, count in sorted(counts.items())) or "none"


def _all(
    origin: Origin, path: str, wanted: Sequence[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Each item with what the engine says of it."""
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        answer = origin.ask("POST", path, json.dumps({"items": part, "relations": []}).encode())
        if not answer.good:
            raise UsageError(f"{origin.url}{_PATH}: {answer.said}")
        yield from zip(part, _results(origin, answer.body, len(part)), strict=True)


def _results(origin: Origin, body: bytes, count: int) -> list[Mapping[str, Any]]:
    """The engine's own account, an entry an item."""
    try:
        found = json.loads(body)["result"]["items"]
    except (ValueError, KeyError, TypeError):
        found = None
    if not isinstance(found, list) or len(found) != count or not all(isinstance(one, dict) for one in found):
        raise UsageError(f"{origin.url}{_PATH}: the answer is no account of {count:,} items")
    return found


def _operation(result: Mapping[str, Any]) -> str:
    return shorten(clean(str(result.get("operation") or "NO_CHANGE")), 40).upper()


def _errors(result: Mapping[str, Any]) -> list[str]:
    errors = result.get("errors") or []
    return (
        [shorten(clean(json.dumps(one)), 300) for one in errors] if isinstance(errors, list) else ["unknown"]
    )
