"""The day on which areas begin or end: records are assigned to the tree of the new day.

Areas are in force from their ``valid_from`` to the day before their ``valid_to``
(`ledger.records.places.areas.in_force`). A map that was loaded for a later day becomes the tree in
force when that day comes; the records follow then, not before.
"""

from __future__ import annotations

from sqlalchemy import Connection

from ledger.domain.access import SYSTEM
from ledger.records import replacement
from ledger.records.history import audit
from ledger.records.places.areas import REVISION, read_atlas, turns
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store, options
from ledger.storage.again import tried_again

STANDS_SINCE = "areas_stand_since"


@tried_again
def turn(store: Store) -> int | None:
    """Assign all records to the areas of today, if areas began or ended since they were assigned.

    To be called when the program starts and once a day (`python -m ledger facts --recount`).
    Returns how many records got another area; None if nothing began or ended.
    """
    with store.reading() as connection:
        if options.read(connection, STANDS_SINCE) == _since(connection):
            return None
    with store.writing() as connection:
        since = _since(connection)
        if options.read(connection, STANDS_SINCE) == since:
            return None
        moved = replacement.place_all(
            connection, SYSTEM, lambda: surroundings_of(store, connection, read_atlas(connection))
        )
        options.bump(connection, REVISION)
        note(connection)
        after = {"began": since, "moved": moved}
        audit.append(connection, SYSTEM, [audit.Change("areas", ledger="areas", after=after)])
        return moved


def note(connection: Connection) -> None:
    """Store that all records are assigned to the areas of today."""
    options.write(connection, STANDS_SINCE, _since(connection))


def _since(connection: Connection) -> str:
    return turns(connection)[0].isoformat()
