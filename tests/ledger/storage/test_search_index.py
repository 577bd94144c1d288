"""The index of the search: it answers what plain Python would, and changes with the record."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, update

from ledger.domain.access import SYSTEM, Actor
from ledger.domain.ledgers import LEDGERS
from ledger.domain.searched_text import contains, place_key, written_alike
from ledger.operations import database_check, search_check
from ledger.records import service as records
from ledger.records.bulk import create_many
from ledger.storage import Store, options, search_index
from ledger.storage.search_question import found
from ledger.storage.tables import SEARCHED_TABLES, institutions
from tests.ledger.conftest import EAST_SOUTH, WEST, WEST_VILLAGE

HOME = LEDGERS["institutions"]
HOSTILE = (
    "松柏院",
    "松柏路1号",
    "青竹_50%院",
    "AND OR NOT NEAR",
    "near(a b, 3)",
    "a\"b'c;--",
    "title : *",
    "^首^",
    "🙂𠮷養老",
    "①ＡＢｃ",
    "abcabcabcabd",
    "CL-0000001",
    "0000001-CL",
    "{title} : x",
    "\\ & | ! <-> :*",
    "丰",
    "松 柏 院 AbC1",
)
WORDS = (
    *HOSTILE,
    *(text[at : at + size] for text in HOSTILE for size in (1, 2, 3, 5) for at in (0, 1, 2)),
    "院松",
    "柏路院",
    "bcabd",
    "abca bcabd",
    "%",
    "_",
    "*",
    '"',
    "l-00",
    "未见",
)


@pytest.fixture
def homes(store: Store) -> Store:
    """Every hostile text as a name, and as the address of the next."""
    rows = [
        {"name": name, "address": HOSTILE[at - 1], "area_code": (WEST_VILLAGE, EAST_SOUTH)[at % 2]}
        for at, name in enumerate(HOSTILE)
    ]
    create_many(store, SYSTEM, "institutions", rows)
    return store


def asked(
    connection: Connection, typed: str, place: str | None = None, *, in_title: bool = False
) -> list[int]:
    words = [(word, None) for one in typed.split() if (word := written_alike(one))]
    query = found(HOME, words, place, in_title=in_title)
    return sorted(connection.execute(query).scalars())


def test_it_answers_what_a_look_at_every_record_would(homes: Store) -> None:
    ids = range(1, len(HOSTILE) + 1)
    with homes.reading() as connection:
        kept = search_index.searched(connection, HOME, ids)
        for typed in filter(str.strip, WORDS):
            plain = [one for one in ids if all(contains(kept[one], w) for w in typed.split())]
            assert asked(connection, typed) == plain, typed


def test_words_of_the_title_alone_and_of_one_area(homes: Store) -> None:
    with homes.reading() as connection:
        assert asked(connection, "松柏院") == [1, 2, 17]
        assert asked(connection, "松柏院", in_title=True) == [1, 17]
        assert asked(connection, "松柏", place_key(WEST)) == [1, 3, 17]
        assert asked(connection, "松柏", place_key("elsewhere")) == []


def test_it_changes_with_the_record_or_not_at_all(homes: Store, system: Actor) -> None:
    row = records.get(homes, system, "institutions", 1)
    edit = records.Edit(1, row["version"], {"name": "新名号", "address": "新址"})
    records.save(homes, system, "institutions", [edit])
    with homes.reading() as connection:
        assert (asked(connection, "新名"), asked(connection, "松柏院")) == ([1], [2, 17])
    with homes.engine.connect() as connection, connection.begin() as begun:
        connection.execute(update(institutions).values(name="都改了"))
        search_index.keep(connection, HOME, [1, 2])
        assert asked(connection, "都改") == [1, 2]
        begun.rollback()
    with homes.reading() as connection:
        assert (asked(connection, "都改"), asked(connection, "新名")) == ([], [1])


def test_an_index_of_other_columns_is_made_again(homes: Store) -> None:
    with homes.writing() as connection:
        connection.execute(SEARCHED_TABLES[HOME.key].update().values(title="other"))
        assert search_index.catch_up(connection) == []
        options.write(connection, search_index.BASIS, {HOME.key: "made with other columns"})
        assert HOME.key in search_index.catch_up(connection)
        assert asked(connection, "松柏路") == [2, 3]
        assert search_index.is_current(connection)


def _forgets_a_record(connection: Connection) -> None:
    connection.execute(
        SEARCHED_TABLES[HOME.key].delete().where(SEARCHED_TABLES[HOME.key].c.id == 3)
    )


def _holds_another_text(connection: Connection) -> None:
    connection.execute(SEARCHED_TABLES[HOME.key].update().values(rest="x"))


def _holds_a_record_that_is_gone(connection: Connection) -> None:
    values = {"id": 99, "title": "甲", "rest": "", "keys": ""}
    connection.execute(SEARCHED_TABLES[HOME.key].insert().values(values))


def _grams_are_of_before(connection: Connection) -> None:
    connection.execute(update(institutions).where(institutions.c.id == 1).values(name="乙"))
    kept = SEARCHED_TABLES[HOME.key]
    connection.execute(kept.update().where(kept.c.id == 1).values(title="cl-000001\n乙"))


@pytest.mark.parametrize(
    "spoil",
    [
        _forgets_a_record,
        _holds_another_text,
        _holds_a_record_that_is_gone,
        _grams_are_of_before,
    ],
)
def test_verify_notices_and_reindex_mends(homes: Store, spoil) -> None:  # type: ignore[no-untyped-def]
    assert database_check.verify(homes).faults == ()
    with homes.writing() as connection:
        spoil(connection)
    (fault,) = database_check.verify(homes).faults
    assert fault.startswith(f"{HOME.label}的搜索索引与台账不一致")
    assert search_check.reindex(homes) == len(HOSTILE)
    assert database_check.verify(homes).faults == ()


def test_no_table_of_grams_is_forgotten(homes: Store) -> None:
    """Each ledger but the areas is searched by an index."""
    kept: Sequence[str] = sorted(search_index.INDEXED)
    assert kept == sorted(set(LEDGERS) - {"areas"})
