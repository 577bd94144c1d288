"""Papers of figures: no small count of a village, by no way round. Pages show every number."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.small_counts import KEPT_BACK
from ledger.domain.timing.periods import period_of
from ledger.records import service as records
from ledger.reporting.figures import By, breakdown, figures
from ledger.reporting.figures.figure_tables import export_figures
from ledger.reporting.figures.papers import paper_breakdown, paper_figures
from ledger.storage import Store
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


def text(store: Store, key: str, area: str | None, who: Actor = LEADER) -> str:
    """A number as a paper tells it."""
    return paper_figures(figures(store, who, MONTH, area))[key].text


# at which area: registered, repeat rate, people
IN_A_PAPER = [
    (EAST_NORTH, "<3", "<3", "<3"),
    # None of four is a repeat: zero is small as well.
    (EAST_SOUTH, "4件", "<3", "4人次"),
    (WEST_VILLAGE, "10件", "<3", "10人次"),
    # The rule is about villages: a township's and a county's own figures are told.
    (WEST, "10件", "20.0%", "10人次"),
    (EAST, "6件", "33.3%", "6人次"),
    (None, "16件", "25.0%", "16人次"),
]
KEYS = ("petitions_registered", "repeat_rate", "petition_people")
LOOK_ON = (LEADER, AUDITOR, OFFICE, TOWN, SYSTEM, actor(Role.VILLAGE_STAFF, EAST_NORTH))


def test_what_a_paper_tells(cases: Store) -> None:
    for area, *told in IN_A_PAPER:
        assert [text(cases, key, area) for key in KEYS] == told, area


def test_who_may_open_the_rows_sees_the_number(cases: Store) -> None:
    for who in LOOK_ON:
        found = figures(cases, who, MONTH, EAST_NORTH)
        assert [found[key].text for key in KEYS] == ["2件", "100.0%", "2人次"], who.role
        apart = breakdown(cases, who, MONTH, "petitions_registered", "official", EAST_NORTH)
        assert [line.text for line in apart.lines] == ["2件"]
        rows = found["petitions_registered"].rows
        assert records.search(cases, who, rows.ledger, rows.selection).total == 2
    grid = actor(Role.GRID_WORKER, WEST_GRID)
    assert figures(cases, grid, MONTH)["petitions_registered"].text == "0件"


def test_a_hidden_number_is_not_there_at_all(cases: Store) -> None:
    value = paper_figures(figures(cases, LEADER, MONTH, EAST_NORTH))["repeat_rate"]
    assert (value.value, value.numerator, value.denominator, value.counted) == (None, 0, 0, 0)
    assert value.fraction == ""
    found = paper_figures(figures(cases, LEADER, MONTH, WEST_VILLAGE))
    assert found.comparisons("petitions_registered") == ("环比不显示", "同比不显示")
    assert found.comparisons("repeat_rate") == ("环比不显示", "同比不显示")


def test_other_ledgers_hide_nothing(cases: Store) -> None:
    row = {"name": "演示院", "area_code": EAST_NORTH}
    records.create(cases, SYSTEM, "institutions", row)
    assert text(cases, "tier_none", EAST_NORTH) == "1家"
    assert text(cases, "overdue_dispositions", EAST_NORTH) == "0项"
    assert text(cases, "overdue_leads", EAST_NORTH) == "<3"


def test_the_few_that_a_share_leaves_over_are_hidden_in_a_village(cases: Store) -> None:
    """Nine of ten repeats would tell of one that is none."""
    note(cases, WEST_VILLAGE, 40, repeat=True)
    note(cases, EAST_SOUTH, 40, repeat=True)
    assert text(cases, "repeat_rate", WEST_VILLAGE) == "84.0%"
    note(cases, EAST_NORTH, 7, repeat=True)
    note(cases, EAST_NORTH, 1)
    assert text(cases, "repeat_rate", EAST_NORTH) == KEPT_BACK


def test_parts_of_a_composition_cannot_be_subtracted(cases: Store) -> None:
    """All four came by letter: the others are none, so the letters are kept back too."""
    found = paper_figures(figures(cases, LEADER, MONTH, EAST_SOUTH)).by_key
    assert found["channel_share.letter"].text == KEPT_BACK
    assert found["channel_share.visit"].text == "<3"
    # Of ten in the west two came by visit and none by others: 2 of four small ones is ambiguous.
    found = paper_figures(figures(cases, LEADER, MONTH, WEST_VILLAGE)).by_key
    assert found["channel_share.letter"].text == "80.0%"
    assert found["channel_share.visit"].text == "<3"


def told(store: Store, by: By, area: str | None, key: str = "petitions_registered") -> list[str]:
    found = paper_breakdown(breakdown(store, LEADER, MONTH, key, by, area))
    return [line.text for line in found.lines]


def test_areas_cannot_be_subtracted(cases: Store) -> None:
    assert told(cases, "area", EAST) == [KEPT_BACK, "<3"]
    assert told(cases, "area", None) == ["10件", "6件"]
    assert told(cases, "area", None, "repeat_rate") == ["<3", "<3"]


def test_over_time_and_by_official_in_a_village(cases: Store) -> None:
    assert told(cases, "period", EAST_SOUTH) == ["<3"] * 11 + ["4件"]
    over = paper_breakdown(
        breakdown(cases, LEADER, MONTH, "petitions_registered", "period", EAST_SOUTH)
    )
    assert [line.value.value for line in over.lines] == [None] * 11 + [4]
    assert told(cases, "official", EAST_NORTH) == ["<3"]
    assert told(cases, "period", None)[-1] == "16件"


@pytest.mark.parametrize("who", [LEADER, OFFICE])
def test_files_are_papers_whoever_takes_them(cases: Store, who: Actor) -> None:
    content = export_figures(cases, who, MONTH, "csv", EAST_NORTH).content
    read = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    hidden = next(row for row in read if row["指标"] == "信访登记量")
    assert hidden["数值"].lstrip("'") == "<3"
    assert [hidden[key] for key in ("数值(未取整)", "分子", "分母")] == ["", "", ""]
    book = openpyxl.load_workbook(
        io.BytesIO(export_figures(cases, who, MONTH, "xlsx", EAST_NORTH).content)
    )
    (sheet,) = book.worksheets
    (row,) = [one for one in sheet.iter_rows(values_only=True) if one[1] == "信访登记量"]
    assert row[3:7] == ("<3", None, None, None)
