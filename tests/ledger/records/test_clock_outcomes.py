"""What petitions keep of their clocks, from their first save on and after every change."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from ledger.domain.access import SYSTEM
from ledger.records import service as records
from ledger.records.service import Edit
from ledger.storage import Store
from tests.ledger.conftest import WEST_VILLAGE

D = date
# Notice: 15 days from receipt, else from registration; an answer in writing gives it at the latest.
# Reply: 60 days from acceptance, only for requests (and what may be one), extended if that was
# approved in time. In May 2026 the 20th and the 25th are working days; the 19th of July is a
# Sunday, so the period ends on the 20th.
CASES: list[tuple[dict[str, Any], tuple[Any, Any, Any, Any]]] = [
    ({}, (D(2026, 5, 20), None, None, None)),
    ({"received_on": D(2026, 5, 10)}, (D(2026, 5, 25), None, None, None)),
    ({"acceptance_told_on": D(2026, 5, 20)}, (D(2026, 5, 20), True, None, None)),
    ({"acceptance_told_on": D(2026, 5, 21)}, (D(2026, 5, 20), False, None, None)),
    (
        {"accepted_on": D(2026, 5, 20), "kind": "request"},
        (D(2026, 5, 20), None, D(2026, 7, 20), None),  # accepted inside is not told
    ),
    (
        {"accepted_on": D(2026, 5, 20), "finished_on": D(2026, 7, 20)},
        (D(2026, 5, 20), False, D(2026, 7, 20), True),
    ),
    (
        {"accepted_on": D(2026, 5, 20), "finished_on": D(2026, 7, 21), "kind": "request"},
        (D(2026, 5, 20), False, D(2026, 7, 20), False),
    ),
    (
        {
            "accepted_on": D(2026, 5, 20),
            "finished_on": D(2026, 7, 21),
            "kind": "request",
            "extension_days": 30,
            "extension_approved_on": D(2026, 7, 1),
        },
        (D(2026, 5, 20), False, D(2026, 8, 18), True),
    ),
    ({"accepted_on": D(2026, 5, 20), "kind": "suggestion"}, (D(2026, 5, 20), None, None, None)),
]
KEYS = ("acceptance_due_on", "accepted_in_time", "reply_due_on", "replied_in_time")


def petition(store: Store, values: dict[str, Any]) -> int:
    base = {"registered_on": D(2026, 5, 5), "matter": "欠薪", "area_code": WEST_VILLAGE}
    return records.create(store, SYSTEM, "petitions", base | values)


def kept(store: Store, record_id: int) -> tuple[Any, ...]:
    row = records.get(store, SYSTEM, "petitions", record_id)
    return tuple(row[key] for key in KEYS)


@pytest.mark.parametrize(("values", "expected"), CASES)
def test_a_petition_keeps_how_its_clocks_went(
    store: Store, values: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    assert kept(store, petition(store, values)) == expected


def test_a_later_change_is_kept_too(store: Store) -> None:
    record_id = petition(store, {})
    edit = Edit(record_id, 1, {"acceptance_told_on": D(2026, 5, 30)})
    records.save(store, SYSTEM, "petitions", [edit])
    assert kept(store, record_id) == (D(2026, 5, 20), False, None, None)


def test_a_closed_petition_keeps_them_though_nothing_is_due(store: Store) -> None:
    values = {"accepted_on": D(2026, 5, 20), "finished_on": D(2026, 6, 1), "kind": "request"}
    record_id = petition(store, values)
    with store.writing() as connection:
        connection.execute(text("UPDATE petitions SET state = 'closed'"))
    records.save(store, SYSTEM, "petitions", [Edit(record_id, 1, {"remarks": "已办结"})])
    row = records.get(store, SYSTEM, "petitions", record_id)
    assert (row["due_on"], row["replied_in_time"]) == (None, True)
