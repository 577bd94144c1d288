"""An office's own words for columns and values, beside those of ``data/words``.

A word belongs to the area of the user who added it, and is used by all who import there or below;
whoever has the whole tree, the command line too, uses the words of all. Users who may import may
add and remove the words of their own area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, delete, insert, or_, select

from ledger.domain.access import ROOT_PATH, Action, Actor
from ledger.domain.columns import Column, Ledger, ValueRefused
from ledger.domain.errors import Invalid, NotFound
from ledger.domain.timing import clock
from ledger.domain.values import fold
from ledger.exchange.reading.remembered import above
from ledger.records.history import audit
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import own_words as table

_LONGEST = 40
_MOST = 500


@dataclass(frozen=True)
class OwnWord:
    """What files call a column (``meant`` empty), or write for one of its choices."""

    id: int
    column: str
    said: str
    meant: str
    updated_by: str


@tried_again
def add_word(
    store: Store, actor: Actor, ledger: Ledger, column: str, said: str, meant: str = ""
) -> None:
    """Add a word for a column, or with ``meant`` for one of its choices; adding twice adds once.

    Raises
    ------
    Refused
        If the actor may not import.
    Invalid
        If the word is empty or too long, the column is none that files fill, or ``meant`` is none
        of its choices.
    """
    actor.require(Action.IMPORT, ledger.key)
    word, known = said.strip(), {one.key: one for one in ledger.incoming}.get(column)
    if known is None:
        raise Invalid(f"“{column[:40]}”不是{ledger.label}可以导入的列")
    if not 0 < len(word) <= _LONGEST:
        raise Invalid(f"叫法应有 1 至 {_LONGEST} 个字")
    values = {"ledger": ledger.key, "scope_path": actor.scope_path, "column": column}
    values |= {"said": word, "meant": _choice(known, meant)}
    with store.writing() as connection:
        own = [table.c[key] == values[key] for key in ("ledger", "scope_path", "column", "said")]
        if connection.execute(select(table.c.id).where(*own)).first():
            return
        stamp = {"updated_at": clock.now(), "updated_by": actor.name}
        connection.execute(insert(table).values(values | stamp))
        entry = audit.Change("add_word", ledger.key, number=word, after={"column": column})
        audit.append(connection, actor, [entry])


def _choice(column: Column, meant: str) -> str:
    if not meant:
        return ""
    if not column.choices:
        raise Invalid(f"“{column.label}”没有选项，只能添加它的叫法")
    try:
        return str(column.parse(meant))
    except ValueRefused as refused:
        raise Invalid(f"{column.label}：{refused}") from None


def own_words(store: Store, actor: Actor, ledger: Ledger) -> Sequence[OwnWord]:
    """The words of the actor's own office, by column. Raises `Refused`."""
    actor.require(Action.IMPORT, ledger.key)
    return _stored(store, ledger, table.c.scope_path == actor.scope_path)


@tried_again
def remove_word(store: Store, actor: Actor, ledger: Ledger, word_id: int) -> None:
    """Remove a word of the actor's office.

    Raises
    ------
    Refused
        If the actor may not import.
    NotFound
        If the office has no such word.
    """
    actor.require(Action.IMPORT, ledger.key)
    which = (
        table.c.id == word_id,
        table.c.ledger == ledger.key,
        table.c.scope_path == actor.scope_path,
    )
    with store.writing() as connection:
        said = connection.execute(select(table.c.said).where(*which)).scalar()
        if said is None:
            raise NotFound("叫法")
        connection.execute(delete(table).where(*which))
        audit.append(connection, actor, [audit.Change("remove_word", ledger.key, number=said)])


def with_own_words(store: Store, actor: Actor, ledger: Ledger) -> Ledger:
    """The ledger with the words of the actor's office and of those above as further synonyms; for
    the whole tree with those of every office. Raises `Refused`."""
    actor.require(Action.IMPORT, ledger.key)
    scope = or_(
        table.c.scope_path.in_(above(actor.scope_path)),
        table.c.scope_path.startswith(actor.scope_path, autoescape=True)
        if actor.scope_path != ROOT_PATH
        else table.c.scope_path.is_not(None),
    )
    words = _stored(store, ledger, scope)
    if not words:
        return ledger
    return replace(ledger, columns=tuple(_taught(one, words) for one in ledger.columns))


def _taught(column: Column, words: Sequence[OwnWord]) -> Column:
    own = [word for word in words if word.column == column.key]
    if not own:
        return column
    names = tuple(word.said for word in own if not word.meant)
    known = set(column.choice_by_text)
    choices = tuple(
        replace(
            choice,
            synonyms=(
                *choice.synonyms,
                *(w.said for w in own if w.meant == choice.key and fold(w.said) not in known),
            ),
        )
        for choice in column.choices
    )
    return replace(column, synonyms=(*column.synonyms, *names), choices=choices)


def _stored(store: Store, ledger: Ledger, scope: ColumnElement[bool]) -> list[OwnWord]:
    columns = (table.c.id, table.c.column, table.c.said, table.c.meant, table.c.updated_by)
    query = select(*columns).where(table.c.ledger == ledger.key, scope)
    with store.reading() as connection:
        rows = connection.execute(query.order_by(table.c.column, table.c.id).limit(_MOST)).all()
    return [OwnWord(*row) for row in rows]
