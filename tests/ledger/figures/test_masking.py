"""Figures of a village seen from outside the handling office: no small count, by no way round."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import records
from ledger.access import SYSTEM, Actor, Role
from ledger.figures import breakdown, figures
from ledger.figures.masking import _with_others
from ledger.figures.tables import export_figures
from ledger.statistics.small_counts import KEPT_BACK
from ledger.storage import Store
from ledger.timing.periods import period_of
from tests.ledger.conftest import (
    COUNTY,
    EAST,
    EAST_NORTH,
    EAST_SOUTH,
    WEST,
    WEST_GRID,
    WEST_VILLAGE,
    actor,
)

MONTH = period_of("month", date(2026, 6, 1))
LEADER, AUDITOR = actor(Role.LEADER, COUNTY), actor(Role.AUDITOR, COUNTY)
OFFICE, TOWN = actor(Role.OFFICE_STAFF, COUNTY), actor(Role.LEADER, EAST)
TAKEN = {"channel": "letter", "repeat": False, "people": 1}


def note(store: Store, code: str, number: int, **values: Any) -> None:
    """So many petitions of one kind in an area."""
    for _ in range(number):
        row = {"registered_on": date(2026, 6, 3), "matter": "欠薪", "area_code": code}
        records.create(store, SYSTEM, "petitions", {**row, **TAKEN, **values})


@pytest.fixture
def cases(store: Store) -> Store:
    """West: ten, two of them repeats and by visit; south: four; north: two, both repeats."""
    note(store, WEST_VILLAGE, 8)
    note(store, WEST_VILLAGE, 2, repeat=True, channel="visit")
    note(store, EAST_SOUTH, 4)
    note(store, EAST_NORTH, 2, repeat=True)
    return store


def text(store: Store, who: Actor, key: str, area: str | None) -> str:
    return figures(store, who, MONTH, area)[key].text


# who looks, at which area, registered, repeat rate, people
SEEN = [
    (LEADER, EAST_NORTH, "<3", "<3", "<3"),
    (AUDITOR, EAST_NORTH, "<3", "<3", "<3"),
    (OFFICE, EAST_NORTH, "2件", "100.0%", "2人次"),
    (TOWN, EAST_NORTH, "2件", "100.0%", "2人次"),
    (SYSTEM, EAST_NORTH, "2件", "100.0%", "2人次"),
    (actor(Role.VILLAGE_STAFF, EAST_NORTH), None, "2件", "100.0%", "2人次"),
    # None of four is a repeat: zero is small as well.
    (LEADER, EAST_SOUTH, "4件", "<3", "4人次"),
    (LEADER, WEST_VILLAGE, "10件", "<3", "10人次"),
    (LEADER, WEST, "10件", "<3", "10人次"),
    (LEADER, EAST, "6件", "<3", "6人次"),
    # A county's own figures are told.
    (LEADER, None, "16件", "25.0%", "16人次"),
    (LEADER, COUNTY, "16件", "25.0%", "16人次"),
    (actor(Role.GRID_WORKER, WEST_GRID), None, "<3", "<3", "<3"),
]


def test_who_is_told_what(cases: Store) -> None:
    keys = ("petitions_registered", "repeat_rate", "petition_people")
    for who, area, *told in SEEN:
        found = figures(cases, who, MONTH, area, compare=False)
        assert [found[key].text for key in keys] == told, (who.role, area)


def test_a_hidden_number_is_not_there_at_all(cases: Store) -> None:
    value = figures(cases, LEADER, MONTH, EAST_NORTH)["repeat_rate"]
    assert (value.value, value.numerator, value.denominator) == (None, 0, 0)
    assert value.fraction == ""
    found = figures(cases, LEADER, MONTH, WEST_VILLAGE)
    assert found.comparisons("petitions_registered") == ("环比不显示", "同比不显示")
    assert found.comparisons("repeat_rate") == ("环比不显示", "同比不显示")


def test_other_ledgers_hide_nothing(cases: Store) -> None:
    row = {"name": "演示院", "area_code": EAST_NORTH}
    records.create(cases, SYSTEM, "institutions", row)
    assert text(cases, LEADER, "tier_none", EAST_NORTH) == "1家"
    assert text(cases, LEADER, "overdue_dispositions", EAST_NORTH) == "0项"
    assert text(cases, LEADER, "overdue_leads", EAST_NORTH) == "<3"


def test_the_few_that_a_share_leaves_over_are_hidden_in_a_village(cases: Store) -> None:
    """Nine of ten repeats would tell of one that is none."""
    note(cases, WEST_VILLAGE, 40, repeat=True)
    note(cases, EAST_SOUTH, 40, repeat=True)
    assert text(cases, LEADER, "repeat_rate", WEST_VILLAGE) == "84.0%"
    note(cases, EAST_NORTH, 7, repeat=True)
    note(cases, EAST_NORTH, 1)
    assert text(cases, OFFICE, "repeat_rate", EAST_NORTH) == "90.0%"
    assert text(cases, LEADER, "repeat_rate", EAST_NORTH) == KEPT_BACK


def test_parts_of_a_composition_cannot_be_subtracted(cases: Store) -> None:
    """All four came by letter: the others are none, so the letters are kept back too."""
    found = figures(cases, LEADER, MONTH, EAST_SOUTH).by_key
    assert found["channel_share.letter"].text == KEPT_BACK
    assert found["channel_share.visit"].text == "<3"
    # Of ten in the west two came by visit and none by others: 2 of four small ones is ambiguous.
    found = figures(cases, LEADER, MONTH, WEST_VILLAGE).by_key
    assert found["channel_share.letter"].text == "80.0%"
    assert found["channel_share.visit"].text == "<3"


def test_areas_cannot_be_subtracted(cases: Store) -> None:
    def told(who: Actor, area: str | None, key: str = "petitions_registered") -> list[str]:
        return [line.text for line in breakdown(cases, who, MONTH, key, "area", area).lines]

    assert told(LEADER, EAST) == [KEPT_BACK, "<3"]
    assert told(TOWN, EAST) == ["4件", "2件"]
    assert told(LEADER, None) == ["10件", "6件"]
    assert told(LEADER, None, "repeat_rate") == ["<3", "<3"]


def test_over_time_and_by_official_in_a_village(cases: Store) -> None:
    over = breakdown(cases, LEADER, MONTH, "petitions_registered", "period", EAST_SOUTH).lines
    assert [line.text for line in over] == ["<3"] * 11 + ["4件"]
    assert [line.value.value for line in over] == [None] * 11 + [4]
    by = breakdown(cases, LEADER, MONTH, "petitions_registered", "official", EAST_NORTH).lines
    assert [line.text for line in by] == ["<3"]
    county = breakdown(cases, LEADER, MONTH, "petitions_registered", "period").lines
    assert county[-1].text == "16件"
    assert county[0].text == "0件"


def test_files_hide_the_same(cases: Store) -> None:
    def rows(who: Actor) -> dict[str, dict[str, str]]:
        content = export_figures(cases, who, MONTH, "csv", EAST_NORTH).content
        read = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        return {row["指标"] + row["分项"]: row for row in read}

    hidden, told = rows(LEADER)["信访登记量"], rows(OFFICE)["信访登记量"]
    keys = ("数值", "数值(未取整)", "分子", "分母")
    assert [told[key] for key in keys] == ["2件", "2", "2", "2"]
    assert hidden["数值"].lstrip("'") == "<3"
    assert [hidden[key] for key in keys[1:]] == ["", "", ""]
    book = openpyxl.load_workbook(
        io.BytesIO(export_figures(cases, LEADER, MONTH, "xlsx", EAST_NORTH).content)
    )
    (sheet,) = book.worksheets
    (row,) = [one for one in sheet.iter_rows(values_only=True) if one[1] == "信访登记量"]
    assert row[3:7] == ("<3", None, None, None)


@given(st.lists(st.integers(0, 6), min_size=2, max_size=6))
def test_every_hidden_count_could_be_another_one(numbers: list[int]) -> None:
    """Whoever knows the sum and what is told finds no hidden small count, where that can be."""
    words = _with_others(["<3" if n < 3 else "" for n in numbers], [(n,) for n in numbers])
    small = [n for n, word in zip(numbers, words, strict=True) if word == "<3"]
    kept = [n for n, word in zip(numbers, words, strict=True) if word == KEPT_BACK]
    assert all(n >= 3 for n in kept)
    if not small or "" not in words:
        return
    # The small ones may add up to anything that leaves three at least for each that is kept back.
    whole = sum(small) + sum(kept)
    if kept:
        assert sum(whole - one >= 3 * len(kept) for one in range(2 * len(small) + 1)) > 1
    else:
        assert len(small) > 1
        assert 0 < sum(small) < 2 * len(small)
