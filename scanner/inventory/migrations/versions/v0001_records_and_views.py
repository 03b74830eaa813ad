"""The first tables: records of runs and decisions, and the views over them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    _records()
    _states()
    _changes()
    _sights()


def _records() -> None:
    """What is only ever added."""
    op.create_table(
        "run",
        Column("id", Text, primary_key=True),
        Column("site", Text, nullable=False),
        Column("header", Text, nullable=False),
        Column("started", Text, nullable=False),
        Column("finished", Text),
        Column("reason", Text, nullable=False, server_default=""),
        Column("interrupted", Integer, nullable=False, server_default="0"),
        Column("lines", Integer, nullable=False),
        Column("chain", Text, nullable=False),
    )
    op.create_index("run_started", "run", ["started"])
    op.create_table(
        "record",
        Column("run", Text, ForeignKey("run.id"), primary_key=True),
        Column("seq", Integer, primary_key=True, autoincrement=False),
        Column("kind", Text, nullable=False),
        Column("address", Text, nullable=False, server_default=""),
        Column("data", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "body",
        Column("digest", Text, primary_key=True),
        Column("size", Integer, nullable=False),
        Column("kept", Text, nullable=False),
        Column("data", LargeBinary, nullable=False),
    )
    op.create_table(
        "decision",
        Column("id", Text, primary_key=True),
        Column("at", Text, nullable=False),
        Column("by", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("data", Text, nullable=False),
    )
    op.create_index("decision_at", "decision", ["at"])


def _states() -> None:
    """Views of devices and what became of them."""
    op.create_table(
        "device",
        Column("id", Text, primary_key=True),
        Column("site", Text, nullable=False),
        Column("presence", Text, nullable=False),
        Column("since", Text, nullable=False),
        Column("first_run", Text, nullable=False),
        Column("first_at", Text, nullable=False),
        Column("last_run", Text, nullable=False),
        Column("last_at", Text, nullable=False),
        Column("addresses", Text, nullable=False),
        Column("names", Text, nullable=False),
        Column("fields", Text, nullable=False),
    )
    op.create_index("device_site", "device", ["site", "presence"])
    op.create_table(
        "alias",
        Column("alias", Text, primary_key=True),
        Column("device", Text, primary_key=True),
        Column("since", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("alias_device", "alias", ["device"])
    op.create_table(
        "finding",
        Column("id", Text, primary_key=True),
        Column("device", Text, nullable=False),
        Column("measure", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("since", Text, nullable=False),
        Column("until", Text),
        Column("data", Text, nullable=False),
    )
    op.create_index("finding_device", "finding", ["device"])
    op.create_index("finding_state", "finding", ["state", "measure"])


def _changes() -> None:
    """Views of what changed."""
    op.create_table(
        "transition",
        Column("place", Integer, primary_key=True, autoincrement=False),
        Column("subject", Text, nullable=False),
        Column("before", Text, nullable=False),
        Column("after", Text, nullable=False),
        Column("trigger", Text, nullable=False),
        Column("needs", Text, nullable=False),
        Column("run", Text, nullable=False),
        Column("decision", Text, nullable=False),
        Column("at", Text, nullable=False),
        Column("evidence", Text, nullable=False),
    )
    op.create_index("transition_subject", "transition", ["subject"])
    op.create_table(
        "event",
        Column("place", Integer, primary_key=True, autoincrement=False),
        Column("kind", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("at", Text, nullable=False),
        Column("run", Text, nullable=False),
        Column("decision", Text, nullable=False),
        Column("detail", Text, nullable=False),
    )
    op.create_index("event_subject", "event", ["subject"])


def _sights() -> None:
    """Views of what runs saw."""
    op.create_table(
        "derived",
        Column("run", Text, ForeignKey("run.id"), primary_key=True),
        Column("lines", Integer, nullable=False),
        Column("knowledge", Text, nullable=False),
        Column("data", LargeBinary, nullable=False),
    )
    op.create_table(
        "appearance",
        Column("run", Text, primary_key=True),
        Column("device", Text, primary_key=True),
        Column("address", Text, primary_key=True),
        Column("called", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("appearance_device", "appearance", ["device"])
    op.create_table(
        "network_run",
        Column("run", Text, primary_key=True),
        Column("prefix", Text, primary_key=True),
        Column("site", Text, nullable=False),
        Column("at", Text, nullable=False),
        Column("covered", Text, nullable=False),
        Column("answered", Text, nullable=False),
        Column("others", Text, nullable=False),
        Column("interrupted", Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("network_run_prefix", "network_run", ["site", "prefix", "at"])
    op.create_table(
        "address_interval",
        Column("device", Text, primary_key=True),
        Column("site", Text, primary_key=True),
        Column("address", Text, primary_key=True),
        Column("first_at", Text, primary_key=True),
        Column("first_run", Text, nullable=False),
        Column("last_at", Text, nullable=False),
        Column("last_run", Text, nullable=False),
        sqlite_with_rowid=False,
    )
