"""What reclassifications changed."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of what was reclassified."""
    op.create_table(
        "reclassified",
        Column("decision", Text, ForeignKey("decision.id"), primary_key=True),
        Column("place", Integer, primary_key=True, autoincrement=False),
        Column("device", Text, nullable=False),
        Column("became", Text, nullable=False),
        Column("data", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("reclassified_device", "reclassified", ["device"])
    op.create_index("reclassified_became", "reclassified", ["became"])
