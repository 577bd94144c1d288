"""What the page of an opened record needs: its clocks now, and conflicts with an earlier edit."""

from __future__ import annotations

from ledger.domain.access import Actor
from ledger.domain.errors import Conflict
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing.clocks import Clock
from ledger.domain.timing.deadline import Deadline
from ledger.records.duties import duties_of
from ledger.records.history.conflicts import conflict_of
from ledger.records.places.areas import current_atlas
from ledger.records.service import Edit, get
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store


def deadlines(
    store: Store, actor: Actor, ledger_key: str, record_id: int
) -> tuple[tuple[Deadline, Clock], ...]:
    """The present state of every clock of one record, each with its declaration.

    Raises `Refused`, `NotFound`.
    """
    record, ledger = get(store, actor, ledger_key, record_id), ledger_named(ledger_key)
    atlas = current_atlas(store)
    with store.reading() as connection:
        around = surroundings_of(store, connection, atlas)
    declared = around.clocks.by_key
    return tuple((duty, declared[duty.key]) for duty in duties_of(ledger, record, around))


def compared(store: Store, actor: Actor, ledger_key: str, edit: Edit) -> Conflict:
    """Compare an edit of an earlier version with the present record, field by field.

    The edit holds values, not texts. Raises `Refused`, `NotFound`.
    """
    row, ledger = get(store, actor, ledger_key, edit.record_id), ledger_named(ledger_key)
    with store.reading() as connection:
        return conflict_of(connection, ledger, row, edit.version, edit.values)
