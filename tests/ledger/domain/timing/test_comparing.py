"""What a period is compared with: equal days while it runs, and nothing before the ledger began."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.timing.comparing import bases_of, day_in, is_known
from ledger.domain.timing.periods import KINDS, Kind, Period, period_of

TODAY = date(2026, 11, 30)
# kind, today → days so far (0: it is over), 环比, 同比
COMPARED = [
    ("quarter", TODAY, 61, "2026-07-01_2026-08-30", "2025-10-01_2025-11-30"),
    ("year", TODAY, 334, "2025-01-01_2025-11-30", "2025-01-01_2025-11-30"),
    ("week", date(2026, 12, 1), 2, "2026-11-23_2026-11-24", "2025-12-01_2025-12-02"),
    # The last day is there: all of it is compared with all of the others.
    ("month", TODAY, 0, "2026-10-01_2026-10-31", "2025-11-01_2025-11-30"),
    ("day", TODAY, 0, "2026-11-29_2026-11-29", "2025-11-30_2025-11-30"),
    # Thirty days of March, and February has fewer.
    ("month", date(2026, 3, 30), 30, "2026-02-01_2026-02-28", "2025-03-01_2025-03-30"),
    # Equal days, not the same date: the 29th of February counts.
    ("year", date(2024, 3, 1), 61, "2023-01-01_2023-03-02", "2023-01-01_2023-03-02"),
]


@pytest.mark.parametrize(("kind", "today", "days", "previous", "year"), COMPARED)
def test_an_unfinished_period_is_compared_over_equal_days(
    kind: Kind, today: date, days: int, previous: str, year: str
) -> None:
    found = bases_of(period_of(kind, today), today)
    assert (found.days, found.previous.text, found.year_before.text) == (days, previous, year)
    assert ("还没有结束" in found.words) is bool(days)
    assert not days or f"前{days}天" in found.words


@given(st.sampled_from(KINDS), st.dates(date(2001, 1, 1), date(2099, 12, 31)), st.integers(0, 400))
def test_both_sides_have_as_many_days(kind: Kind, start: date, later: int) -> None:
    period = period_of(kind, start)
    today = period.start + timedelta(days=later)
    found = bases_of(period, today)
    for base, whole in (
        (found.previous, found.whole_previous),
        (found.year_before, found.whole_year_before),
    ):
        assert base.start == whole.start
        if found.days:
            assert base.days == min(found.days, whole.days)
            assert day_in(base, period, today) - base.start == today - period.start
        else:
            assert base == whole


# The first record of the ledger → whether 1 July to 30 August may be compared with.
KNOWN = [
    (None, False),
    (date(2026, 6, 30), True),
    (date(2026, 7, 7), True),
    (date(2026, 7, 8), False),
    (date(2026, 8, 30), False),
    (date(2026, 9, 1), False),
]


@pytest.mark.parametrize(("first", "known"), KNOWN)
def test_days_before_the_ledger_began_are_no_base(first: date | None, known: bool) -> None:
    assert is_known(Period(date(2026, 7, 1), date(2026, 8, 30)), first) is known
