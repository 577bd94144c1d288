"""A rating seen from outside the handling office: no small count of petitions and leads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from ledger import records
from ledger.access import SYSTEM, Actor, Role
from ledger.places.areas import current_atlas
from ledger.rating.measures import propose
from ledger.rating.model import Scored, VillageRating
from ledger.rating.points import rate
from ledger.rating.rulefile import load_rating
from ledger.rating.tables import export_ranking
from ledger.storage import Store
from ledger.timing import clock
from ledger.timing.periods import period_of
from tests.ledger.conftest import COUNTY, WEST, WEST_VILLAGE, actor
from tests.ledger.rating.counted import NOON, TODAY, add, overdue

QUARTER = period_of("quarter", TODAY)
RULES = load_rating()
LEADER, AUDITOR = actor(Role.LEADER, COUNTY), actor(Role.AUDITOR, COUNTY)
OFFICE, TOWN = actor(Role.OFFICE_STAFF, COUNTY), actor(Role.LEADER, WEST)
VILLAGE = actor(Role.VILLAGE_STAFF, WEST_VILLAGE)


@pytest.fixture(autouse=True)
def the_day() -> Iterator[None]:
    with clock.pretend(NOON):
        yield


@pytest.fixture
def cases(store: Store) -> Store:
    """Four repeats, two of them dissatisfied; overdue a petition and five dispositions."""
    for at in range(4):
        rated = {"rating": "dissatisfied", "finished_on": TODAY} if at < 2 else {}
        add(store, "petitions", repeat=True, **rated)
    overdue(store, "petitions", 2)
    for _ in range(5):
        overdue(store, "dispositions", 2)
    return store


def seen(store: Store, who: Actor) -> VillageRating:
    return rate(store, who, current_atlas(store), QUARTER).of(WEST_VILLAGE)


def lines(store: Store, who: Actor) -> dict[str, Scored]:
    return {one.line.key: one for one in seen(store, who).lines}


def words(store: Store, who: Actor) -> dict[str, str]:
    return {key: one.words for key, one in lines(store, who).items()}


@pytest.mark.parametrize("who", [LEADER, AUDITOR])
def test_outside_small_counts_are_neither_numbers_nor_points(cases: Store, who: Actor) -> None:
    assert words(cases, who) == {
        "coverage": "0",
        "overdue": "不显示",
        "late": "不显示",
        "in_time": "0",
        "leads": "<3",
        "outreach": "0",
        "repeat": "4",
        "dissatisfied": "<3",
    }
    found = lines(cases, who)
    hidden = [one for one in found.values() if one.is_hidden]
    assert {one.line.key: one.points for one in hidden if one.points} == {
        "overdue": Decimal("-2.5")
    }
    assert not any(one.is_exact or one.is_capped for one in hidden)
    assert (found["repeat"].points, found["repeat"].is_exact) == (-4, True)
    # What is told of a line is what everybody may see; where nothing happened is not told either.
    told = [(part.ledger, part.count) for part in found["overdue"].parts if part.count]
    assert told == [("dispositions", 5)]
    guarded = [part for part in found["overdue"].parts if part.is_hidden]
    assert {part.ledger for part in guarded} == {"petitions", "leads"}
    assert len(guarded) == 6
    assert all(part.count == 0 and part.points == 0 for part in guarded)


@pytest.mark.parametrize("who", [OFFICE, TOWN, SYSTEM])
def test_the_handling_office_sees_everything(cases: Store, who: Actor) -> None:
    found = lines(cases, who)
    assert not any(one.is_hidden or any(p.is_hidden for p in one.parts) for one in found.values())
    assert (found["dissatisfied"].count, found["dissatisfied"].points) == (2, -2)
    assert (found["overdue"].count, found["overdue"].points) == (6, -3)


def test_a_village_sees_its_petitions_but_not_the_leads_of_the_office(cases: Store) -> None:
    found = words(cases, VILLAGE)
    assert (found["dissatisfied"], found["repeat"], found["leads"]) == ("2", "4", "<3")


def test_points_rank_and_suggestion_are_the_same_for_all(cases: Store) -> None:
    def told(who: Actor) -> tuple[object, ...]:
        found = seen(cases, who)
        return found.points, found.rank, found.suggested

    assert told(LEADER) == told(OFFICE) == (Decimal(89), 3, RULES.thresholds[0])


def test_one_hidden_line_cannot_be_worked_out_from_the_points(cases: Store) -> None:
    few = [one for one in RULES.lines if one.key in ("coverage", "outreach", "repeat", "leads")]
    rules = replace(RULES, lines=tuple(few))
    found = rate(cases, LEADER, current_atlas(cases), QUARTER, rules=rules).of(WEST_VILLAGE)
    assert [(one.line.key, one.words) for one in found.lines] == [
        ("coverage", "0"),
        ("leads", "<3"),
        ("outreach", "不显示"),
        ("repeat", "4"),
    ]


def test_at_the_cap_hidden_rows_add_nothing_and_the_points_are_told(cases: Store) -> None:
    for _ in range(11):
        overdue(cases, "dispositions", 20)
    assert not lines(cases, LEADER)["overdue"].is_exact
    for _ in range(4):
        overdue(cases, "dispositions", 20)
    found = lines(cases, LEADER)["overdue"]
    assert (found.words, found.points, found.is_exact) == ("不显示", -30, True)


def test_files_hide_the_same(cases: Store) -> None:
    def row(who: Actor) -> dict[str, str]:
        content = export_ranking(cases, who, current_atlas(cases), QUARTER, None, "csv").content
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        return next(one for one in rows if one["区域代码"] == WEST_VILLAGE)

    told, hidden = row(OFFICE), row(LEADER)
    keys = ("评价不满意(件)", "评价不满意(分)", "重复信访(件)", "重复信访(分)", "得分")
    assert [told[key] for key in keys] == ["2", "-2", "4", "-4", "89"]
    assert [hidden[key].lstrip("'") for key in keys] == ["<3", "", "4", "-4", "89"]
    exported = export_ranking(cases, LEADER, current_atlas(cases), QUARTER, None, "xlsx")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(exported.content)).worksheets
    head, *rows = sheet.iter_rows(values_only=True)
    at = head.index("评价不满意(件)")
    assert [one[at : at + 2] for one in rows] == [("<3", None)] * 3


def test_a_measure_proposed_from_outside_names_only_what_is_told(cases: Store) -> None:
    atlas = current_atlas(cases)
    number = propose(cases, LEADER, atlas, WEST_VILLAGE, QUARTER, "notice")
    matter = records.get(cases, LEADER, "measures", number)["matter"]
    lost = ("重复信访-4分", "超期未办结至少-2.5分", "宣传活动-2分")
    assert matter == f"2026年第3季度考评89分，低于90分。扣分：{'、'.join(lost)}。"
