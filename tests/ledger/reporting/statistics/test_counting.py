"""Counting: by area and period, within the scope, and where areas were changed in between."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, Refused
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing.periods import Period
from ledger.records.bulk import create_many
from ledger.records.query import Condition, Selection
from ledger.reporting.statistics.counting import Counted, count_cases, countable_ledgers
from ledger.reporting.statistics.regions import Basis, read_regions
from ledger.storage import Store
from tests.ledger.reporting.statistics.cases import (
    COUNTY,
    NAMES,
    PATHS,
    ROW,
    TOWN,
    A,
    B,
    C,
    D,
    E,
    F,
    draw,
    found,
    person,
    petitions,
)

MAY, JUNE = Period(date(2026, 5, 1), date(2026, 5, 31)), Period(date(2026, 6, 1), date(2026, 6, 30))
BOTH = Period(date(2026, 5, 1), date(2026, 6, 30))
CHANGED = date(2026, 6, 10)
BEFORE, AFTER = date(2026, 6, 3), date(2026, 6, 20)


def count(
    store: Store,
    *periods: Period,
    actor: Actor = SYSTEM,
    ledger: str = "petitions",
    selection: Selection | None = None,
    basis: Basis = "then",
    path: str = "/",
) -> Counted:
    regions = read_regions(store, "village", path, periods[-1], basis)
    with store.reading() as connection:
        return count_cases(
            connection,
            actor,
            LEDGERS[ledger],
            selection or Selection(),
            periods,
            regions,
            by_today=basis == "today",
        )


def test_cases_are_counted_by_area_and_period(store: Store) -> None:
    petitions(store, (A, 3, MAY.start), (A, 2, MAY.end), (B, 1, JUNE.start), (C, 4, JUNE.end))
    petitions(store, (A, 9, date(2026, 4, 30)), (A, 9, date(2026, 7, 1)))
    counted = count(store, MAY, JUNE)
    assert found(counted.of(MAY)) == {"甲": 5}
    assert found(counted.of(JUNE)) == {"乙": 1, "丙": 4}
    assert counted.unplaced == (0, 0)


def test_periods_may_overlap(store: Store) -> None:
    petitions(store, (A, 3, MAY.start), (B, 1, JUNE.start))
    counted = count(store, JUNE, MAY, BOTH)
    assert found(counted.of(BOTH)) == {"甲": 3, "乙": 1}
    assert (found(counted.of(MAY)), found(counted.of(JUNE))) == ({"甲": 3}, {"乙": 1})


def test_moments_belong_to_the_day_of_the_office(store: Store) -> None:
    """The last moment of May in Shanghai is the afternoon of that day in UTC."""
    rows = [
        {"registered_at": at, "source": "report", "matter": "集资", "area_code": A}
        for at in (
            datetime(2026, 4, 30, 16, tzinfo=UTC),  # the first of May
            datetime(2026, 5, 31, 15, 59, tzinfo=UTC),
            datetime(2026, 5, 31, 16, tzinfo=UTC),  # the first of June
        )
    ]
    create_many(store, SYSTEM, "leads", rows)
    counted = count(store, MAY, JUNE, ledger="leads")
    assert (found(counted.of(MAY)), found(counted.of(JUNE))) == ({"甲": 2}, {"甲": 1})


def test_only_the_selection_is_counted(store: Store) -> None:
    petitions(store, (A, 3, MAY.start), field="finance", channel="visit")
    petitions(store, (A, 2, MAY.start), field="justice", channel="visit")
    one = Selection(conditions=(Condition("field", "in", ("finance",)),))
    assert found(count(store, MAY, selection=one).of(MAY)) == {"甲": 3}
    both = one.also(Condition("channel", "in", ("letter", None)))
    assert found(count(store, MAY, selection=both).of(MAY)) == {}


def test_what_lies_out_of_scope_is_not_counted(store: Store) -> None:
    petitions(store, (A, 3, MAY.start), (B, 2, MAY.start))
    assert found(count(store, MAY, actor=person(Role.VILLAGE_STAFF, A)).of(MAY)) == {"甲": 3}


def test_what_lies_in_no_village_is_told_apart(store: Store) -> None:
    petitions(store, (TOWN, 2, MAY.start), (A, 1, MAY.start))
    counted = count(store, MAY)
    assert (found(counted.of(MAY)), counted.unplaced) == ({"甲": 1}, (2,))


def test_deleted_records_do_not_count(store: Store) -> None:
    petitions(store, (A, 1, MAY.start))
    assert found(count(store, MAY, selection=Selection(deleted=True)).of(MAY)) == {}


def test_an_administrator_may_not_count(store: Store) -> None:
    with pytest.raises(Refused):
        count(store, MAY, actor=person(Role.ADMIN, "*"))


def test_a_ledger_without_a_day_is_refused_with_those_that_have_one(store: Store) -> None:
    with pytest.raises(Invalid, match="信访事项"):
        count(store, MAY, ledger="institutions")
    assert {one.key for one in countable_ledgers()} >= {"petitions", "leads", "inspections"}


# C is split into C and F; D and E are one village before, B and A become one.
def split(store: Store, folder: Path, *, keeps_code: bool) -> None:
    """C's eastern half becomes F. Its western half keeps the code, or gets one of its own."""
    halves = {C: (2, 2.5), F: (2.5, 3)} if keeps_code else {f"{TOWN}007": (2, 2.5), F: (2.5, 3)}
    rest = {code: span for code, span in ROW.items() if code != C}
    people = dict.fromkeys(halves, 500) | {F: 1500}
    draw(store, folder, "village", rest | halves, people=people, **_changed())


