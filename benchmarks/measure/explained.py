"""Why each error came out so: `explained.yaml`, held against the errors that there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from benchmarks.measure.cases import OWN
from benchmarks.measure.counting import Error, Score
from scanner.model.errors import Malformed

EXPLAINED = Path(__file__).parents[1] / "explained.yaml"

Key = tuple[str, str, str]
"""Corpus, host, kind of error."""


def read_explained(path: Path = EXPLAINED) -> dict[Key, str]:
    """The reasons by what they explain.

    Raises:
        Malformed: an entry lacks something, or two explain the same error.
    """
    reasons: dict[Key, str] = {}
    for number, entry in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))["explained"], 1):
        try:
            corpus, kind, hosts, why = (entry[name] for name in ("corpus", "kind", "hosts", "why"))
        except KeyError as missing:
            raise Malformed(f"{path.name}: entry {number} has no {missing}") from None
        for host in hosts:
            key = corpus, str(host), kind
            if key in reasons:
                raise Malformed(f"{path.name}: entry {number} explains {host} ({kind}) once more")
            reasons[key] = why.strip()
    return reasons


def unexplained(scores: Iterable[Score], reasons: dict[Key, str]) -> Iterator[str]:
    """Errors and disputes without a reason, and reasons without their error, of what was measured.

    A corpus of which nothing is explained is somebody else's: its errors are news and no fault of ours.
    """
    ours = {OWN, *(key[0].partition(",")[0] for key in reasons)}
    known = [total for total in scores if total.corpus in ours]
    told = {key_of(total, error) for total in known for error in (*total.errors, *total.disputes)}
    for key in sorted(told - reasons.keys()):
        yield f"{' '.join(key)}: not explained in {EXPLAINED.name}"
    measured = {total.told_as for total in known}
    for key in sorted(reasons.keys() - told):
        if key[0] in measured:
            yield f"{' '.join(key)}: explained in {EXPLAINED.name} and no error any more"


def key_of(total: Score, error: Error) -> Key:
    """What a reason is found by."""
    return total.told_as, error.host, error.kind
