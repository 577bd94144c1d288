"""The values that a form for a new record begins with."""

from __future__ import annotations

from typing import Any

from geo.atlas import Atlas
from ledger.casework.coverage import current_round
from ledger.domain.access import Actor
from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.timing import clock
from ledger.storage import Store

# The day, or moment, from which a record of its ledger counts.
_BEGINNINGS = ("registered_at", "registered_on", "opened_on", "held_on", "inspected_on")


def fresh_values(store: Store, actor: Actor, ledger: Ledger, atlas: Atlas) -> dict[str, Any]:
    """The first values of a new record: now, today, the current round, the actor's own area."""
    given: dict[str, Any] = {}
    for key in _BEGINNINGS:
        column = ledger.by_key.get(key)
        if column is not None and column.required and not column.computed:
            is_moment = column.type is ColumnType.MOMENT
            given[key] = clock.now() if is_moment else clock.today()
    if "round" in ledger.by_key:
        given["round"] = current_round(store)
    own = atlas.get(actor.scope_code)
    if ledger.geometry is None and own is not None and own.level in {"village", "grid"}:
        given["area_code"] = own.code
    return given


def fresh_visit(store: Store, actor: Actor) -> dict[str, Any]:
    """The first values of a visit: the current round, today, the inspector's name, no facts."""
    return {
        "round": current_round(store),
        "inspected_on": clock.today(),
        "inspectors": actor.display_name or actor.name,
    }
