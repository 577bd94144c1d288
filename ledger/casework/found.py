"""How many records filters find: each filter alone, and all of them by area below the one shown."""

from __future__ import annotations

from collections.abc import Sequence

from geo.atlas import Area
from ledger.domain.access import ROOT_PATH, Actor
from ledger.domain.ledgers import ledger_named
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.records.record_pages import count_by, find
from ledger.storage import Store


def found_by(
    store: Store, actor: Actor, ledger_key: str, selections: Sequence[Selection]
) -> tuple[int, ...]:
    """How many records of the actor's scope each selection finds. Raises as `record_pages.find`."""
    ledger = ledger_named(ledger_key)
    with store.reading() as connection:
        return tuple(
            find(connection, actor, ledger, one, size=1).total if _few(one) else 0
            for one in selections
        )


def _few(selection: Selection) -> bool:
    return bool(selection.text or selection.conditions or selection.area_path)


def found_in(
    store: Store, actor: Actor, ledger_key: str, selection: Selection
) -> tuple[tuple[Area, int], ...]:
    """The areas just below the one that is filtered by (or the actor's own), each with the number
    of records found in it, most first; areas with none are left out. Raises as `record_pages.find`.

    Where there is one area only, its own areas are told.
    """
    ledger, atlas = ledger_named(ledger_key), current_atlas(store)
    with store.reading() as connection:
        counts = count_by(connection, actor, ledger, selection, "area_code")
    path = selection.area_path or actor.scope_path
    while True:
        found: dict[str, int] = {}
        for code, number in counts.items():
            area = atlas.get(code)
            if area is None or not area.path.startswith(path) or area.path == path:
                continue
            below = area.path.removeprefix(path if path != ROOT_PATH else "/").split("/")[0]
            found[below] = found.get(below, 0) + number
        if len(found) != 1:
            break
        path = atlas[next(iter(found))].path
    ordered = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return tuple((atlas[code], number) for code, number in ordered if code in atlas)
