"""Periods: what they are called, what comes before, and what lay there a year ago."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.errors import Invalid
from ledger.domain.timing.periods import KINDS, Kind, Period, period_of, read_period

D = date
days = st.dates(min_value=D(1910, 1, 1), max_value=D(2190, 12, 31))
kinds = st.sampled_from(KINDS)


@pytest.mark.parametrize(
    ("kind", "day", "start", "end", "label"),
    [
        ("day", D(2026, 10, 12), D(2026, 10, 12), D(2026, 10, 12), "2026年10月12日"),
        (
            "week",
            D(2026, 10, 14),
            D(2026, 10, 12),
            D(2026, 10, 18),
            "2026年第42周(10月12日至18日)",
        ),
        # A week that two months share, and one that belongs to the year after (ISO 8601).
        ("week", D(2026, 10, 1), D(2026, 9, 28), D(2026, 10, 4), "2026年第40周(9月28日至10月4日)"),
        (
            "week",
            D(2024, 12, 31),
            D(2024, 12, 30),
            D(2025, 1, 5),
            "2025年第1周(12月30日至1月5日)",
        ),
        ("halfmonth", D(2026, 10, 15), D(2026, 10, 1), D(2026, 10, 15), "2026年10月上半月"),
        ("halfmonth", D(2026, 2, 16), D(2026, 2, 16), D(2026, 2, 28), "2026年2月下半月"),
        ("month", D(2024, 2, 3), D(2024, 2, 1), D(2024, 2, 29), "2024年2月"),
        ("month", D(2026, 12, 31), D(2026, 12, 1), D(2026, 12, 31), "2026年12月"),
        ("quarter", D(2026, 11, 22), D(2026, 10, 1), D(2026, 12, 31), "2026年第4季度"),
        ("quarter", D(2026, 1, 1), D(2026, 1, 1), D(2026, 3, 31), "2026年第1季度"),
        ("year", D(2026, 7, 1), D(2026, 1, 1), D(2026, 12, 31), "2026年"),
    ],
)
def test_every_kind_has_its_days_and_its_name(
    kind: Kind, day: date, start: date, end: date, label: str
) -> None:
    period = period_of(kind, day)
    assert (period.start, period.end) == (start, end)
    assert period.label == label == str(period)
    assert period.kind == kind


@pytest.mark.parametrize(
    ("start", "end", "label", "span_label"),
    [
        (D(2026, 10, 1), D(2026, 10, 31), "2026年10月", "10月1日至10月31日"),
        (D(2026, 10, 3), D(2026, 10, 9), "2026年10月3日至10月9日", "10月3日至10月9日"),
        (
            D(2025, 12, 3),
            D(2026, 1, 9),
            "2025年12月3日至2026年1月9日",
            "2025年12月3日至2026年1月9日",
        ),
    ],
)
def test_a_span_names_both_ends(start: date, end: date, label: str, span_label: str) -> None:
    assert Period(start, end).label == label
    assert Period(start, end).span_label == span_label


@pytest.mark.parametrize(
    ("period", "previous", "year_before"),
    [
        # The week before the first of a year is the last of the year before.
        (
            period_of("week", D(2026, 1, 1)),
            Period(D(2025, 12, 22), D(2025, 12, 28)),
            Period(D(2024, 12, 30), D(2025, 1, 5)),
        ),
        # 2020 has a 53rd week, 2019 has none: its 52nd stands for it.
        (
            Period(D(2020, 12, 28), D(2021, 1, 3)),
            Period(D(2020, 12, 21), D(2020, 12, 27)),
            Period(D(2019, 12, 23), D(2019, 12, 29)),
        ),
        (
            period_of("day", D(2024, 2, 29)),
            period_of("day", D(2024, 2, 28)),
            period_of("day", D(2023, 2, 28)),
        ),
        (
            period_of("month", D(2024, 3, 1)),
            period_of("month", D(2024, 2, 1)),
            period_of("month", D(2023, 3, 1)),
        ),
        (
            period_of("halfmonth", D(2026, 3, 1)),
            Period(D(2026, 2, 16), D(2026, 2, 28)),
            Period(D(2025, 3, 1), D(2025, 3, 15)),
        ),
        (
            period_of("halfmonth", D(2024, 2, 20)),
            Period(D(2024, 2, 1), D(2024, 2, 15)),
            Period(D(2023, 2, 16), D(2023, 2, 28)),
        ),
        (
            period_of("quarter", D(2026, 1, 1)),
            Period(D(2025, 10, 1), D(2025, 12, 31)),
            Period(D(2025, 1, 1), D(2025, 3, 31)),
        ),
        # Ninety days before ninety days.
        (
            Period(D(2026, 8, 25), D(2026, 11, 22)),
            Period(D(2026, 5, 27), D(2026, 8, 24)),
            Period(D(2025, 8, 25), D(2025, 11, 22)),
        ),
    ],
)
def test_what_a_period_is_compared_with(
    period: Period, previous: Period, year_before: Period
) -> None:
    assert period.previous() == previous
    assert period.year_before() == year_before


def test_the_last_twelve_end_with_this_one() -> None:
    months = period_of("month", D(2026, 3, 9)).last(12)
    assert [month.label for month in months[:2]] == ["2025年4月", "2025年5月"]
    assert months[-1].label == "2026年3月"
    assert len(months) == 12


@given(kinds, days)
def test_periods_of_a_kind_tile_the_calendar(kind: Kind, day: date) -> None:
    period = period_of(kind, day)
    assert day in period
    assert period.kind == kind
    assert period.previous().end + timedelta(days=1) == period.start
    assert period.previous().kind == kind == period.year_before().kind
    assert read_period(period.text) == period


@given(days, st.integers(0, 400))
def test_any_two_days_have_a_period_before_and_one_a_year_before(day: date, more: int) -> None:
    period = Period(day, day + timedelta(days=more))
    assert period.previous().end < period.start
    assert period.year_before().start < period.start
    assert period.label


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "读不懂"),
        ("2026-10-01", "读不懂"),
        ("2026-02-30_2026-03-01", "读不懂"),
        ("2026-10-01_2026-10-31_2026-11-01", "读不懂"),
        ("<script>", "读不懂"),
        ("2026-10-31_2026-10-01", "早于开始日期"),
        ("0001-01-01_2026-10-01", "超出可统计的范围"),
        ("2026-01-01_9999-12-31", "超出可统计的范围"),
    ],
)
def test_a_period_that_cannot_be_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read_period(text)


def test_days_no_office_counts_are_refused_not_reckoned() -> None:
    with pytest.raises(Invalid, match="超出可统计的范围"):
        period_of("week", date.max)
    with pytest.raises(Invalid, match="没有“decade”这种统计周期"):
        period_of("decade", D(2026, 1, 1))  # type: ignore[arg-type]
