"""Working days against the arrangements announced for 2025 and 2026, and beyond them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.timing.calendar import (
    Calendar,
    YearArrangement,
    add_hours,
    calendar_with,
    office_day,
)
from ledger.domain.timing.clock import OFFICE
from ledger.domain.timing.statutory import statutory_days

CALENDAR = calendar_with()
UNANNOUNCED = Calendar({})
NEW_YEAR_2027 = YearArrangement(
    2027,
    holidays=frozenset({date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)}),
    workdays=frozenset({date(2027, 1, 3)}),
)

DAYS = [
    # day               works  why
    ((2025, 1, 24), True),  # Friday before the Spring Festival
    ((2025, 1, 26), True),  # Sunday worked for the Spring Festival
    ((2025, 1, 27), True),  # Monday between that Sunday and the festival
    ((2025, 1, 28), False),  # New Year's Eve of the old calendar, Tuesday
    ((2025, 2, 4), False),  # last day of the festival, Tuesday
    ((2025, 2, 8), True),  # Saturday worked
    ((2025, 2, 9), False),  # the Sunday after it
    ((2025, 9, 28), True),  # Sunday worked for the National Day
    ((2025, 10, 8), False),  # Wednesday; National Day and Mid-Autumn together
    ((2025, 10, 9), True),
    ((2025, 10, 11), True),  # Saturday worked
    ((2026, 1, 2), False),  # Friday off
    ((2026, 1, 4), True),  # Sunday worked
    ((2026, 2, 14), True),  # Saturday worked
    ((2026, 2, 23), False),  # Monday, last day of the Spring Festival
    ((2026, 9, 20), True),  # Sunday worked for the National Day
    ((2026, 10, 7), False),
    ((2026, 10, 10), True),  # Saturday worked
    # not announced: what the law fixes is off all the same
    ((2027, 1, 1), False),
    ((2027, 2, 4), True),
    ((2027, 2, 5), False),  # 除夕, a Friday
    ((2027, 2, 8), False),  # 初三, a Monday
    ((2027, 2, 9), True),
    ((2027, 4, 5), False),  # 清明
    ((2027, 6, 9), False),  # 端午
    ((2027, 9, 15), False),  # 中秋
    ((2027, 10, 1), False),
    ((2027, 10, 4), True),
]


@pytest.mark.parametrize(("day", "works"), DAYS)
def test_working_day(day: tuple[int, int, int], works: bool) -> None:
    assert CALENDAR.is_working_day(date(*day)) is works


def test_every_announced_day_is_as_the_package_says() -> None:
    day = date(2004, 1, 1)
    while day.year < 2027:
        assert CALENDAR.is_working_day(day) is chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


WORKING_DAYS = [
    # start          n   due            provisional
    ((2025, 1, 24), 1, (2025, 1, 26), False),  # a Sunday worked counts
    ((2025, 1, 27), 1, (2025, 2, 5), False),  # over eight days off
    ((2025, 1, 27), 5, (2025, 2, 10), False),  # 5, 6, 7, Saturday 8, Monday 10
    ((2025, 9, 30), 3, (2025, 10, 11), False),  # 9, 10, Saturday 11
    ((2026, 2, 13), 5, (2026, 2, 27), False),  # Saturday 14, then 24 to 27
    ((2026, 2, 16), 1, (2026, 2, 24), False),  # begins on a day off
    ((2026, 9, 30), 8, (2026, 10, 16), False),  # 8, 9, Saturday 10, then 12 to 16
    ((2026, 5, 1), 0, (2026, 5, 6), False),  # none: the first that is worked
    ((2026, 5, 6), 0, (2026, 5, 6), False),
    ((2026, 12, 25), 1, (2026, 12, 28), False),  # before the New Year can matter
    ((2026, 12, 25), 2, (2026, 12, 29), True),  # a New Year's arrangement could reach back
    ((2026, 12, 31), 1, (2027, 1, 4), True),  # 1 January is off, bridging days are unknown
    ((2026, 12, 28), 8, (2027, 1, 8), True),  # across the year
    ((2003, 12, 29), 3, (2004, 1, 2), True),  # before the first announced year
    ((9999, 12, 30), 9, (9999, 12, 31), True),  # the calendar ends; nothing breaks
]


@pytest.mark.parametrize(("start", "n", "due", "provisional"), WORKING_DAYS)
def test_add_working_days(
    start: tuple[int, int, int], n: int, due: tuple[int, int, int], provisional: bool
) -> None:
    assert CALENDAR.add_working_days(date(*start), n) == (date(*due), provisional)


CALENDAR_DAYS = [
    # start           n  roll   due            provisional
    ((2026, 3, 2), 15, True, (2026, 3, 17), False),  # the first day is not counted
    ((2026, 9, 16), 15, True, (2026, 10, 8), False),  # 1 October: on to the 8th
    ((2026, 9, 16), 15, False, (2026, 10, 1), False),
    ((2026, 9, 5), 15, True, (2026, 9, 20), False),  # a Sunday, but worked
    ((2025, 11, 30), 15, True, (2025, 12, 15), False),
    ((2026, 12, 15), 15, True, (2026, 12, 30), True),  # could still become a day off
    ((2026, 12, 15), 15, False, (2026, 12, 30), False),  # unrolled, nothing can move it
    ((2026, 12, 1), 31, True, (2027, 1, 4), True),  # off by law, though nothing is announced
    ((2026, 11, 3), 60, True, (2027, 1, 4), True),  # Saturday 2 January 2027 to Monday
    ((2026, 11, 3), 30, True, (2026, 12, 3), False),
    ((2024, 2, 28), 1, True, (2024, 2, 29), False),
]


@pytest.mark.parametrize(("start", "n", "roll", "due", "provisional"), CALENDAR_DAYS)
def test_add_calendar_days(
    start: tuple[int, int, int],
    n: int,
    roll: bool,
    due: tuple[int, int, int],
    provisional: bool,
) -> None:
    assert CALENDAR.add_calendar_days(date(*start), n, roll) == (date(*due), provisional)


BETWEEN = [
    # start         end            working days after start, up to end
    ((2026, 2, 13), (2026, 2, 13), 0),
    ((2026, 2, 13), (2026, 2, 14), 1),  # Saturday worked
    ((2026, 2, 14), (2026, 2, 23), 0),  # the festival
    ((2026, 2, 24), (2026, 2, 14), -1),  # the other way round
    ((2025, 12, 31), (2026, 12, 31), 248),  # 365 − 104 weekend days − 19 weekdays off + 6 worked
]


@pytest.mark.parametrize(("start", "end", "days"), BETWEEN)
def test_working_days_between(
    start: tuple[int, int, int], end: tuple[int, int, int], days: int
) -> None:
    assert CALENDAR.working_days_between(date(*start), date(*end)) == days


def test_a_period_of_less_than_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="got -1"):
        CALENDAR.add_working_days(date(2026, 1, 5), -1)
    with pytest.raises(ValueError, match="got -3"):
        CALENDAR.add_calendar_days(date(2026, 1, 5), -3)


def test_a_loaded_year_settles_and_reaches_back_into_december() -> None:
    loaded = calendar_with([NEW_YEAR_2027])
    assert CALENDAR.add_working_days(date(2026, 12, 30), 1) == (date(2026, 12, 31), True)
    assert loaded.add_working_days(date(2026, 12, 30), 1) == (date(2027, 1, 3), False)
    assert loaded.add_calendar_days(date(2027, 12, 1), 29) == (date(2027, 12, 30), True)


def test_the_later_year_decides_about_a_december_day_both_speak_of() -> None:
    sunday = frozenset({date(2026, 12, 27)})
    both = {
        2026: YearArrangement(2026, frozenset(), sunday),
        2027: YearArrangement(2027, sunday, frozenset()),
    }
    assert not Calendar(both).is_working_day(date(2026, 12, 27))
    assert not Calendar(dict(reversed(both.items()))).is_working_day(date(2026, 12, 27))


def test_rolling_out_of_an_unannounced_year_is_provisional() -> None:
    only_2023 = Calendar({year: CALENDAR.years[year] for year in (2023, 2024)})
    assert only_2023.add_calendar_days(date(2022, 12, 1), 30) == (date(2023, 1, 3), True)
    assert CALENDAR.add_calendar_days(date(2022, 12, 1), 30) == (date(2023, 1, 3), False)


def test_a_loaded_year_replaces_the_packaged_one() -> None:
    corrected = calendar_with([YearArrangement(2026, frozenset({date(2026, 6, 1)}), frozenset())])
    assert not corrected.is_working_day(date(2026, 6, 1))
    assert corrected.is_working_day(date(2026, 10, 1))
    assert not corrected.is_working_day(date(2025, 10, 1))


def test_without_any_arrangement_the_law_holds_and_everything_is_provisional() -> None:
    assert UNANNOUNCED.add_working_days(date(2026, 10, 1), 2) == (date(2026, 10, 6), True)


def test_the_days_fixed_by_law_are_off_in_every_announced_year() -> None:
    """The law of 2025 against what was announced under it, and the New Years of older lists."""
    for year in (2025, 2026):
        assert not [day for day in statutory_days(year) if CALENDAR.is_working_day(day)]
    for year in range(2008, 2027):
        # 除夕 was not fixed in every year; all else of it was.
        fixed = {day for day in statutory_days(year) if (day.month, day.day) != (5, 2)}
        worked = [day for day in fixed if CALENDAR.is_working_day(day)]
        assert len(worked) <= 1, worked


def test_hours_run_through_nights_and_holidays_in_the_office_zone() -> None:
    start = datetime(2026, 9, 30, 9, 30, tzinfo=UTC)  # 17:30 in the office
    due = add_hours(start, 24)
    assert due == datetime(2026, 10, 1, 17, 30, tzinfo=OFFICE)
    assert due.tzinfo is OFFICE
    assert add_hours(datetime.max.replace(tzinfo=UTC), 24).year == 9999


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        add_hours(datetime(2026, 9, 30, 9, 30), 24)
    with pytest.raises(ValueError, match="time zone"):
        office_day(datetime(2026, 9, 30, 9, 30))


def test_the_office_day_of_a_moment() -> None:
    late = datetime(2026, 9, 30, 16, 30, tzinfo=UTC)
    assert office_day(late) == date(2026, 10, 1)
    assert office_day(late.astimezone(timezone(timedelta(hours=-8)))) == date(2026, 10, 1)
    assert office_day(date(2026, 9, 30)) == date(2026, 9, 30)
    assert office_day(datetime.max.replace(tzinfo=UTC)) == date.max


days = st.dates(date(2003, 6, 1), date(2029, 6, 1))
amounts = st.integers(1, 400)


@given(days, amounts)
def test_counting_back_undoes_adding(start: date, n: int) -> None:
    due = CALENDAR.add_working_days(start, n).date
    assert CALENDAR.is_working_day(due)
    assert CALENDAR.working_days_between(start, due) == n


@given(days, days, amounts)
def test_who_starts_earlier_is_never_due_later(one: date, other: date, n: int) -> None:
    first, second = sorted((one, other))
    assert CALENDAR.add_working_days(first, n).date <= CALENDAR.add_working_days(second, n).date
    assert CALENDAR.add_calendar_days(first, n).date <= CALENDAR.add_calendar_days(second, n).date


@given(days, amounts)
def test_a_longer_period_never_ends_earlier(start: date, n: int) -> None:
    add, roll = CALENDAR.add_working_days, CALENDAR.add_calendar_days
    assert add(start, n).date < add(start, n + 1).date
    assert roll(start, n).date <= roll(start, n + 1).date


@given(days, amounts)
def test_rolling_reaches_the_next_working_day_and_no_further(start: date, n: int) -> None:
    plain = CALENDAR.add_calendar_days(start, n, roll=False).date
    rolled = CALENDAR.add_calendar_days(start, n).date
    assert plain == start + timedelta(days=n)
    assert CALENDAR.is_working_day(rolled)
    skipped = [plain + timedelta(days=step) for step in range((rolled - plain).days)]
    assert not any(CALENDAR.is_working_day(day) for day in skipped)


@given(days, days, days)
def test_stretches_of_working_days_add_up(one: date, two: date, three: date) -> None:
    between = CALENDAR.working_days_between
    assert between(one, two) + between(two, three) == between(one, three)
    assert between(one, two) == -between(two, one)


@given(days, amounts)
def test_what_is_not_provisional_no_later_announcement_moves(start: date, n: int) -> None:
    loaded = calendar_with([NEW_YEAR_2027, YearArrangement(2028, frozenset(), frozenset())])
    for before, after in (
        (CALENDAR.add_working_days(start, n), loaded.add_working_days(start, n)),
        (CALENDAR.add_calendar_days(start, n), loaded.add_calendar_days(start, n)),
    ):
        assert before.provisional or before == after
