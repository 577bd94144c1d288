"""The one road of records: who may write a ledger's table, and a watch over the whole suite."""

from __future__ import annotations

import re
import sys
from typing import Any

from sqlalchemy import Engine, event

from ledger.storage.tables import LEDGER_TABLES

ROAD = "ledger.records.saving"
# Module → why it writes a ledger's table without being the road.
BESIDE_THE_ROAD = {
    "ledger.records.area_storing": "areas are versions of boundaries, not records of people",
    "ledger.records.area_tree": "parents and paths of areas, with area_storing",
    "ledger.storage.bulk": "inserts for area_storing; no other module calls it",
    "ledger.operations.retention": "erases from record and history at once; the road would log it",
    "ledger.operations.stored": "turns keys: what is sealed stays the same text, nothing changed",
    "ledger.operations.transfer": "copies whole tables into another database, history included",
    "ledger.storage.migrate": "changes the schema before anybody works with it",
}
_WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?')
_OURS = ("ledger.", "pages.", "data.", "geo.")


def table_written(statement: str) -> str | None:
    """The ledger whose table an SQL statement writes, if any."""
    found = _WRITES.match(statement) if statement[:6].upper() in _VERBS else None
    return found[1] if found and found[1] in LEDGER_TABLES else None


_VERBS = frozenset({"INSERT", "UPDATE", "DELETE"})


def writer_of(frame: Any) -> str | None:
    """The module of the product that is nearest on the stack; None where a test writes itself."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith(("tests.", *_OURS)):
            return None if name.startswith("tests.") else name
        frame = frame.f_back
    return None


def watch() -> None:
    """From now on a statement that leaves the road fails the test that runs it."""
    event.listen(Engine, "before_cursor_execute", _look)


def _look(
    _connection: Any, _cursor: Any, statement: str, _values: Any, _context: Any, _many: bool
) -> None:
    table = table_written(statement)
    if table is None:
        return
    writer = writer_of(sys._getframe(1))
    if writer not in (None, ROAD, *BESIDE_THE_ROAD):
        raise AssertionError(f"{writer} writes the table {table} beside {ROAD}")
