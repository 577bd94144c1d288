"""Which days a form speaks of, by what stands around its tables."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.domain.timing.periods import period_of
from ledger.reporting.forms.form_periods import times_of
from ledger.reporting.forms.senses import FormWords

TODAY = date(2026, 12, 1)
NOVEMBER = period_of("month", date(2026, 11, 1))


@pytest.mark.parametrize(
    "label", ["统计期", "统计时间", "统计月份", "所属期", "数据期", "报告期", "报送周期", "月份"]
)
def test_a_period_is_read_behind_its_label_wherever_it_stands(label: str, words: FormWords) -> None:
    """One month on, 本月 of a form of November was counted for December."""
    times = times_of([f"填报单位：乙岚镇    {label}：2026年11月"], "工作情况", words, None, TODAY)
    assert (times.own, times.last) == (NOVEMBER, NOVEMBER.end)


@pytest.mark.parametrize("label", ["填报时间", "报送日期", "制表日期"])
def test_the_day_of_filling_in_is_no_period(label: str, words: FormWords) -> None:
    times = times_of([f"填报单位：乙岚镇    {label}：2026年11月"], "工作情况", words, None, TODAY)
    assert (times.own, times.last) == (None, TODAY)
