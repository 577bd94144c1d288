"""The check of a database: its own structure, the chain of changes, and the index of the search."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from ledger.operations.search_check import faults_of_search
from ledger.records.history import chain_check
from ledger.storage import Store, schema_state


@dataclass(frozen=True)
class Verification:
    """The state of a database: the number of log entries read, and every fault in Chinese."""

    entries: int
    faults: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.faults


def verify(store: Store) -> Verification:
    """Check the database's own structure, the whole chain of changes, and the index of the search;
    the last only in a database of this program's version."""
    faults: list[str] = []
    current = schema_state(store) == "current"
    with store.reading() as connection:
        if store.is_sqlite:
            found = [row[0] for row in connection.execute(text("PRAGMA integrity_check"))]
            faults += [f"数据库文件有损坏：{line}" for line in found if line != "ok"]
            lost = list(connection.execute(text("PRAGMA foreign_key_check")))
            faults += [f"数据表 {row[0]} 的第 {row[1]} 行指向不存在的记录" for row in lost]
        verdict = chain_check.verify(connection)
        faults += verdict.faults
        if current:
            faults += faults_of_search(connection)
    return Verification(verdict.entries, tuple(faults))
