"""Show one protected text in plain: to who may, with a reason, on the record, not too often."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, func, select

from ledger.access import Action, Actor
from ledger.errors import Invalid, Refused
from ledger.history import audit
from ledger.ledgers import ledger_named
from ledger.protection.scrubbing import scrubbed
from ledger.protection.secrets import is_sealed
from ledger.records import owned
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.tables import changes
from ledger.timing import clock

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
        if _asked(connection, actor) >= MOST_AN_HOUR:
            raise Refused(f"一小时内最多查看{MOST_AN_HOUR}次受保护信息，请稍后再试")
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


def _asked(connection: Connection, actor: Actor) -> int:
    since = (clock.now() - timedelta(hours=1)).isoformat()
    query = select(func.count()).where(
        changes.c.actor == actor.name, changes.c.action == "reveal", changes.c.at > since
    )
    return int(connection.execute(query).scalar_one())
