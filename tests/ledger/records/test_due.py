"""Overdue by law and by local rules only: one definition, and every record in one of them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import update

from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.records.due import due_clause, due_text
from ledger.records.query import Condition, Selection
from ledger.storage import Store
from ledger.storage.tables import petitions
from tests.ledger.conftest import WEST_VILLAGE

DAYS = [
    # matter   due_on               legal_due_on
    ("both", date(2026, 6, 1), date(2026, 6, 5)),
    ("law later", date(2026, 6, 1), date(2026, 6, 20)),
    ("local", date(2026, 6, 1), None),
    ("law", date(2026, 6, 9), date(2026, 6, 9)),
    ("today", date(2026, 6, 10), date(2026, 6, 10)),
    ("soon", date(2026, 6, 17), None),
    ("later", date(2026, 6, 18), None),
    ("none", None, None),
]
SETS = {
    "overdue": {"both", "law later", "local", "law"},
    "legal": {"both", "law"},
    "local": {"law later", "local"},
    "soon": {"today", "soon"},
}


@pytest.fixture
def dated(store: Store) -> Store:
    """Petitions with the days that are looked at, as of 10 June 2026."""
    for matter, due_on, legal in DAYS:
        values = {"registered_on": "2026-05-01", "matter": matter, "area_code": WEST_VILLAGE}
        record = records.create(store, SYSTEM, "petitions", values)
        days = {"due_on": due_on, "legal_due_on": legal}
        with store.writing() as connection:
            connection.execute(update(petitions).where(petitions.c.id == record).values(days))
    return store


def listed(store: Store, which: str, day: date) -> set[str]:
    wanted = Selection(conditions=(Condition("due", "set", which),))
    with clock.pretend(datetime(day.year, day.month, day.day, 9, tzinfo=clock.OFFICE)):
        return {row["matter"] for row in records.search(store, SYSTEM, "petitions", wanted).rows}


@pytest.mark.parametrize("which", SETS)
def test_what_each_word_lists(dated: Store, which: str) -> None:
    assert listed(dated, which, date(2026, 6, 10)) == SETS[which]


def test_by_law_and_locally_are_apart_and_together_all_that_is_overdue(dated: Store) -> None:
    for day in (date(2026, 6, 2), date(2026, 6, 10), date(2026, 6, 30)):
        legal, local = listed(dated, "legal", day), listed(dated, "local", day)
        assert not legal & local
        assert legal | local == listed(dated, "overdue", day)


def test_the_same_condition_lists_more_the_next_day(dated: Store) -> None:
    assert listed(dated, "overdue", date(2026, 6, 11)) - SETS["overdue"] == {"today"}


def test_a_word_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid, match="期限只能按这些筛选"):
        due_clause(petitions, "yesterday")


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("核查", "2027-03-22"),
        (None, "2027-03-22"),
        ("核查(节假日安排未公布)", "2027-03-22(节假日安排未公布)"),
    ],
)
def test_a_day_carries_the_mark_of_its_deadline_name(label: str | None, words: str) -> None:
    assert due_text(date(2027, 3, 22), label) == words
