"""Alembic's entry: runs migrations on the connection that `ledger.storage.migrate` hands over."""

from __future__ import annotations

from alembic import context

from ledger.storage import own_tables, tables  # noqa: F401 - known to the metadata once imported
from ledger.storage.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