def merged(store: Store, folder: Path) -> None:
    """A and B become A."""
    rest = {code: span for code, span in ROW.items() if code not in (A, B)}
    draw(store, folder, "village", rest | {A: (0, 2)}, people={A: 2000}, **_changed())


def _changed() -> dict[str, object]:
    return {"valid_from": CHANGED, "retire_missing": True}


@pytest.fixture
def seven(monkeypatch: pytest.MonkeyPatch) -> str:
    """The code that the western half of C gets, where it does not keep its own."""
    monkeypatch.setitem(NAMES, f"{TOWN}007", "庚")
    return f"{TOWN}007"


def test_a_split_village_is_counted_whole_in_the_period_of_the_split(
    store: Store, tmp_path: Path, seven: str
) -> None:
    petitions(store, (C, 4, BEFORE), (B, 2, BEFORE))
    split(store, tmp_path, keeps_code=False)
    petitions(store, (seven, 1, AFTER), (F, 3, AFTER))
    assert found(count(store, JUNE).of(JUNE)) == {"乙": 2, "丙": 8}
    regions = read_regions(store, "village", "/", JUNE)
    assert regions.codes == (A, B, C, D, E)
    assert regions.frame.set_index("code").loc[C, "population"] == 2000
    assert "丙村" in regions.changes[0]
    assert "拆分" in regions.changes[0]


def test_before_the_split_the_old_village_is_counted_and_after_it_the_new_ones(
    store: Store, tmp_path: Path, seven: str
) -> None:
    petitions(store, (C, 4, date(2026, 5, 3)))
    split(store, tmp_path, keeps_code=False)
    petitions(store, (seven, 1, date(2026, 7, 3)), (F, 3, date(2026, 7, 3)))
    july = Period(date(2026, 7, 1), date(2026, 7, 31))
    assert found(count(store, MAY).of(MAY)) == {"丙": 4}
    assert found(count(store, july).of(july)) == {"己": 3, "庚": 1}
    assert read_regions(store, "village", "/", MAY).changes == ()


def test_on_request_old_cases_are_shared_out_to_todays_villages_by_population(
    store: Store, tmp_path: Path, seven: str
) -> None:
    """500 people live in the west, 1,500 in the east: one case and three."""
    petitions(store, (C, 4, BEFORE), (A, 1, BEFORE))
    split(store, tmp_path, keeps_code=False)
    counted = count(store, JUNE, basis="today")
    assert found(counted.of(JUNE)) == {"甲": 1, "己": 3, "庚": 1}
    assert (counted.shared, counted.unplaced) == (4, (0,))


def test_a_village_that_lost_a_part_and_kept_its_code_is_whole_again_too(
    store: Store, tmp_path: Path
) -> None:
    petitions(store, (C, 4, BEFORE))
    split(store, tmp_path, keeps_code=True)
    petitions(store, (F, 3, AFTER), (C, 1, AFTER))
    assert found(count(store, JUNE).of(JUNE)) == {"丙": 8}
    assert found(count(store, JUNE, basis="today").of(JUNE)) == {"丙": 5, "己": 3}


def test_merged_villages_are_counted_together(store: Store, tmp_path: Path) -> None:
    petitions(store, (A, 2, BEFORE), (B, 3, BEFORE))
    merged(store, tmp_path)
    petitions(store, (A, 1, AFTER))
    assert found(count(store, JUNE).of(JUNE)) == {"甲": 6}
    regions = read_regions(store, "village", "/", JUNE)
    assert regions.codes == (A, C, D, E)
    assert "并入" in regions.changes[0]
    assert found(count(store, MAY, JUNE).of(JUNE)) == {"甲": 6}


def test_earlier_periods_are_mapped_to_the_areas_of_the_last_one(
    store: Store, tmp_path: Path
) -> None:
    petitions(store, (A, 2, date(2026, 5, 2)), (B, 3, date(2026, 5, 2)))
    merged(store, tmp_path)
    july = Period(date(2026, 7, 1), date(2026, 7, 31))
    assert found(count(store, MAY, july).of(MAY)) == {"甲": 5}


def test_a_border_that_moved_joins_nothing(store: Store, tmp_path: Path) -> None:
    petitions(store, (C, 4, BEFORE), (D, 1, BEFORE))
    moved = ROW | {C: (2, 2.7), D: (2.7, 4)}
    draw(store, tmp_path, "village", moved, valid_from=CHANGED, retire_missing=True)
    assert found(count(store, JUNE).of(JUNE)) == {"丙": 4, "丁": 1}
    assert read_regions(store, "village", "/", JUNE).changes == ()


def test_a_period_before_all_areas_is_counted_by_the_first_ones(
    bare: Store, tmp_path: Path
) -> None:
    draw(bare, tmp_path, "county", {COUNTY: (0, 5)}, valid_from=CHANGED)
    draw(bare, tmp_path, "township", {TOWN: (0, 5)}, valid_from=CHANGED)
    draw(bare, tmp_path, "village", dict(ROW), valid_from=CHANGED)
    petitions(bare, (A, 3, MAY.start))
    assert found(count(bare, MAY).of(MAY)) == {"甲": 3}
    assert "最早载入" in read_regions(bare, "village", "/", MAY).changes[0]


def test_scope_holds_for_old_areas_as_well(store: Store) -> None:
    assert read_regions(store, "village", f"{PATHS[TOWN]}{A}/", MAY).codes == (A,)
    with pytest.raises(Invalid, match="street"):
        read_regions(store, "street", "/", MAY)
