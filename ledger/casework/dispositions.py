"""Confirm a tier and open one disposition for each measure that the rule file demands for it.

The measures are those of the tier table of the campaign plan; their days are local. A measure
without days is opened without a deadline, which the disposition's plan then sets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, select

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Conflict, Invalid
from ledger.domain.ledgers import DISPOSITIONS, INSTITUTIONS
from ledger.domain.tiers import RuleSet
from ledger.domain.timing import clock
from ledger.domain.values import fold
from ledger.domain.workflows import WORKFLOWS
from ledger.records.drafting import Draft, arrange
from ledger.records.person_names import name_in
from ledger.records.places.areas import current_atlas
from ledger.records.rulebook import rules_in_force
from ledger.records.saving import write
from ledger.records.service import owned
from ledger.records.surroundings import Surroundings, surroundings_of
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.tables import dispositions as table


@tried_again
def confirm_tier(
    store: Store,
    actor: Actor,
    record_id: int,
    version: int,
    *,
    lead_official: str = "",
    reason: str = "",
) -> tuple[str, ...]:
    """Confirm an institution's tier as a leader, and open the dispositions that it demands.

    Returns the numbers (编号) of the dispositions opened. Measures that are open already for
    this institution are not opened twice. An undetermined tier cannot be confirmed.
    """
    actor.require(Action.CONFIRM, INSTITUTIONS.key)
    atlas = current_atlas(store)
    with store.writing() as connection:
        row = owned(connection, actor, INSTITUTIONS, [record_id], lock=True)[record_id]
        if row["version"] != version:
            raise Conflict(row["number"], name_in(connection, row["updated_by"]))
        if row["tier"] is None:
            raise Invalid("该机构待研判，尚不能确认等级。请先查明不详事项，或由领导调整等级")
        if row["tier_confirmed"] == row["tier"]:
            raise Invalid("该等级已经确认过，无需重复确认")
        surroundings = surroundings_of(store, connection, atlas)
        batch = uuid4().hex
        confirmed = Draft({"tier_confirmed": row["tier"]}, row)
        arrange(INSTITUTIONS, [confirmed], atlas)
        write(
            connection,
            actor,
            INSTITUTIONS,
            [confirmed],
            surroundings,
            batch=batch,
            reason=f"确认等级：{reason.strip()}" if reason.strip() else "确认等级",
        )
        drafts = _drafts(connection, surroundings.rules, row, lead_official)
        arrange(DISPOSITIONS, drafts, atlas)
        _open(connection, actor, drafts, surroundings, batch)
        return tuple(str(draft.after["number"]) for draft in drafts)


@dataclass(frozen=True)
class Demanded:
    """A measure that a tier demands: its days (None: the plan sets them), and if it is open."""

    name: str
    days: int | None
    open: bool


def demanded(store: Store, actor: Actor, record_id: int) -> tuple[Demanded, ...]:
    """What confirming an institution's tier would open, and what of it is open already.

    Empty while the tier is undetermined. Raises `NotFound`.
    """
    actor.require(Action.READ)
    with store.reading() as connection:
        row = owned(connection, actor, INSTITUTIONS, [record_id])[record_id]
        if row["tier"] is None:
            return ()
        measures = rules_in_force(connection).tiers[int(row["tier"])].measures
        already = _open_measures(connection, row["number"])
    by_text = DISPOSITIONS.by_key["measure"].choice_by_text
    return tuple(
        Demanded(one.name, one.days, by_text.get(fold(one.name)) in already) for one in measures
    )


def _drafts(
    connection: Connection, rules: RuleSet, row: dict[str, Any], lead_official: str
) -> list[Draft]:
    today = clock.today()
    already = _open_measures(connection, row["number"])
    by_text = DISPOSITIONS.by_key["measure"].choice_by_text
    drafts = []
    for measure in rules.tiers[int(row["tier"])].measures:
        key = by_text.get(fold(measure.name))
        if key is None or key in already:
            continue
        days = measure.days
        drafts.append(
            Draft(
                {
                    "institution": row["number"],
                    "institution_name": row["name"],
                    "tier": row["tier"],
                    "measure": key,
                    "area_code": row["area_code"],
                    "opened_on": today,
                    "deadline": None if days is None else today + timedelta(days=days),
                    "lead_official": lead_official.strip() or None,
                }
            )
        )
    return drafts


def _open_measures(connection: Connection, number: str) -> set[str]:
    final = WORKFLOWS["dispositions"].final
    query = select(table.c.measure).where(
        table.c.institution == number,
        table.c.deleted.is_(False),
        table.c.state.not_in(final),
    )
    return set(connection.execute(query).scalars())


def _open(
    connection: Connection,
    actor: Actor,
    drafts: list[Draft],
    surroundings: Surroundings,
    batch: str,
) -> None:
    if drafts:
        write(
            connection,
            actor,
            DISPOSITIONS,
            drafts,
            surroundings,
            batch=batch,
            reason="按已确认等级开立",
        )
