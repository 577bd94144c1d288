"""Add many records in one save, as an import does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid, Problem
from ledger.domain.ledgers import ledger_named
from ledger.records.drafting import Draft
from ledger.records.entering import read_values, settle
from ledger.records.places.areas import current_atlas
from ledger.records.saving import write
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store
from ledger.storage.again import tried_again


@dataclass(frozen=True)
class Added:
    """Id, number and version of a record that was added."""

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

    The system gives the numbers (编号). Raises as `service.create`; rows of problems count from 1.
    """
    actor.require(Action.CREATE, ledger_key)
    ledger = ledger_named(ledger_key)
    atlas = current_atlas(store)
    drafts = []
    for at, values in enumerate(rows, start=1):
        if values.get("number"):
            raise Invalid([Problem(at, ledger.label_of("number"), "请留空，由系统编号")])
        drafts.append(Draft(read_values(atlas, actor, ledger, values, whole=True, row=at)))
    with store.writing() as connection:
        problems = settle(connection, actor, ledger, atlas, drafts)
        if problems:
            raise Invalid(problems)
        surroundings = surroundings_of(store, connection, atlas)
        write(connection, actor, ledger, drafts, surroundings, batch=uuid4().hex, reason=reason)
    return [
        Added(draft.after["id"], draft.after["number"], draft.after["version"]) for draft in drafts
    ]
