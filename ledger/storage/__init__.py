"""Where records are kept: SQLite for one office, PostgreSQL for a city."""

from ledger.storage.engine import Store, open_store
from ledger.storage.migrate import migrate, require_current, schema_state

__all__ = ["Store", "migrate", "open_store", "require_current", "schema_state"]
