"""Where records are kept: SQLite for one office, PostgreSQL for a city.

Only the names that most modules need are exported here. Everything else is imported from its
module.
"""

from ledger.storage.engine import Store
from ledger.storage.migrate import migrate, require_current, schema_state
from ledger.storage.opening import open_store

__all__ = ["Store", "migrate", "open_store", "require_current", "schema_state"]
