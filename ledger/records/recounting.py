"""Institutions judged anew when what is counted for them changes: with the rows, and by the day.

Only tiers that come out differently are written, by the one road of saving.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, select

from ledger.domain.access import SYSTEM, Actor
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.tiers.counted_facts import COUNTED_FACTS
from ledger.domain.timing import clock
from ledger.records import saving
from ledger.records.counting import IDENTITY, counts_for, used_by
from ledger.records.drafting import Draft
from ledger.records.judging import TIER_KEYS, judge_record, tier_fields
from ledger.records.places.areas import current_atlas
from ledger.records.surroundings import Surroundings, surroundings_of
from ledger.storage import Store, options
from ledger.storage.again import tried_again
from ledger.storage.tables import institutions

COUNTED_ON = "counted_on"
_REASON = "计数事实变化，重新判定"
_AT_ONCE = 400


def _judging_named(ledger: str) -> saving.Effect:
    """The effect of a ledger: judge the institutions that its records name, or named before."""

    def judge_named(
        connection: Connection,
        actor: Actor,
        drafts: Sequence[Draft],
        surroundings: Surroundings,
        batch: str,
    ) -> None:
        used = used_by(surroundings.rules)
        if not any(ledger in COUNTED_FACTS[key].ledgers for key in used):
            return
        named = {
            str(record["institution"])
            for draft in drafts
            for record in (draft.after, draft.current or {})
            if record.get("institution") is not None
        }
        judge_again(connection, actor, surroundings, sorted(named), batch=batch)

    return judge_named


judge_by_leads = _judging_named("leads")
judge_by_petitions = _judging_named("petitions")
judge_by_inspections = _judging_named("inspections")
judge_by_dispositions = _judging_named("dispositions")


def judge_changed(
    connection: Connection,
    actor: Actor,
    drafts: Sequence[Draft],
    surroundings: Surroundings,
    batch: str,
) -> None:
    """An effect of institutions: judge those that changed what is counted of them, and the others
    of the same operator."""
    used = {"branches", "representative_changes_24m"} & set(used_by(surroundings.rules))
    numbers: set[str] = set()
    if "representative_changes_24m" in used:
        replaced = (one for one in drafts if not one.is_new and _differs(one, *IDENTITY))
        numbers |= {str(draft.after["number"]) for draft in replaced}
    if "branches" in used:
        moved = [draft for draft in drafts if _differs(draft, "operator", "deleted")]
        operators = {
            str(record["operator"])
            for draft in moved
            for record in (draft.after, draft.current or {})
            if record.get("operator")
        }
        theirs = institutions.c.operator.in_(sorted(operators))
        numbers |= {str(draft.after["number"]) for draft in moved}
        numbers |= set(connection.execute(select(institutions.c.number).where(theirs)).scalars())
    judge_again(connection, actor, surroundings, sorted(numbers), batch=batch)


def _differs(draft: Draft, *keys: str) -> bool:
    before = draft.current or {}
    return any(draft.after.get(key) != before.get(key) for key in keys)


def judge_again(
    connection: Connection,
    actor: Actor,
    surroundings: Surroundings,
    numbers: Sequence[str] | None,
    *,
    batch: str,
) -> int:
    """Judge institutions (None: all) and write those whose judgement differs; returns how many."""
    rules = surroundings.rules
    moved: list[Draft] = []
    for some in _portions(numbers):
        query = select(institutions).where(institutions.c.deleted.is_(False))
        if some is not None:
            query = query.where(institutions.c.number.in_(some))
        rows = [dict(row) for row in connection.execute(query).mappings()]
        counts = counts_for(connection, INSTITUTIONS, rules, [row["number"] for row in rows])
        for row in rows:
            judgement = judge_record(INSTITUTIONS, row, rules, counts.get(row["number"], {}))
            fields = tier_fields(judgement, rules, row["tier_override"])
            if any(fields[key] != row[key] for key in TIER_KEYS):
                moved.append(Draft.unmoved(row))
    if moved:
        saving.write(
            connection,
            actor,
            INSTITUTIONS,
            moved,
            surroundings,
            batch=batch,
            reason=_REASON,
            action="assess",
            judged_anew=True,
        )
    return len(moved)


@tried_again
def recount(store: Store) -> int:
    """Judge anew what the passing of days changed, once a day; returns how many tiers moved.

    To be called when the program starts and once a day (`python -m ledger facts --recount`).
    """
    atlas, today = current_atlas(store), clock.today().isoformat()
    with store.reading() as connection:
        done: Mapping[str, Any] = options.read(connection, COUNTED_ON, {})
        if done.get("on") == today or not _by_day(surroundings_of(store, connection, atlas)):
            return 0
    with store.writing() as connection:
        surroundings = surroundings_of(store, connection, atlas)
        moved = judge_again(connection, SYSTEM, surroundings, None, batch=uuid4().hex)
        options.write(connection, COUNTED_ON, {"on": today})
        return moved


def _by_day(surroundings: Surroundings) -> bool:
    return any(COUNTED_FACTS[key].by_day for key in used_by(surroundings.rules))


def _portions(numbers: Sequence[str] | None) -> Sequence[Sequence[str] | None]:
    if numbers is None:
        return (None,)
    return [numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE)]
