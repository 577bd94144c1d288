"""Add many records that are known already, the way an import does: one save, one history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from ledger.access import Action, Actor
from ledger.entering import out_of_scope, parse_values, resolve_area, resolve_references
from ledger.errors import Invalid, Problem
from ledger.ledgers import ledger_named
from ledger.places.areas import current_atlas
from ledger.saving import Draft, arrange, write
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.surroundings import surroundings_of


@dataclass(frozen=True)
class Added:
    """A record as it was added."""

    id: int
    number: str
    version: int


@tried_again
def create_many(
    store: Store,
    actor: Actor,
    ledger_key: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    reason: str | None = None,
) -> list[Added]:
    """Add records as one save: all of them or none; texts or values as in `records.create`.

    Numbers (编号) are given by the system. Raises `Invalid` as `records.create`, rows counted
    from 1.
    """
    actor.require(Action.CREATE, ledger_key)
    ledger = ledger_named(ledger_key)
    atlas = current_atlas(store)
    drafts = []
    for at, values in enumerate(rows, start=1):
        if values.get("number"):
            raise Invalid([Problem(at, ledger.label_of("number"), "请留空，由系统编号")])
        parsed = parse_values(ledger, values, whole=True, row=at)
        drafts.append(Draft(resolve_area(atlas, actor, ledger, parsed, at)))
    with store.writing() as connection:
        resolve_references(connection, actor, ledger, drafts)
        arrange(ledger, drafts, atlas)
        for at, draft in enumerate(drafts, start=1):
            if "area_code" in ledger.by_key and not actor.sees(draft.after["area_path"]):
                place = ledger.label_of("area_code")
                raise Invalid([Problem(at, place, out_of_scope(draft.place))])
        surroundings = surroundings_of(store, connection, atlas)
        write(connection, actor, ledger, drafts, surroundings, batch=uuid4().hex, reason=reason)
    return [
        Added(draft.after["id"], draft.after["number"], draft.after["version"]) for draft in drafts
    ]
