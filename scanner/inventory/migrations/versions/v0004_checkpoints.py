"""Views that are told on from checkpoints, indexes for pages of lists, and what was pruned."""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import Any

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Text, text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_COMPUTED = ("alias", "address_interval", "transition", "event", "network_run")
"""Views that keep their shape; all are filled anew from the records when they are looked at next."""


def upgrade() -> None:
    """Empty the views and give them their new shape; records stay as they are."""
    for name in _COMPUTED:
        op.execute(f"DELETE FROM {name}")  # noqa: S608 - names of this file
    for name in ("device", "appearance", "finding"):
        op.drop_table(name)
    op.rename_table("derived", "derived_before")
    _sights()
    _conclusions()
    _state()
    op.create_table(
        "pruned",
        Column("run", Text, ForeignKey("run.id"), primary_key=True),
        Column("at", Text, nullable=False),
        Column("records", Integer, nullable=False),
        Column("chain", Text, nullable=False),
        Column("mark", Text, nullable=False),
    )
    _indexes()


def _sights() -> None:
    """Views of runs, devices and findings."""
    op.create_table(
        "derived",
        Column("run", Text, ForeignKey("run.id"), primary_key=True),
        Column("lines", Integer, nullable=False),
        Column("knowledge", Text, nullable=False),
        Column("shared", Text, nullable=False),
        Column("mark", Text, nullable=False),
        Column("data", LargeBinary, nullable=False),
    )
    names = (
        *("site", "presence", "since", "first_run", "first_at", "last_run", "last_at"),
        *("addresses", "names", "called", "fields"),
    )
    op.create_table(
        "device",
        Column("id", Text, primary_key=True),
        Column("number", Integer, nullable=False),
        *(Column(name, Text, nullable=False) for name in names),
    )
    op.create_table(
        "appearance",
        Column("run", Text, primary_key=True),
        Column("mark", Text, nullable=False),
        Column("numbers", LargeBinary, nullable=False),
    )
    op.create_table(
        "finding",
        Column("id", Text, primary_key=True),
        *(Column(name, Text, nullable=False) for name in ("device", "site", "measure", "state", "since")),
        Column("until", Text),
        Column("data", Text, nullable=False),
    )


def _conclusions() -> None:
    """What was concluded of each run stays, a line for each device now."""
    connection = op.get_bind()
    rows = text("SELECT run, lines, knowledge, data FROM derived_before ORDER BY run")
    for run, lines, knowledge, data in connection.execute(rows).all():
        kept = json.loads(zlib.decompress(data))
        packed = zlib.compress("\n".join([_head(kept), *map(_line, kept["found"])]).encode("ascii"))
        row = {
            "run": run,
            "lines": lines,
            "knowledge": knowledge,
            "shared": _text(sorted(kept["shared"])),
            "mark": hashlib.sha256(packed).hexdigest()[:16],
            "data": packed,
        }
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        connection.execute(text(f"INSERT INTO derived ({names}) VALUES ({values})"), row)  # noqa: S608
    op.drop_table("derived_before")


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _head(kept: dict[str, Any]) -> str:
    networks = [
        [one["prefix"], one["covered"], one["answered"], one["interrupted"]] for one in kept["networks"]
    ]
    return _text({**{name: kept[name] for name in ("shared", "judged", "sightings")}, "networks": networks})


def _line(one: dict[str, Any]) -> str:
    rest = [*(one[name] for name in ("called", "names", "maker", "measures", "fields")), one.get("heard", "")]
    return f"{' '.join(one['addresses'])}\t{' '.join(one['methods'])}\t{_text(rest)}"


def _state() -> None:
    """Where the views left off."""
    op.create_table(
        "cell",
        Column("name", Text, primary_key=True),
        Column("data", LargeBinary, nullable=False),
    )
    op.create_table(
        "former",
        Column("checkpoint", Integer, primary_key=True, autoincrement=False),
        Column("name", Text, primary_key=True),
        Column("data", LargeBinary),
    )
    op.create_table(
        "checkpoint",
        Column("place", Integer, primary_key=True, autoincrement=False),
        Column("at", Text, nullable=False),
        Column("steps", Integer, nullable=False),
        Column("transitions", Integer, nullable=False),
        Column("events", Integer, nullable=False),
        Column("data", Text, nullable=False),
    )
    op.create_table(
        "decided",
        Column("decision", Text, primary_key=True),
        Column("subject", Text, nullable=False),
        Column("united", Text, nullable=False),
        Column("number", Integer),
    )


def _indexes() -> None:
    """One for each order in which pages are read."""
    op.drop_index("network_run_prefix", "network_run")
    for name, table, columns in (
        ("network_run_cover", "network_run", "site prefix at run interrupted covered"),
        ("device_page", "device", "site id"),
        ("device_presence", "device", "presence site id"),
        ("device_number", "device", "number"),
        ("finding_device", "finding", "device"),
        ("finding_page", "finding", "site id"),
        ("finding_state", "finding", "state site id"),
        ("interval_address", "address_interval", "address"),
        ("event_run", "event", "run"),
        ("event_kind", "event", "kind"),
    ):
        op.create_index(name, table, columns.split())
