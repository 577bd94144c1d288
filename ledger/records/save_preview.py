"""What a save would do, without saving: the same reading, checks and tiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Problem
from ledger.domain.ledgers import ledger_named
from ledger.records.entering import settle
from ledger.records.places.areas import current_atlas
from ledger.records.saving import work_out
from ledger.records.service import Edit, owned, read_edits
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store


@dataclass(frozen=True)
class Preview:
    """What a save would do: each record afterwards, in the order of the edits (None if one of its
    cells cannot be read), and every problem for which `save` would refuse."""

    after: tuple[Mapping[str, Any] | None, ...]
    problems: tuple[Problem, ...]


def preview(store: Store, actor: Actor, ledger_key: str, edits: Sequence[Edit]) -> Preview:
    """Do what `save` does without writing: the same reading, checks and tiers.

    If a record changed after it was read, the edit is applied to its present values; `save` would
    raise `Conflict`. If a record would be outside the actor's scope, its area and path are blank.
    Raises `Refused`, `NotFound`.
    """
    actor.require(Action.EDIT, ledger_key)
    ledger = ledger_named(ledger_key)
    atlas = current_atlas(store)
    with store.reading() as connection:
        current = owned(connection, actor, ledger, [edit.record_id for edit in edits])
        drafts, problems = read_edits(actor, ledger, atlas, edits, current)
        problems += settle(connection, actor, ledger, atlas, drafts)
        listed = [draft for draft in drafts if draft is not None]
        work_out(connection, ledger, listed, surroundings_of(store, connection, atlas))
    for draft in listed:
        if not actor.sees(draft.after["area_path"]):
            hidden = {"area_code", "area_path"} & set(draft.after)
            draft.after |= dict.fromkeys(hidden)
    after = tuple(None if draft is None else draft.after for draft in drafts)
    return Preview(after, tuple(problems))
