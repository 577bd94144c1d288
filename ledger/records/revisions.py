"""Numbers that grow when the database changes; caches use them as part of their keys."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.records.history import audit
from ledger.records.places import areas
from ledger.storage import Store


@dataclass(frozen=True)
class Revisions:
    """The state of a database: its address, and two numbers that grow.

    ``data`` grows with every entry of the log, ``areas`` with every load of areas.
    """

    address: str
    data: int
    areas: int


def read_revisions(store: Store) -> Revisions:
    """The state of the database now, in one short read."""
    with store.reading() as connection:
        return Revisions(store.url, audit.revision(connection), areas.revision(connection))
