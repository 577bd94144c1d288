"""Which days a bulletin covers, and what it is called."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.errors import Invalid
from ledger.reporting.bulletins.kinds import KINDS, covered, kind_named, number_label, title_of
from ledger.reporting.bulletins.outline import numeral

# kind, last day → first day
COVERED = [
    ("daily", "2026-05-31", "2026-05-31"),
    ("weekly", "2026-05-31", "2026-05-25"),  # a Sunday: the calendar's week
    ("weekly", "2026-05-27", "2026-05-21"),  # a Wednesday: seven days all the same
    ("halfmonthly", "2026-05-15", "2026-05-01"),
    ("halfmonthly", "2026-05-31", "2026-05-16"),
    ("halfmonthly", "2026-02-28", "2026-02-16"),
    ("halfmonthly", "2026-05-20", "2026-05-06"),  # neither half ends: fifteen days
    ("monthly", "2026-05-31", "2026-05-01"),
    ("monthly", "2024-02-29", "2024-02-01"),
    ("monthly", "2026-05-10", "2026-04-11"),
    ("monthly", "2026-03-30", "2026-03-01"),  # February has no 30th: from the day after its last
]


@pytest.mark.parametrize(("kind", "until", "start"), COVERED)
def test_a_bulletin_ends_on_the_day_it_is_asked_for(kind: str, until: str, start: str) -> None:
    period = covered(KINDS[kind], date.fromisoformat(until))
    assert (period.start.isoformat(), period.end.isoformat()) == (start, until)


@given(kind=st.sampled_from(list(KINDS)), until=st.dates(date(2001, 1, 1), date(2150, 12, 31)))
def test_what_it_is_compared_with_ends_the_day_before(kind: str, until: date) -> None:
    period = covered(KINDS[kind], until)
    before = period.previous()
    assert period.end == until
    assert before.end == period.start - timedelta(days=1)
    assert abs(before.days - period.days) <= 3


def test_an_unknown_kind_names_the_four() -> None:
    with pytest.raises(Invalid, match=r"daily\(日报\)、weekly\(周报\)"):
        kind_named("hourly")


def test_titles_and_numbers() -> None:
    assert title_of(KINDS["halfmonthly"], "甲云镇") == "甲云镇养老服务风险防范和信访工作半月通报"
    assert number_label(2026, 12) == "2026年第12期"
    numbers = [numeral(number) for number in (1, 9, 10, 11, 20, 21)]
    assert numbers == ["一", "九", "十", "十一", "二十", "二十一"]
