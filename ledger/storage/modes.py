"""The execution options of connections that write and of those that only read.

They have a file of their own because `engine` and the two databases' modules all use them.
"""

from __future__ import annotations

from typing import Any

WRITES = "ledger_writes"
# Of PostgreSQL: a read is one snapshot and cannot write.
READS: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
