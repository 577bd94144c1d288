"""Show one protected text in plain, with a reason, an entry in the log and a limit per hour."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import Connection, select

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid, Refused
from ledger.domain.ledgers import ledger_named
from ledger.domain.masks import is_sealed
from ledger.domain.timing import clock
from ledger.records.history import audit
from ledger.records.scrubbing import scrubbed
from ledger.records.service import owned
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.tables import changes

# Per person: single texts, and rows of exported files with protected texts in plain.
MOST_AN_HOUR = 20


@tried_again
def reveal(
    store: Store, actor: Actor, ledger_key: str, record_id: int, key: str, reason: str
) -> str:
    """The plain text of one protected cell, empty if the cell is; the request is logged first.

    Raises
    ------
    Refused
        If the actor may not reveal texts, or would see more than `MOST_AN_HOUR` within an hour.
    NotFound
        For a missing or an out-of-scope record.
    Invalid
        Without a fit reason (`require_reason`), for a column that is not protected, or for a text
        that was erased.
    """
    actor.require(Action.REVEAL, ledger_key)
    ledger = ledger_named(ledger_key)
    column = ledger.by_key.get(key)
    if column is None or column.rule.plain_by is not Action.REVEAL:
        raise Invalid("该列不是受保护信息")
    reason = require_reason(reason)
    with store.writing() as connection:
        require_few(connection, actor, 1)
        row = owned(connection, actor, ledger, [record_id])[record_id]
        kept = row[key]
        change = audit.Change(
            "reveal",
            ledger_key,
            record_id,
            row["number"],
            None,
            {"column": column.label},
            scrubbed(reason, ledger, row, store.sealer),
        )
        audit.append(connection, actor, [change])
    return store.sealer.open(kept) if is_sealed(kept) else ""


def require_reason(reason: str) -> str:
    """The reason without outer blanks. Raises `Invalid` unless it has 4 to 200 characters."""
    if len(reason.strip()) < 4 or len(reason) > 200:
        raise Invalid("请写明查看理由(4至200字)")
    return reason.strip()


def require_few(connection: Connection, actor: Actor, count: int) -> None:
    """Check the hourly limit before ``count`` more texts are shown in plain, in the transaction
    that logs it.

    Single texts and rows of exported files with plain texts count together. Actors without a role
    (the server's own commands) are not limited: they can read the key file.

    Raises
    ------
    Refused
        If the actor would see more than `MOST_AN_HOUR` within an hour.
    """
    if actor.role is None:
        return
    before = _seen(connection, actor)
    if before + count <= MOST_AN_HOUR:
        return
    asked = f"这次要看 {count} 条，" if count > 1 else ""
    raise Refused(
        f"一小时内每人最多查看 {MOST_AN_HOUR} 条受保护信息的原文，{asked}已看过 {before} 条。"
        "请先筛选出确实需要的几条，或稍后再试"
    )


def _seen(connection: Connection, actor: Actor) -> int:
    """How many texts and rows of files the actor saw in plain within the last hour."""
    since = (clock.now() - timedelta(hours=1)).isoformat()
    query = select(changes.c.action, changes.c.after).where(
        changes.c.actor == actor.name,
        changes.c.action.in_(("reveal", "export")),
        changes.c.at > since,
    )
    seen = 0
    for action, after in connection.execute(query):
        told = json.loads(after or "{}")
        if action == "reveal":
            seen += 1
        elif told.get("revealed"):
            seen += int(told["rows"])
    return seen
