"""Papers of a rating: no small count of petitions and leads. Pages show every number."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.atlas import Area
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.timing import clock
from ledger.domain.timing.periods import period_of
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.reporting.rating.measures import propose
from ledger.reporting.rating.model import Part, Scored, VillageRating
from ledger.reporting.rating.papers import paper_village
from ledger.reporting.rating.points import rate
from ledger.reporting.rating.rating_tables import export_ranking
from ledger.reporting.rating.rules import RatingRules
from ledger.storage import Store
from tests.ledger.conftest import COUNTY, WEST, WEST_VILLAGE, actor
from tests.ledger.reporting.rating.counted import NOON, TODAY, add, overdue
from tests.shipped_rules import shipped_rating
from tests.thoroughly import examples

QUARTER = period_of("quarter", TODAY)
RULES = shipped_rating()
LEADER, AUDITOR = actor(Role.LEADER, COUNTY), actor(Role.AUDITOR, COUNTY)
OFFICE, TOWN = actor(Role.OFFICE_STAFF, COUNTY), actor(Role.LEADER, WEST)
AREA = Area(WEST_VILLAGE, "演示一村", "village", None, f"/{WEST_VILLAGE}/", None, None)
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


def village(store: Store, who: Actor) -> VillageRating:
    return rate(store, who, current_atlas(store), QUARTER).of(WEST_VILLAGE)


def paper(store: Store, rules: RatingRules = RULES) -> dict[str, tuple[object, object]]:
    found = rate(store, SYSTEM, current_atlas(store), QUARTER, rules=rules).of(WEST_VILLAGE)
    cells = paper_village(found, rules)
    return {one.line.key: cell for one, cell in zip(found.lines, cells, strict=True)}


@pytest.mark.parametrize("who", [LEADER, AUDITOR, OFFICE, TOWN, VILLAGE, SYSTEM])
def test_who_may_open_the_rows_sees_every_number(cases: Store, who: Actor) -> None:
    found = village(cases, who)
    by_key = {one.line.key: one for one in found.lines}
    assert (by_key["dissatisfied"].count, by_key["dissatisfied"].points) == (2, -2)
    assert (by_key["overdue"].count, by_key["overdue"].points) == (6, -3)
    for line in found.lines:
        for part in line.parts:
            rows = records.search(cases, who, part.ledger, part.selection)
            assert rows.total == part.count, part.label
    assert (found.points, found.suggested) == (Decimal(89), RULES.thresholds[0])


def test_small_counts_are_neither_numbers_nor_points_in_a_paper(cases: Store) -> None:
    found = paper(cases)
    assert found["dissatisfied"] == ("<3", None)
    assert found["leads"] == ("<3", None)
    # Of five dispositions and one petition that are overdue, neither the sum is told.
    assert found["overdue"] == ("不显示", None)
    assert found["repeat"] == (4, -4.0)
    assert found["outreach"] == (0, -2.0)


def test_one_hidden_line_cannot_be_worked_out_from_the_points(cases: Store) -> None:
    few = [one for one in RULES.lines if one.key in ("coverage", "outreach", "repeat", "leads")]
    found = paper(cases, replace(RULES, lines=tuple(few)))
    assert found["leads"] == ("<3", None)
    assert [key for key, cell in found.items() if cell == ("不显示", None)]


@settings(max_examples=examples(60))
@given(
    counts=st.lists(st.integers(0, 5), min_size=4, max_size=4),
    each=st.lists(st.sampled_from(["-1", "-0.5", "2", "3"]), min_size=4, max_size=4),
    cap=st.sampled_from([None, Decimal(6)]),
)
def test_no_hidden_line_follows_from_the_points(
    counts: list[int], each: list[str], cap: Decimal | None
) -> None:
    """Two lines of petitions, two of inspections; the reader knows the rules and the points."""
    ledgers = ("petitions", "petitions", "inspections", "inspections")
    lines = tuple(
        Scored(
            RULES.lines[0].model_copy(update={"key": str(at), "cap": cap, "none": Decimal(0)}),
            (Part("", ledger, counts[at], Decimal(each[at]), (), None),),
            worth(counts[at], each[at], cap),
        )
        for at, ledger in enumerate(ledgers)
    )
    rules = replace(RULES, lines=tuple(one.line for one in lines), lowest=Decimal(0))
    points = rules.total({one.line.key: one.points for one in lines})
    cells = paper_village(VillageRating(AREA, points, 1, lines, None), rules)
    options = [
        range(3) if number == "<3" else range(15) if number == "不显示" else [number]
        for number, _ in cells
    ]
    if "不显示" not in dict(cells) and len([1 for n, _ in cells if n == "<3"]) == 0:
        return
    left = [
        numbers
        for numbers in itertools.product(*options)
        if rules.total({str(at): worth(n, each[at], cap) for at, n in enumerate(numbers)}) == points
    ]
    for at, (number, told) in enumerate(cells):
        if number == "<3" and any(not isinstance(n, str) for n, _ in cells):
            assert told is None
            assert len({one[at] for one in left}) > 1, (cells, counts, each)


def worth(number: int, each: str, cap: Decimal | None) -> Decimal:
    points = number * Decimal(each)
    return points if cap is None else max(-cap, min(cap, points))


@pytest.mark.parametrize("who", [OFFICE, LEADER])
def test_files_are_papers_whoever_takes_them(cases: Store, who: Actor) -> None:
    content = export_ranking(cases, who, current_atlas(cases), QUARTER, None, "csv").content
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    hidden = next(one for one in rows if one["区域代码"] == f"{WEST_VILLAGE}\t")
    keys = ("评价不满意(件)", "评价不满意(分)", "重复信访(件)", "重复信访(分)", "得分")
    assert [hidden[key].lstrip("'") for key in keys] == ["<3", "", "4", "-4", "89"]
    exported = export_ranking(cases, who, current_atlas(cases), QUARTER, None, "xlsx")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(exported.content)).worksheets
    head, *rows_ = sheet.iter_rows(values_only=True)
    at = head.index("评价不满意(件)")
    assert [one[at : at + 2] for one in rows_] == [("<3", None)] * 3


def test_a_proposed_measure_names_what_was_lost(cases: Store) -> None:
    atlas = current_atlas(cases)
    number = propose(cases, LEADER, atlas, WEST_VILLAGE, QUARTER, "notice")
    matter = records.get(cases, LEADER, "measures", number)["matter"]
    lost = ("重复信访-4分", "超期未办结-3分", "宣传活动-2分", "评价不满意-2分")
    assert matter == f"2026年第3季度考评89分，低于90分。扣分：{'、'.join(lost)}。"
