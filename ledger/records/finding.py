"""Find a record or an area from anywhere: the box in the head of every page.

All ledgers that the actor may read are asked by the index of the search, a few records of each are
returned: those whose number or title holds the words before those that hold them elsewhere, the
newest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Select, func, select

from geo.atlas import Area, Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.initials import initials
from ledger.domain.searched_text import BETWEEN, written_alike
from ledger.records.places.areas import current_atlas
from ledger.records.query import sealer_of, unindexed
from ledger.records.search_words import narrowest_place, searched_words
from ledger.storage import Store
from ledger.storage.search_index import INDEXED
from ledger.storage.search_question import Word, grams_table, matched
from ledger.storage.tables import LEDGER_TABLES

# Of each ledger, and of the areas.
SHOWN = 5
# Counted up to here: a word that stands everywhere is not worth a look at every record.
COUNTED = 1_000
SHORTEST = 2
_alike: WeakKeyDictionary[Atlas, tuple[tuple[str, Area], ...]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Hit:
    """One record that was found."""

    record_id: int
    number: str
    title: str
    area_code: str | None


@dataclass(frozen=True)
class Found:
    """What was found in one ledger. ``total`` is how many records there are, at most `COUNTED`;
    ``more`` says that there are more than that."""

    ledger: Ledger
    hits: tuple[Hit, ...]
    total: int
    more: bool


@dataclass(frozen=True)
class Findings:
    """Records by ledger, in the order of the menu, and areas; both in the actor's scope."""

    ledgers: tuple[Found, ...]
    areas: tuple[Area, ...]


def find_everywhere(store: Store, actor: Actor, text: str) -> Findings:
    """The records and areas in the actor's scope that hold every word of ``text``.

    A text of fewer than two signs finds nothing. A whole phone number also finds protected ones,
    for actors who may reveal them.

    Raises
    ------
    Refused
        If the actor may not read ledgers.
    Invalid
        For a text that cannot be searched for.
    """
    actor.require(Action.READ)
    if len(written_alike(text)) < SHORTEST:
        return Findings((), ())
    found = []
    with store.reading() as connection:
        sealer = sealer_of(connection)
        for ledger in INDEXED.values():
            if ledger.menu is None or not actor.may(Action.READ, ledger.key):
                continue
            words = searched_words(actor, ledger, text, sealer)
            if one := _found(connection, actor, ledger, words):
                found.append(one)
    return Findings(tuple(found), _areas(current_atlas(store), actor, text))


def _found(
    connection: Connection, actor: Actor, ledger: Ledger, words: Sequence[Word]
) -> Found | None:
    records = LEDGER_TABLES[ledger.key]
    columns = [records.c[key] for key in ("id", "number", ledger.title, "area_code")]
    index = grams_table(ledger.key)
    hits: dict[int, Hit] = {}
    for in_title in (True, False):
        if len(hits) < SHOWN:
            query = _query(connection, actor, ledger, words, in_title=in_title)
            newest = query.with_only_columns(*columns, maintain_column_froms=True)
            for row in connection.execute(newest.order_by(index.c.rowid.desc()).limit(SHOWN)):
                title = ledger.by_key[ledger.title].format(row[2])
                hits.setdefault(row[0], Hit(row[0], row[1], title, row[3]))
    if not hits:
        return None
    total = len(hits)
    if total >= SHOWN:
        some = _query(connection, actor, ledger, words).limit(COUNTED + 1).subquery()
        total = connection.execute(select(func.count()).select_from(some)).scalar_one()
    listed = tuple(hits.values())[:SHOWN]
    return Found(ledger, listed, min(total, COUNTED), total > COUNTED)


def _query(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    words: Sequence[Word],
    *,
    in_title: bool = False,
) -> Select[Any]:
    """The records that hold the words; in SQLite the index of the search comes first."""
    records, index = LEDGER_TABLES[ledger.key], grams_table(ledger.key)
    path: Any = records.c.area_path
    deleted: Any = records.c.deleted
    if connection.dialect.name == "sqlite":
        path, deleted = unindexed(path), unindexed(deleted)
    return (
        select(records.c.id)
        .select_from(index.join(records, records.c.id == index.c.rowid))
        .where(
            matched(ledger, words, narrowest_place(actor, None), in_title=in_title),
            deleted.is_(False),
            actor.scope_condition(path),
        )
    )


def _areas(atlas: Atlas, actor: Actor, text: str) -> tuple[Area, ...]:
    """Areas in scope whose name, its initials or code hold every word; the larger ones first."""
    words = [written_alike(word) for word in text.split()]
    known = _alike.get(atlas)
    if known is None:
        known = tuple((_said(one), one) for one in atlas)
        _alike[atlas] = known
    hits = (area for said, area in known if all(word in said for word in words))
    seen = sorted((area for area in hits if actor.sees(area.path)), key=_depth)
    return tuple(seen[:SHOWN])


def _said(area: Area) -> str:
    return BETWEEN.join((written_alike(area.name), initials(area.name), area.code.lower()))


def _depth(area: Area) -> int:
    return area.path.count("/")
