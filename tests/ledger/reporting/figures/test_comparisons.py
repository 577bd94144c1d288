"""环比 and 同比: equal days, no data before the ledger began, nothing that can still change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.timing import clock
from ledger.domain.timing.periods import period_of
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.reporting.figures import breakdown, figures
from ledger.reporting.figures.figure_tables import FIELDS, number_rows
from ledger.reporting.statistics.hotspots import hotspots
from ledger.reporting.statistics.requests import Request
from ledger.storage import Store
from tests.ledger.conftest import COUNTY, EAST_SOUTH, WEST_VILLAGE, actor

TODAY = date(2026, 11, 30)
QUARTER = period_of("quarter", TODAY)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def the_day() -> Iterator[None]:
    with clock.pretend(datetime.combine(TODAY, time(12), clock.OFFICE)):
        yield


def note(store: Store, number: int, day: date, **values: Any) -> None:
    for _ in range(number):
        row = {"registered_on": day, "matter": "欠薪", "area_code": WEST_VILLAGE, **values}
        records.create(store, SYSTEM, "petitions", row)


@pytest.fixture
def growing(store: Store) -> Store:
    """Twelve a month in the quarter before, thirteen a month in this one; it has a month to go."""
    for month in (7, 8, 9):
        note(store, 12, date(2026, month, 5))
    for month in (10, 11):
        note(store, 13, date(2026, month, 5))
    return store


def test_an_unfinished_quarter_does_not_fall_for_being_unfinished(growing: Store) -> None:
    found = figures(growing, SYSTEM, QUARTER)
    assert found.previous["petitions_registered"].value == 24
    assert found.comparisons("petitions_registered")[0] == "环比增加2件（上升8.3%）"
    assert "按前61天与同样天数比较：环比2026-07-01至2026-08-30" in found.bases.words


def test_a_number_compared_with_opens_the_rows_of_equal_days(growing: Store) -> None:
    rows = figures(growing, SYSTEM, QUARTER).previous["petitions_registered"].rows
    assert records.search(growing, SYSTEM, rows.ledger, rows.selection).total == 24


def test_due_until_yesterday_is_compared_with_due_until_the_same_day(store: Store) -> None:
    """What is due today is not late yet, on either side."""
    from sqlalchemy import update

    from ledger.storage.tables import petitions

    note(store, 1, date(2026, 6, 1))
    for base in (date(2026, 7, 1), QUARTER.start):
        for after in (0, 59, 60, 61):
            note(store, 1, date(2026, 6, 1), remarks=f"{base + after * DAY}")
    with store.writing() as connection:
        for row in connection.execute(petitions.select().where(petitions.c.remarks.is_not(None))):
            due = date.fromisoformat(row.remarks)
            where = petitions.c.id == row.id
            connection.execute(update(petitions).where(where).values(reply_due_on=due))
    found = figures(store, SYSTEM, QUARTER)
    now, then = found["on_time_reply"], found.previous["on_time_reply"]
    assert (now.denominator, then.denominator) == (2, 2)


def test_a_base_before_the_ledger_began_is_no_data_and_not_zero(growing: Store) -> None:
    found = figures(growing, SYSTEM, QUARTER)
    assert found.comparisons("petitions_registered")[1] == "同比暂无数据"
    assert found.year_before["petitions_registered"].value is None
    assert found.year_before["petitions_registered"].text == "暂无数据"
    over = breakdown(growing, SYSTEM, QUARTER, "petitions_registered", "period").lines
    assert [line.value.value for line in over] == [None] * 10 + [36, 26]
    assert over[-1].name == "2026年第4季度（未结束）"
    # The township keeps the ledger: a village without a petition then had none.
    east = figures(growing, SYSTEM, QUARTER, EAST_SOUTH)
    assert east.comparisons("petitions_registered")[0] == "环比暂无数据"


def test_a_quiet_village_of_a_township_that_kept_the_ledger_had_none(growing: Store) -> None:
    grids = figures(growing, SYSTEM, QUARTER, WEST_VILLAGE + "001")
    assert grids.previous["petitions_registered"].value == 0


def test_what_can_still_change_is_not_compared(growing: Store) -> None:
    for month in (8, 11):
        values = {"finished_on": date(2026, month, 20), "kind": "request", "repeat": False}
        note(growing, 12, date(2026, month, 6), **values)
    found = figures(growing, SYSTEM, QUARTER)
    assert found["first_time_resolution"].value == 1
    assert "没有都满180日，结果可能变动，不作比较" in found["first_time_resolution"].note
    assert found.comparisons("first_time_resolution")[0] == "环比不作比较（尚未定）"
    assert found.comparisons("leads_true")[0] == "环比不作比较（尚未定）"
    old = figures(growing, SYSTEM, period_of("month", date(2026, 3, 1)))
    assert old["first_time_resolution"].note == ""


def test_a_stock_is_compared_with_the_end_of_the_period_before(store: Store) -> None:
    found = figures(store, actor(Role.LEADER, COUNTY), QUARTER)
    assert found.previous["tier_1"].as_of == date(2026, 9, 30)
    assert found.year_before["tier_1"].as_of == date(2025, 11, 30)


def test_files_say_which_days_are_compared(growing: Store) -> None:
    rows = number_rows(figures(growing, SYSTEM, QUARTER))
    at = [field.key for field in FIELDS].index("bases")
    said = {row[at] for row in rows if row[1] == "信访登记量"}
    assert said == {"上期2026-07-01至2026-08-30；上年同期2025-10-01至2025-11-30"}


def test_hotspots_compare_the_same_days(growing: Store) -> None:
    table = hotspots(growing, SYSTEM, Request(QUARTER)).table
    assert table.at[WEST_VILLAGE, "before"] == 24
    assert table["year_before"].isna().all()
    whole = figures(growing, SYSTEM, QUARTER)
    assert table["before"].sum() == whole.previous["petitions_registered"].value
    assert records.search(growing, SYSTEM, "petitions", Selection()).total == 62
