"""Show one protected text in plain: to who may, with a reason, on the record, not too often."""

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

# Of one person: texts opened one by one, and rows of files with protected texts in plain.
MOST_AN_HOUR = 20


@tried_again
def reveal(
    store: Store, actor: Actor, ledger_key: str, record_id: int, key: str, reason: str
) -> str:
    """The plain text of one protected cell; who asked, for what and why is logged first.

    Raises
    ------
    Refused
        If the role may not, or has asked too often within the hour.
    Invalid
        Without a reason, or for a column that is not protected.
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
    """The reason as it goes on the record. Raises `Invalid` for none, one word, or an essay."""
    if len(reason.strip()) < 4 or len(reason) > 200:
        raise Invalid("请写明查看理由(4至200字)")
    return reason.strip()


def require_few(connection: Connection, actor: Actor, count: int) -> None:
    """Before ``count`` more texts are shown in plain, in the transaction that records it.

    One reason opens no whole ledger: single texts and rows of files come out of one budget. The
    machine's own commands (`SYSTEM`) hold the key file and are not counted.

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
    """How many texts or rows the actor saw in plain within the last hour."""
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
