"""Words and remembered mappings of all offices, as they are taken along in one file.

Each belongs to an area's path (`ledger.exchange.reading.own_words`, `.remembered`); where the other
database has no such area, it is left out and counted.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, insert, select

from ledger.domain.access import ROOT_PATH, Action, Actor
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.exchange.reading.mapping import parse_mapping
from ledger.records.history import audit
from ledger.records.places.areas import in_force
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import own_words, remembered_mappings
from ledger.storage.tables import areas


class KeptWord(BaseModel):
    """A word of an office for a column (``meant`` empty) or for one of its choices."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    ledger: str
    scope_path: str = Field(max_length=500)
    column: str = Field(max_length=80)
    said: str = Field(min_length=1, max_length=40)
    meant: str = Field(max_length=200)


class KeptMapping(BaseModel):
    """A mapping that an office gave a name, and the layout (fingerprint) that it is for."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    ledger: str
    scope_path: str = Field(max_length=500)
    fingerprint: str = Field(max_length=64)
    name: str = Field(min_length=1, max_length=40)
    content: str = Field(max_length=200_000)


_WORD = tuple(KeptWord.model_fields)
_MAPPING = tuple(KeptMapping.model_fields)
Missing = tuple[list[KeptWord], list[KeptMapping], int]


def all_kept(connection: Connection) -> tuple[list[KeptWord], list[KeptMapping]]:
    """Every word and mapping of every office, in the caller's transaction."""
    words = connection.execute(select(*(own_words.c[key] for key in _WORD)))
    mappings = connection.execute(select(*(remembered_mappings.c[key] for key in _MAPPING)))
    return (
        [KeptWord(**row) for row in words.mappings()],
        [KeptMapping(**row) for row in mappings.mappings()],
    )


def check_kept(words: Sequence[KeptWord], mappings: Sequence[KeptMapping]) -> None:
    """Raise `Invalid` for a ledger, column, choice or mapping that this program does not know."""
    for key in [*(word.ledger for word in words), *(one.ledger for one in mappings)]:
        if key not in LEDGERS:
            raise Invalid(f"没有台账“{key[:40]}”，这份文件可能来自更新的程序")
    for word in words:
        column = LEDGERS[word.ledger].by_key.get(word.column)
        known = column is not None and (
            not word.meant or word.meant in {choice.key for choice in column.choices}
        )
        if not known:
            raise Invalid(f"叫法“{word.said}”所说的列或选项，本系统没有")
    for one in mappings:
        parse_mapping(one.content, LEDGERS[one.ledger])


def missing_kept(
    connection: Connection, words: Sequence[KeptWord], mappings: Sequence[KeptMapping]
) -> Missing:
    """Those that are not here yet, and how many belong to areas that are not here."""
    known = {ROOT_PATH, *connection.scalars(select(areas.c.path).where(in_force()))}
    have_words, have_mappings = all_kept(connection)
    said = {(one.ledger, one.scope_path, one.column, one.said) for one in have_words}
    named = {(one.ledger, one.scope_path, one.fingerprint) for one in have_mappings}
    called = {(one.ledger, one.scope_path, one.name) for one in have_mappings}
    new_words = [
        one for one in words if (one.ledger, one.scope_path, one.column, one.said) not in said
    ]
    new_mappings = [
        one
        for one in mappings
        if (one.ledger, one.scope_path, one.fingerprint) not in named
        and (one.ledger, one.scope_path, one.name) not in called
    ]
    paths = [*(word.scope_path for word in new_words), *(one.scope_path for one in new_mappings)]
    elsewhere = sum(path not in known for path in paths)
    return (
        [one for one in new_words if one.scope_path in known],
        [one for one in new_mappings if one.scope_path in known],
        elsewhere,
    )


@tried_again
def take_kept(
    store: Store, actor: Actor, words: Sequence[KeptWord], mappings: Sequence[KeptMapping]
) -> None:
    """Add what is not here yet; what an office has already stays.

    Raises
    ------
    Refused
        If the actor may not change settings.
    """
    actor.require(Action.MANAGE_OPTIONS)
    stamp = {"updated_at": clock.now(), "updated_by": actor.name}
    with store.writing() as connection:
        new_words, new_mappings, _ = missing_kept(connection, words, mappings)
        for word in new_words:
            connection.execute(insert(own_words).values(word.model_dump() | stamp))
        for mapping in new_mappings:
            values = mapping.model_dump() | stamp
            connection.execute(insert(remembered_mappings).values(values))
        if new_words or new_mappings:
            after = {"叫法": len(new_words), "对照关系": len(new_mappings)}
            change = audit.Change("option", number="本单位设置", before=None, after=after)
            audit.append(connection, actor, [change])
