"""Points of the small county, counted by hand: every count, lateness, caps, ranks and scope."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Invalid, NotFound, Refused
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period, period_of
from ledger.records.places.areas import current_atlas
from ledger.records.record_pages import find
from ledger.reporting.rating.counts import COUNTS, Lateness
from ledger.reporting.rating.model import VillageRating
from ledger.reporting.rating.points import lateness_of, rate
from ledger.reporting.rating.rules import RatingRules
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
from tests.ledger.reporting.rating.counted import NOON, TODAY, add, home, overdue, put
from tests.shipped_rules import shipped_rating

# Belongs to an office that handles the matters, and sees them all.
CLERK = actor(Role.OFFICE_STAFF, COUNTY)
QUARTER = period_of("quarter", TODAY)
RULES = shipped_rating()
BEFORE = QUARTER.start - timedelta(days=1)


@pytest.fixture(autouse=True)
def the_day() -> Iterator[None]:
    with clock.pretend(NOON):
        yield


def village(store: Store, code: str = WEST_VILLAGE, period: Period = QUARTER) -> VillageRating:
    return rate(store, CLERK, current_atlas(store), period).of(code)


def counted(store: Store, key: str, code: str = WEST_VILLAGE, period: Period = QUARTER) -> int:
    found = village(store, code, period)
    return next(one.count for one in found.lines if one.line.key == key)


def points(found: VillageRating, key: str) -> Decimal:
    return next(one.points for one in found.lines if one.line.key == key)


def test_a_village_without_records_has_its_start_but_for_outreach(store: Store) -> None:
    found = village(store)
    assert {one.line.key: one.points for one in found.lines if one.points} == {"outreach": -2}
    assert found.points == 98
    assert found.suggested is None


LATENESS = [
    # days late, points: DOMAIN §1D, 0.5 / 1 / 2
    (0, "0"),
    (1, "-0.5"),
    (3, "-0.5"),
    (4, "-1"),
    (7, "-1"),
    (8, "-2"),
    (400, "-2"),
]


@pytest.mark.parametrize(("days", "worth"), LATENESS)
def test_overdue_costs_by_lateness(store: Store, days: int, worth: str) -> None:
    overdue(store, "petitions", days)
    assert points(village(store), "overdue") == Decimal(worth)


@pytest.mark.parametrize(
    "ledger", ["petitions", "leads", "dispositions", "inspections", "measures"]
)
def test_overdue_of_every_ledger_counts(store: Store, ledger: str) -> None:
    if ledger == "inspections":
        number = home(store)
        record = add(store, ledger, institution=number)
        put(store, ledger, record, due_on=TODAY - timedelta(days=2))
    else:
        overdue(store, ledger, 2)
    assert counted(store, "overdue") == 1


def test_a_past_period_knows_lateness_until_its_last_day(store: Store) -> None:
    record = add(store, "petitions")
    put(store, "petitions", record, due_on=BEFORE - timedelta(days=2))
    past = QUARTER.previous()
    assert points(village(store, period=past), "overdue") == Decimal("-0.5")
    assert points(village(store), "overdue") == -2


def test_inspection_coverage_is_that_of_the_round_until_the_day(store: Store) -> None:
    seen, refused, unseen = home(store), home(store), home(store)
    add(store, "inspections", institution=seen, inspected_on=BEFORE)
    add(store, "inspections", institution=refused, result="refused")
    assert unseen not in (seen, refused)
    assert counted(store, "coverage") == 2
    add(store, "inspections", institution=unseen)
    assert counted(store, "coverage") == 1
    # In the quarter before only the first was seen, and nobody knew of today's visits.
    assert counted(store, "coverage", period=QUARTER.previous()) == 2


def test_a_new_round_begins_anew(store: Store) -> None:
    number = home(store)
    add(store, "inspections", institution=number, round=1, inspected_on=BEFORE)
    assert counted(store, "coverage") == 0
    other = home(store, EAST_SOUTH)
    add(store, "inspections", EAST_SOUTH, institution=other, round=2)
    assert counted(store, "coverage") == 1
    assert counted(store, "coverage", period=QUARTER.previous()) == 0, "round 1 was whole then"


def test_what_was_finished_late_in_the_period_costs_by_lateness(store: Store) -> None:
    number = home(store)
    late = add(
        store,
        "inspections",
        institution=number,
        result="problem",
        rectify_by=TODAY - timedelta(days=9),
        rectified_on=TODAY,
    )
    closed = add(store, "dispositions")
    put(
        store,
        "dispositions",
        closed,
        state="closed",
        closed_on=TODAY,
        close_due_on=TODAY - timedelta(days=4),
        closed_in_time=False,
    )
    answered = add(store, "petitions")
    put(
        store,
        "petitions",
        answered,
        finished_on=QUARTER.start,
        reply_due_on=BEFORE,
    )
    assert late
    found = village(store)
    assert points(found, "late") == Decimal("-3.5")  # 9 days 2, 4 days 1, 1 day 0.5
    assert counted(store, "late", period=QUARTER.previous()) == 0


def test_what_was_closed_in_time_gives(store: Store) -> None:
    number = home(store)
    add(
        store,
        "inspections",
        institution=number,
        result="problem",
        rectify_by=TODAY,
        rectified_on=TODAY,
    )
    closed = add(store, "dispositions")
    put(
        store,
        "dispositions",
        closed,
        closed_on=TODAY,
        close_due_on=TODAY,
        closed_in_time=True,
    )
    assert points(village(store), "in_time") == 1
    assert counted(store, "late") == 0


COUNTED = [
    # ledger, values that count, values that do not, line
    ("leads", {"source": "inspection"}, {"source": "report"}, "leads"),
    ("leads", {"source": "inspection"}, {"source": "inspection", "finding": "false"}, "leads"),
    ("outreach", {"held_on": TODAY}, {"held_on": BEFORE}, "outreach"),
    ("petitions", {"repeat": True}, {"repeat": False}, "repeat"),
    ("petitions", {"repeat": True}, {"repeat": True, "registered_on": BEFORE}, "repeat"),
    (
        "petitions",
        {"rating": "dissatisfied", "finished_on": TODAY},
        {"rating": "dissatisfied", "finished_on": BEFORE},
        "dissatisfied",
    ),
]


@pytest.mark.parametrize(("ledger", "yes", "no", "line"), COUNTED)
def test_what_lines_count(store: Store, ledger: str, yes: dict, no: dict, line: str) -> None:
    add(store, ledger, **no)
    assert counted(store, line) == 0
    add(store, ledger, **yes)
    assert counted(store, line) == 1
    assert counted(store, line, EAST_NORTH) == 0


def test_first_and_last_moment_of_a_period_belong_to_it(store: Store) -> None:
    for day in (QUARTER.previous().start, QUARTER.previous().end):
        for at in ("00:00", "23:59"):
            add(store, "leads", source="inspection", registered_at=f"{day} {at}")
    assert counted(store, "leads", period=QUARTER.previous()) == 4
    assert counted(store, "leads") == 0


def test_a_line_gives_and_takes_no_more_than_its_cap(store: Store) -> None:
    for _ in range(12):
        add(store, "petitions", repeat=True)
    for _ in range(4):
        add(store, "outreach")
    found = village(store)
    capped = {one.line.key: one.points for one in found.lines if one.is_capped}
    assert capped == {"repeat": -10, "outreach": 3}
    assert found.points == 100 - 10 + 3


def test_points_stay_within_the_bounds_of_the_file(store: Store) -> None:
    rules = RatingRules(
        **{**vars(RULES), "lowest": Decimal(97), "start": Decimal(98), "highest": Decimal(99)}
    )
    atlas = current_atlas(store)
    for _ in range(5):
        add(store, "petitions", repeat=True)
    add(store, "outreach", EAST_SOUTH, held_on=TODAY)
    for _ in range(3):
        add(store, "leads", EAST_SOUTH, source="inspection")
    rating = rate(store, CLERK, atlas, QUARTER, rules=rules)
    assert (rating.of(WEST_VILLAGE).points, rating.of(EAST_SOUTH).points) == (97, 99)


def test_ranks_are_shared_and_the_next_is_left_out(store: Store) -> None:
    add(store, "petitions", repeat=True)
    rating = rate(store, CLERK, current_atlas(store), QUARTER)
    assert [(one.area.code, one.rank) for one in rating.villages] == [
        (EAST_SOUTH, 1),
        (EAST_NORTH, 1),
        (WEST_VILLAGE, 3),
    ]


def test_every_count_opens_exactly_the_rows_it_counts(store: Store) -> None:
    number = home(store)
    home(store, WEST_GRID)
    add(store, "inspections", institution=number, result="refused")
    for ledger in ("petitions", "leads", "dispositions"):
        for days in (2, 5, 9, 30):
            overdue(store, ledger, days)
    add(store, "petitions", repeat=True)
    add(store, "leads", source="inspection")
    add(store, "outreach")
    parts = [part for one in village(store).lines for part in one.parts]
    assert sum(part.count for part in parts) == 2 + 12 + 1 + 1 + 1
    with store.reading() as connection:
        for part in parts:
            page = find(connection, CLERK, LEDGERS[part.ledger], part.selection)
            assert page.total == part.count, part.label


def test_steps_of_a_line_as_spans_of_days() -> None:
    overdue_line = next(line for line in RULES.lines if line.key == "overdue")
    assert lateness_of(overdue_line) == (
        (Lateness(1, 3), Decimal("-0.5")),
        (Lateness(4, 7), Decimal(-1)),
        (Lateness(8, None), Decimal(-2)),
    )
    assert [one.label for one, _ in lateness_of(overdue_line) if one] == [
        "超期1至3天",
        "超期4至7天",
        "超期8天以上",
    ]
    assert Lateness(2, 2).label == "超期2天"


def test_a_count_by_lateness_without_a_step_counts_all_that_is_late() -> None:
    from ledger.reporting.rating.counts import Span

    span = Span(QUARTER, TODAY, 1)
    for count in COUNTS.values():
        if count.by_lateness:
            assert count.conditions(span, None) == count.conditions(span, Lateness(1, None))


def test_scope_decides_which_villages_are_rated(store: Store) -> None:
    atlas = current_atlas(store)
    office = actor(Role.OFFICE_STAFF, WEST)
    assert [one.area.code for one in rate(store, office, atlas, QUARTER).villages] == [WEST_VILLAGE]
    staff = actor(Role.VILLAGE_STAFF, EAST_SOUTH)
    assert [one.area.code for one in rate(store, staff, atlas, QUARTER).villages] == [EAST_SOUTH]
    worker = actor(Role.GRID_WORKER, WEST_GRID)
    with pytest.raises(Refused):
        rate(store, worker, atlas, QUARTER)
    for code in (EAST, EAST_NORTH, "nowhere"):
        with pytest.raises(NotFound):
            rate(store, office, atlas, QUARTER, code)
    with pytest.raises(NotFound):
        rate(store, office, atlas, QUARTER).of(EAST_NORTH)
    with pytest.raises(Refused):
        rate(store, actor(Role.ADMIN, COUNTY), atlas, QUARTER)
    assert len(rate(store, SYSTEM, atlas, QUARTER, EAST).villages) == 2


REFUSED = [
    (Period(TODAY, TODAY), "按月、季度或年"),
    (Period(date(2026, 8, 3), date(2026, 8, 20)), "按月、季度或年"),
    (period_of("month", date(2026, 9, 1)), "还没有开始"),
]


@pytest.mark.parametrize(("period", "said"), REFUSED)
def test_periods_that_cannot_be_rated(store: Store, period: Period, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        rate(store, CLERK, current_atlas(store), period)
