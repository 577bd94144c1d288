"""How records are written: place → judge → deadlines → write → history → effects.

Single edits, imports of a hundred thousand rows and all recomputation use these functions, which
work on whole lists. The caller holds the transaction and has checked the actor's role.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from pkgutil import resolve_name
from typing import Any

from sqlalchemy import BindParameter, Connection, Table, Update, bindparam, update

from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.ledgers import LEDGERS
from ledger.domain.searched_text import columns_searched
from ledger.domain.timing import clock
from ledger.records.counting import counts_for
from ledger.records.drafting import Draft, seal_protected
from ledger.records.duties import due_fields
from ledger.records.history import audit
from ledger.records.judging import Judged, judge_record, remember, tier_fields, touches_facts
from ledger.records.surroundings import Surroundings
from ledger.storage import numbering, search_index
from ledger.storage.bulk import insert_rows
from ledger.storage.tables import LEDGER_TABLES

# By ledger the columns on which the index of a search rests.
_TEXTS = {key: frozenset(columns_searched(ledger)) for key, ledger in LEDGERS.items()}
_STAMP = ("version", "updated_at", "updated_by")
# Actions that the history of assessments stores as its occasion; for others it stores ``save``.
_OCCASIONS = frozenset({"assess", "override", "withdraw"})


# Changes other records after a save; called with (connection, actor, drafts, surroundings, batch).
Effect = Callable[[Connection, Actor, Sequence[Draft], Surroundings, str], None]


def write(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    drafts: Sequence[Draft],
    surroundings: Surroundings,
    *,
    batch: str,
    reason: str | None = None,
    action: str = "update",
    judged_anew: bool = False,
    due_anew: bool = False,
) -> list[int]:
    """Write arranged drafts and all that follows from them; returns their ids, in order.

    All statements that write a ledger's table are here; tests/house/test_one_road.py lists the
    few exceptions. Rules, in order:

    1. Protected texts are sealed, new records get an id and a number.
    2. In a judged ledger, new records, those deleted or restored, and those whose facts or
       override changed are judged; with ``judged_anew``, all. Every judgement is added to the
       history of assessments.
    3. New and changed records get their deadlines computed; with ``judged_anew`` or ``due_anew``,
       all do.
    4. A record without any difference is not written. If only derived columns differ, they are
       written without a new version and without an entry in the log.
    5. All others get a new version and an entry ``action`` (``create`` for a new record,
       ``delete`` or ``restore`` if it goes to the bin or comes back).
    6. The index of the search is brought up to date (`ledger.storage.search_index`).
    7. The effects that the ledger declares are called with the records of rule 5.

    `arrange` must have run before, unless the drafts are `Draft.unmoved`.
    """
    seal_protected(ledger, drafts, surroundings.sealer)
    fresh = [draft for draft in drafts if draft.is_new]
    standing = [draft for draft in drafts if not draft.is_new]
    if not (judged_anew or due_anew):
        standing = [draft for draft in standing if _differs(draft)]
    _give_ids(connection, ledger, fresh)
    _stamp_new(actor, fresh)
    work_out(connection, ledger, [*fresh, *standing], surroundings, judged_anew=judged_anew)
    differing = [(draft, keys) for draft in standing if (keys := _differences(draft))]
    changed = [(draft, keys) for draft, keys in differing if _counts(ledger, keys)]
    _stamp_changed(actor, [draft for draft, _ in changed])
    table = LEDGER_TABLES[ledger.key]
    if fresh:
        columns = _columns(table)
        insert_rows(connection, table, columns, (_row(columns, draft.after) for draft in fresh))
    _update(connection, ledger, table, differing)
    texts = _TEXTS[ledger.key]
    again = [draft for draft, keys in differing if not texts.isdisjoint(keys)]
    search_index.add(connection, ledger, [draft.after for draft in fresh])
    search_index.keep(connection, ledger, [draft.after["id"] for draft in again])
    log = [_created(ledger, draft, reason) for draft in fresh]
    log += [_updated(ledger, draft, keys, reason, action) for draft, keys in changed]
    audit.append(connection, actor, log, batch=batch)
    occasion = action if action in _OCCASIONS else "save"
    judged = [
        Judged(draft.after["id"], draft.judgement, draft.after.get("tier_override"))
        for draft in (*fresh, *standing)
        if draft.judgement is not None
    ]
    remember(
        connection, actor, ledger, surroundings.rules, judged, occasion=occasion, reason=reason
    )
    done = [*fresh, *(draft for draft, _ in changed)]
    for effect in _effects(ledger.effects) if done else ():
        effect(connection, actor, done, surroundings, batch)
    return [draft.after["id"] for draft in drafts]


def work_out(
    connection: Connection,
    ledger: Ledger,
    drafts: Sequence[Draft],
    surroundings: Surroundings,
    *,
    judged_anew: bool = False,
) -> None:
    """Compute tier and deadlines of arranged drafts, as `write` does; nothing is written."""
    rules = surroundings.rules
    to_judge = [
        draft
        for draft in (drafts if ledger.judged else ())
        if judged_anew or draft.is_new or _bears_on_tier(ledger, _differences(draft))
    ]
    numbers = [str(draft.after["number"]) for draft in to_judge]
    counts = counts_for(connection, ledger, rules, numbers)
    judged, at = {id(draft) for draft in to_judge}, clock.now()
    for draft in drafts:
        if id(draft) in judged:
            own = counts.get(str(draft.after["number"]), {})
            draft.judgement = judge_record(ledger, draft.after, rules, own)
            override = draft.after.get("tier_override")
            draft.after |= tier_fields(draft.judgement, rules, override)
        draft.after |= due_fields(ledger, draft.after, surroundings, at)


@cache
def _effects(names: tuple[str, ...]) -> tuple[Effect, ...]:
    return tuple(resolve_name(name) for name in names)


def _differences(draft: Draft) -> list[str]:
    if draft.after == draft.current:
        return []
    return audit.changed_fields(draft.current or {}, draft.after)


def _differs(draft: Draft) -> bool:
    """Whether there is any of the `_differences`; a fifth of their time."""
    current = draft.current or {}
    return draft.after != current and any(
        current.get(key) != value for key, value in draft.after.items()
    )


def _counts(ledger: Ledger, keys: Sequence[str]) -> bool:
    """Whether any of the columns is the record's own, not derived by the program."""
    return not ledger.own.isdisjoint(keys)


