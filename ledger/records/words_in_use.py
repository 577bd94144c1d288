"""The words that a ledger's text columns already hold, where their declaration says that they
repeat (``Column.suggested``): offered to be chosen instead of typed."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from ledger.domain.access import Action, Actor
from ledger.domain.ledgers import ledger_named
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES

# So many records are looked at, those changed last: what was typed once years ago is no suggestion.
_LOOKED_AT = 2_000
MOST_WORDS = 40


def words_in_use(store: Store, actor: Actor, ledger_key: str) -> dict[str, tuple[str, ...]]:
    """The key of each suggested column → its words in the actor's scope, the most frequent first.

    At most `MOST_WORDS` a column, from the records that were changed last.

    Raises
    ------
    Refused
        If the actor may not read the ledger.
    """
    actor.require(Action.READ, ledger_key)
    table = LEDGER_TABLES[ledger_key]
    keys = [column.key for column in ledger_named(ledger_key).columns if column.suggested]
    if not keys:
        return {}
    query = (
        select(*(table.c[key] for key in keys))
        .where(table.c.deleted.is_(False), actor.scope_condition(table.c.area_path))
        .order_by(table.c.updated_at.desc(), table.c.id.desc())
        .limit(_LOOKED_AT)
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
    counts = [Counter(filter(None, values)) for values in zip(*rows, strict=True)]
    found = counts or [Counter[str]() for _ in keys]
    return {
        key: tuple(word for word, _ in counted.most_common(MOST_WORDS))
        for key, counted in zip(keys, found, strict=True)
    }
