"""A matter that came back is noted on the petition that had been answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from ledger.domain.access import SYSTEM
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.records.service import Edit
from ledger.storage import Store
from tests.ledger.conftest import WEST_VILLAGE

D = date


def add(store: Store, number: str, on: date, earlier: str | None = None, **more: Any) -> int:
    """One petition of a chain."""
    values = {"number": number, "registered_on": on, "matter": "欠薪", "area_code": WEST_VILLAGE}
    return records.create(store, SYSTEM, "petitions", values | {"earlier": earlier} | more)


def back(store: Store, record_id: int) -> date | None:
    found: date | None = records.get(store, SYSTEM, "petitions", record_id)["returned_on"]
    return found


def edit(store: Store, record_id: int, **values: Any) -> None:
    version = records.get(store, SYSTEM, "petitions", record_id)["version"]
    records.save(store, SYSTEM, "petitions", [Edit(record_id, version, values)])


@pytest.fixture
def answered(store: Store) -> int:
    """A petition answered in February."""
    return add(store, "A", D(2026, 1, 5), finished_on=D(2026, 2, 10))


@pytest.mark.parametrize(
    ("came", "noted"),
    [
        (D(2026, 2, 9), None),  # while it was still in hand: a repeat, but nothing had been solved
        (D(2026, 2, 10), D(2026, 2, 10)),
        (D(2027, 1, 1), D(2027, 1, 1)),  # however late; how late still counts is the figure's
    ],
)
def test_the_first_petition_after_the_answer(
    store: Store, answered: int, came: date, noted: date | None
) -> None:
    with clock.pretend(datetime(2027, 6, 1, tzinfo=clock.OFFICE)):
        add(store, "B", came, "A")
    assert back(store, answered) == noted


def test_one_matter_is_a_chain_and_the_earliest_counts(store: Store, answered: int) -> None:
    add(store, "B", D(2026, 2, 1), "A")
    add(store, "C", D(2026, 5, 1), "B")
    assert back(store, answered) == D(2026, 5, 1)
    add(store, "D", D(2026, 3, 1), "A")
    assert back(store, answered) == D(2026, 3, 1)


def test_it_follows_every_change(store: Store, answered: int) -> None:
    later = add(store, "B", D(2026, 3, 1), "A")
    assert back(store, answered) == D(2026, 3, 1)
    edit(store, answered, finished_on=D(2026, 4, 1))
    assert back(store, answered) is None
    edit(store, answered, finished_on=D(2026, 2, 1))
    edit(store, later, earlier=None)
    assert back(store, answered) is None
    edit(store, later, earlier="A", registered_on=D(2026, 6, 6))
    assert back(store, answered) == D(2026, 6, 6)


def test_the_bin_takes_it_back_and_gives_it_again(store: Store, answered: int) -> None:
    later = add(store, "B", D(2026, 3, 1), "A")
    records.delete(store, SYSTEM, "petitions", {later: 1})
    assert back(store, answered) is None
    records.restore(store, SYSTEM, "petitions", {later: 2})
    assert back(store, answered) == D(2026, 3, 1)


def test_petitions_that_follow_each_other_do_not_go_round_for_ever(
    store: Store, answered: int
) -> None:
    add(store, "B", D(2026, 3, 1), "A")
    edit(store, answered, earlier="B")
    assert back(store, answered) == D(2026, 3, 1)
