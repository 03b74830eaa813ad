"""What is written to trackers, and when each of their tickets was first seen closed."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the outbox and the memory of closed tickets."""
    op.create_table(
        "outbox",
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
    op.create_table(
        "closed_ticket",
        Column("tracker", Text, primary_key=True),
        Column("ticket", Text, primary_key=True),
        Column("since", Text, nullable=False),
    )
    op.create_index("outbox_state", "outbox", ["tracker", "state"])
