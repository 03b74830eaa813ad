"""Events for Splunk's HTTP Event Collector, in batches.

``POST /services/collector/event`` with ``Authorization: Splunk TOKEN`` (docs.splunk.com, "HTTP Event
Collector REST API endpoints"). A batch is objects one after another, never an array, below ``BATCH`` bytes.
The collector refuses a whole batch for one bad event (code 6): then each of its events goes alone, and the
bad one loses only itself. What is refused as too busy (429, 503) was not taken and is sent again; after a
broken connection nobody knows, and it is sent again too: at least once. Events carry the run and the
finding's key to dedup by.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from scanner.feeds.interface import Sent, Target
from scanner.model.errors import UsageError
from scanner.reporter.export import Export
from scanner.reporter.export.to_splunk import lines
from scanner.transports.origin import Answer, Origin

BATCH = 500_000
"""Bytes; the collector's own limit is 800,000 at the least."""
TRIES = 4
_PATH = "/services/collector/event"
_BUSY = frozenset({429, 503})
_REFUSES_US = frozenset({401, 403, 404})
_WAIT = 2.0
_NAMED = 5
"""Refused events that are named."""


def send(export: Export, target: Target, *, sleep: Callable[[float], None] = time.sleep) -> Sent:
    """Hand every event over.

    Raises:
        UsageError: the collector cannot be reached, or takes nothing from us.
    """
    headers = {"Authorization": f"Splunk {target.token}"}
    origin = Origin(target.url, headers, methods=("POST",), authority=target.authority, sleep=sleep)
    refused: list[str] = []
    count = 0
    for batch in batches(lines(export)):
        count += len(batch)
        answer = _post(origin, batch, sleep)
        if answer.good:
            continue
        for one in batch if len(batch) > 1 else ():
            alone = _post(origin, [one], sleep)
            if not alone.good:
                refused.append(f"{alone.said}: {one[:120]}")
        if len(batch) == 1:
            refused.append(f"{answer.said}: {batch[0][:120]}")
    told = [f"{count - len(refused):,} of {count:,} events were taken"]
    told += [f"refused: {one}" for one in refused[:_NAMED]]
    return Sent(tuple(told), whole=not refused)


def batches(events: Iterable[str]) -> Iterator[list[str]]:
    """Events together, as many as a batch holds."""
    batch: list[str] = []
    size = 0
    for event in events:
        length = len(event.encode()) + 1
        if batch and size + length > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += length
    if batch:
        yield batch


def _post(origin: Origin, batch: Sequence[str], sleep: Callable[[float], None]) -> Answer:
    """Send until it is taken or refused for good.

    Raises:
        UsageError: our token is refused, or no answer came at all.
    """
    body = "\n".join(batch).encode()
    trouble = ""
    for attempt in range(TRIES):
        if attempt:
            sleep(_WAIT * 2 ** (attempt - 1))
        try:
            answer = origin.ask("POST", _PATH, body)
        except UsageError as error:
            trouble = str(error)
            continue
        if answer.status in _REFUSES_US:
            raise UsageError(f"{origin.url}{_PATH}: {answer.said}")
        if answer.status not in _BUSY:
            return answer if not answer.good or _taken(answer) else Answer(400, answer.body, answer.said)
        trouble = f"{origin.url}{_PATH}: {answer.said}"
    raise UsageError(trouble)


def _taken(answer: Answer) -> bool:
    """The collector's own word: code 0 is success. An answer that is none of its own is no success."""
    try:
        return bool(json.loads(answer.body)["code"] == 0)
    except (ValueError, KeyError, TypeError):
        return False