def _give_ids(connection: Connection, ledger: Ledger, fresh: Sequence[Draft]) -> None:
    if not fresh:
        return
    asked = [draft.after["number"] for draft in fresh if draft.after.get("number")]
    taken = set(asked)
    for draft, record_id in zip(
        fresh, numbering.next_ids(connection, ledger, len(fresh)), strict=True
    ):
        draft.after["id"] = record_id
    without = [draft for draft in fresh if not draft.after.get("number")]
    proposed = [numbering.number_for(ledger, draft.after["id"], set()) for draft in without]
    taken |= set(numbering.numbers_in_use(connection, ledger, proposed))
    for draft in without:
        draft.after["number"] = numbering.number_for(ledger, draft.after["id"], taken)


def _bears_on_tier(ledger: Ledger, keys: Sequence[str]) -> bool:
    # Records in the bin are not judged when rules change, so a restored one is judged.
    told = [key for key in keys if key in ledger.by_key or key == "extra"]
    return bool({"deleted", "tier_override"} & set(keys)) or touches_facts(ledger, told)


def _stamp_new(actor: Actor, fresh: Sequence[Draft]) -> None:
    """Set version, times and names; done before deadlines, as some clocks start at creation."""
    at = clock.now()
    stamp = {"version": 1, "created_at": at, "created_by": actor.name, "deleted": False}
    for draft in fresh:
        draft.after |= {**stamp, "updated_at": at, "updated_by": actor.name}


def _stamp_changed(actor: Actor, changed: Sequence[Draft]) -> None:
    at = clock.now()
    for draft in changed:
        version = draft.after["version"] + 1
        draft.after |= {"version": version, "updated_at": at, "updated_by": actor.name}


def _row(keys: Sequence[str], after: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(map(after.get, keys))


@cache
def _columns(table: Table) -> tuple[str, ...]:
    return tuple(column.key for column in table.c)


def _update(
    connection: Connection,
    ledger: Ledger,
    table: Table,
    differing: Sequence[tuple[Draft, Sequence[str]]],
) -> None:
    """Update the records with one statement per group of records that write the same columns."""
    groups: dict[tuple[str, ...], list[Draft]] = {}
    for draft, keys in differing:
        stamp = _STAMP if _counts(ledger, keys) else ()
        groups.setdefault(tuple(dict.fromkeys((*keys, *stamp))), []).append(draft)
    for keys, drafts in groups.items():
        connection.execute(
            _update_of(table, keys),
            [
                {"b_id": draft.after["id"], **{f"b_{key}": draft.after[key] for key in keys}}
                for draft in drafts
            ],
        )


@lru_cache(maxsize=256)
def _update_of(table: Table, keys: tuple[str, ...]) -> Update:
    """The update of these columns, cached: saves write few different sets of columns."""
    changed: dict[str, BindParameter[Any]] = {key: bindparam(f"b_{key}") for key in keys}
    return update(table).where(table.c.id == bindparam("b_id")).values(changed)


def _created(ledger: Ledger, draft: Draft, reason: str | None) -> audit.Change:
    after = {
        key: value
        for key, value in draft.after.items()
        if key in ledger.told and value is not None and value != {} and key != "deleted"
    }
    return audit.Change(
        "create",
        ledger.key,
        draft.after["id"],
        draft.after["number"],
        None,
        after,
        draft.reason or reason,
        1,
    )


def _updated(
    ledger: Ledger, draft: Draft, differing: Sequence[str], reason: str | None, action: str
) -> audit.Change:
    current = draft.current or {}
    keys = [key for key in differing if key in ledger.told]
    if "deleted" in keys:
        action = "delete" if draft.after["deleted"] else "restore"
    return audit.Change(
        action,
        ledger.key,
        draft.after["id"],
        draft.after["number"],
        {key: current.get(key) for key in keys},
        {key: draft.after[key] for key in keys},
        draft.reason or reason,
        draft.after["version"],
    )
