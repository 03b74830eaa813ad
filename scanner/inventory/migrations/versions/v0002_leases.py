"""Who sweeps what now, so that no two programs sweep the same addresses at a time."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Float, Text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of leases."""
    op.create_table(
        "lease",
        Column("id", Text, primary_key=True),
        Column("site", Text, nullable=False),
        Column("ranges", Text, nullable=False),
        Column("owner", Text, nullable=False),
        Column("since", Float, nullable=False),
        Column("until", Float, nullable=False),
    )
