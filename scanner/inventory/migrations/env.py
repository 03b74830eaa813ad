"""What Alembic runs for each migration: over the connection that the engine hands it, in its transaction."""

from __future__ import annotations

from alembic import context

from scanner.inventory.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
