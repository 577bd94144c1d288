"""Settle what contradicts itself: it was looked into, and stands for a reason as of a day.

A settled finding is out of every count and list of open ones until one of the facts that it rested
on changes: then it is open again. The settlement stays in the history of the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ledger.casework.contradictions import token_of
from ledger.domain.access import Action, Actor
from ledger.domain.contradictions import Contradiction
from ledger.domain.errors import Invalid, NotFound
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.records.contradicted import contradiction_named, facts_of, found, readable
from ledger.records.history import audit
from ledger.records.service import owned
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import settled_findings as table

LONGEST_REASON = 500
_CHANGED = "{}的这一项已由别人核对过，或所依据的情况已经变化，没有保存。请刷新后再看"


@tried_again
def settle(
    store: Store, actor: Actor, rule_id: str, record_id: int, token: str, reason: str, on: date
) -> None:
    """Settle one finding: it was looked into on a day, and stands for a reason.

    It is open again as soon as one of its facts changes.

    Raises
    ------
    Refused
        If the role may not edit the ledger.
    NotFound
        If the record is not in the actor's scope.
    Invalid
        Without a reason, for a day to come, or if the finding is not there any more or rests on
        other facts than those that were seen.
    """
    reason = _checked_reason(reason)
    if on > clock.today():
        raise Invalid(f"核对日期{on}晚于今天，请改正")
    with store.writing() as connection:
        rule = _editable(connection, actor, rule_id)
        row, seen = _locked(connection, actor, rule, record_id)
        if seen is None or seen.settled or token_of(seen.facts) != token:
            raise Invalid(_CHANGED.format(row["number"]))
        connection.execute(
            insert(table).values(
                rule=rule.id,
                ledger=rule.ledger,
                record_id=record_id,
                facts=seen.facts,
                reason=reason,
                settled_on=on,
                settled_at=clock.now(),
                settled_by=actor.name,
            )
        )
        told = {"contradiction": rule.label, "settled_on": on.isoformat()}
        _log(connection, actor, "settle", rule, row, told, reason)


@tried_again
def withdraw(store: Store, actor: Actor, rule_id: str, record_id: int, reason: str) -> None:
    """Take a settlement back: the finding is open again. Raises as `settle` does."""
    reason = _checked_reason(reason)
    with store.writing() as connection:
        rule = _editable(connection, actor, rule_id)
        row, seen = _locked(connection, actor, rule, record_id)
        if seen is None or not seen.settled:
            raise Invalid(_CHANGED.format(row["number"]))
        connection.execute(
            update(table)
            .where(
                table.c.rule == rule.id,
                table.c.ledger == rule.ledger,
                table.c.record_id == record_id,
                table.c.facts == seen.facts,
                table.c.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=clock.now(), withdrawn_by=actor.name)
        )
        _log(connection, actor, "unsettle", rule, row, {"contradiction": rule.label}, reason)


def _editable(connection: Connection, actor: Actor, rule_id: str) -> Contradiction:
    rule = contradiction_named(connection, rule_id)
    actor.require(Action.EDIT, rule.ledger)
    if not readable(rule, actor):
        raise NotFound()
    return rule


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid("请填写理由，例如核对了什么、为什么可以这样")
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"理由过长，最多{LONGEST_REASON}字")
    return reason


def _locked(
    connection: Connection, actor: Actor, rule: Contradiction, record_id: int
) -> tuple[dict[str, Any], Row[Any, Any] | None]:
    """The record, and what the rule finds of it now."""
    row = owned(connection, actor, LEDGERS[rule.ledger], [record_id], lock=True)[record_id]
    those = found(rule, actor).subquery()
    one = select(those).where(those.c.id == record_id).cte("one")
    now = facts_of(rule, actor, select(one.c.id)).subquery()
    query = select(now.c.facts, one.c.settled).join(one, one.c.id == now.c.id)
    return row, connection.execute(query).one_or_none()


def _log(
    connection: Connection,
    actor: Actor,
    action: str,
    rule: Contradiction,
    row: Mapping[str, Any],
    told: Mapping[str, Any],
    reason: str,
) -> None:
    change = audit.Change(action, rule.ledger, row["id"], row["number"], after=told, reason=reason)
    audit.append(connection, actor, [change])
