"""Numbers that grow when the database changes; caches use them as part of their keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import select

from ledger.records.places import areas
from ledger.storage import Store
from ledger.storage.own_tables import options
from ledger.storage.tables import chain_head


@dataclass(frozen=True)
class Revisions:
    """The state of a database: its address, and two numbers that grow.

    ``data`` grows with every entry of the log, ``areas`` with every load of areas.
    """

    address: str
    data: int
    areas: int


@dataclass(frozen=True)
class _Known:
    store: Store
    writes: int
    revisions: Revisions


_known: ContextVar[_Known | None] = ContextVar("revisions", default=None)
_BOTH = select(
    select(chain_head.c.last_id).scalar_subquery(),
    select(options.c.value).where(options.c.key == areas.REVISION).scalar_subquery(),
)


def read_revisions(store: Store) -> Revisions:
    """The state of the database now, in one short read."""
    known = _known.get()
    if known is not None and known.store is store and known.writes == store.writes:
        return known.revisions
    return _read(store)


@contextmanager
def revisions_read_once(store: Store) -> Iterator[Revisions]:
    """Within the run of one page `read_revisions` answers with the state at the beginning of it,
    until this process writes. Whatever is read in the run is as new as that, or newer."""
    writes = store.writes
    found = _read(store)
    token = _known.set(_Known(store, writes, found))
    try:
        yield found
    finally:
        _known.reset(token)


def _read(store: Store) -> Revisions:
    with store.reading() as connection:
        data, loads = connection.execute(_BOTH).one()
    return Revisions(store.url, data or 0, int(loads or 0))
