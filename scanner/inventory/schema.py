"""The tables: records are only ever added, views are computed from them and may be dropped at any time.

Times are ISO 8601 text in UTC, which sorts as it reads. JSON is kept as text, so that both databases give
back what they were given.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text

HEAD = "0005"
"""The revision that this program writes; the newest of ``migrations/versions``."""

metadata = MetaData()

revision_table = Table("alembic_version", metadata, Column("version_num", String(32), primary_key=True))
"""Which revision the tables are of; Alembic's own."""

# --- records ---

run = Table(
    "run",
    metadata,
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
"""A run; ``lines`` of its journal are taken, and ``chain`` is a digest over all that were kept."""

record = Table(
    "record",
    metadata,
    Column("run", Text, ForeignKey("run.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False, server_default=""),
    Column("data", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""A line of a journal as it stood there; ``seq`` is its number."""

body = Table(
    "body",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("kept", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
"""What came back, once, compressed; ``digest`` is of the bytes of the wire, ``kept`` of what we keep."""

decision = Table(
    "decision",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("data", Text, nullable=False),
)
"""What a person decided."""

reclassified = Table(
    "reclassified",
    metadata,
    Column("decision", Text, ForeignKey("decision.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("device", Text, nullable=False),
    Column("became", Text, nullable=False),
    Column("data", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""What a reclassification changed of a device: its id before and after; empty: it was none, or is none."""

pruned = Table(
    "pruned",
    metadata,
    Column("run", Text, ForeignKey("run.id"), primary_key=True),
    Column("at", Text, nullable=False),
    Column("records", Integer, nullable=False),
    Column("chain", Text, nullable=False),
    Column("mark", Text, nullable=False),
)
"""A run of which records were pruned: how many are left, the digest over them, and what it amounts to."""

# --- views ---

derived = Table(
    "derived",
    metadata,
    Column("run", Text, ForeignKey("run.id"), primary_key=True),
    Column("lines", Integer, nullable=False),
    Column("knowledge", Text, nullable=False),
    Column("shared", Text, nullable=False),
    Column("mark", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
"""What one run amounts to by itself: its devices, before they are joined with those of other runs.

``shared`` are the names in it that differing things carried, ``mark`` is a digest of ``data``.
"""

device = Table(
    "device",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("site", Text, nullable=False),
    Column("presence", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("first_run", Text, nullable=False),
    Column("first_at", Text, nullable=False),
    Column("last_run", Text, nullable=False),
    Column("last_at", Text, nullable=False),
    Column("addresses", Text, nullable=False),
    Column("names", Text, nullable=False),
    Column("called", Text, nullable=False),
    Column("fields", Text, nullable=False),
)
"""A device as it was last seen; ``called`` is the run that saw it, and the id that it gave it."""

alias = Table(
    "alias",
    metadata,
    Column("alias", Text, primary_key=True),
    Column("device", Text, primary_key=True),
    Column("since", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""Everything that a device was ever called."""

appearance = Table(
    "appearance",
    metadata,
    Column("run", Text, primary_key=True),
    Column("mark", Text, nullable=False),
    Column("numbers", LargeBinary, nullable=False),
)
"""A run that was told: the ``mark`` that it had then, and the number of the device of each thing in it."""

network_run = Table(
    "network_run",
    metadata,
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
"""What a run covered of a prefix."""

address_interval = Table(
    "address_interval",
    metadata,
    Column("device", Text, primary_key=True),
    Column("site", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("first_at", Text, primary_key=True),
    Column("first_run", Text, nullable=False),
    Column("last_at", Text, nullable=False),
    Column("last_run", Text, nullable=False),
    sqlite_with_rowid=False,
)
"""An address that a device had, from the first run to the last that saw it there without another between."""

finding = Table(
    "finding",
    metadata,
    Column("id", Text, primary_key=True),
    Column("device", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("until", Text),
    Column("data", Text, nullable=False),
)
"""A device under a measure."""

transition = Table(
    "transition",
    metadata,
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
"""One change of state; ``place`` is its place among all, in the order of time.

Below 0 stands what reclassifications changed: it is told beside everything else, which they had told anew.
"""

event = Table(
    "event",
    metadata,
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("detail", Text, nullable=False),
)
"""Something that happened, without a change of state by itself."""

cell = Table(
    "cell",
    metadata,
    Column("name", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""A piece of the state that the next run is told to."""

former = Table(
    "former",
    metadata,
    Column("checkpoint", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("data", LargeBinary),
)
"""What a cell was at the checkpoint before this one; NULL: there was none."""

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("transitions", Integer, nullable=False),
    Column("events", Integer, nullable=False),
    Column("data", Text, nullable=False),
)
"""A moment from which the views can be told on: so many steps, transitions and events came before."""

decided = Table(
    "decided",
    metadata,
    Column("decision", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("united", Text, nullable=False),
    Column("number", Integer),
)
"""A decision that was told: on whom, which two devices it made one, which device it was made on."""

# --- neither: what is under way ---

lease = Table(
    "lease",
    metadata,
    Column("id", Text, primary_key=True),
    Column("site", Text, nullable=False),
    Column("ranges", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("since", Float, nullable=False),
    Column("until", Float, nullable=False),
)
"""Who sweeps what now; ``since`` and ``until`` in seconds of the database's clock."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tracker", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("keys", Text, nullable=False),
    Column("ticket", Text, nullable=False),
    Column("mark", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("note", Text, nullable=False),
)
"""Each write to a tracker, kept before it is sent; ``state`` says what is known of how it ended."""

closed_ticket = Table(
    "closed_ticket",
    metadata,
    Column("tracker", Text, primary_key=True),
    Column("ticket", Text, primary_key=True),
    Column("since", Text, nullable=False),
)
"""When a ticket was first seen closed."""

Index("outbox_state", outbox.c.tracker, outbox.c.state)
Index("run_started", run.c.started)
Index("decision_at", decision.c.at)
Index("alias_device", alias.c.device)
Index(
    "network_run_cover",
    network_run.c.site,
    network_run.c.prefix,
    network_run.c.at,
    network_run.c.run,
    network_run.c.interrupted,
    network_run.c.covered,
)
Index("device_page", device.c.site, device.c.id)
Index("device_presence", device.c.presence, device.c.site, device.c.id)
Index("device_number", device.c.number)
Index("finding_device", finding.c.device)
Index("finding_page", finding.c.site, finding.c.id)
Index("finding_state", finding.c.state, finding.c.site, finding.c.id)
Index("interval_address", address_interval.c.address)
Index("transition_subject", transition.c.subject)
Index("event_subject", event.c.subject)
Index("event_run", event.c.run)
Index("event_kind", event.c.kind)
Index("reclassified_device", reclassified.c.device)
Index("reclassified_became", reclassified.c.became)

RECORDS = (run, record, body, decision, reclassified, pruned, outbox, closed_ticket)
VIEWS = (
    derived,
    device,
    alias,
    appearance,
    network_run,
    address_interval,
    finding,
    transition,
    event,
)
STATE = (cell, former, checkpoint, decided)
"""Where the views left off; it says nothing that they do not say."""
