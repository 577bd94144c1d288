"""Named spans move with the day; any two days stay."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.domain.errors import Invalid
from ledger.domain.timing.spans import NAMED, read_span

DAY = date(2026, 3, 4)  # a Wednesday

SPANS = [
    ("today", "2026-03-04_2026-03-04"),
    ("week", "2026-03-02_2026-03-08"),
    ("month", "2026-03-01_2026-03-31"),
    ("last_month", "2026-02-01_2026-02-28"),
    ("quarter", "2026-01-01_2026-03-31"),
    ("year", "2026-01-01_2026-12-31"),
    ("2025-12-30_2026-01-02", "2025-12-30_2026-01-02"),
]


@pytest.mark.parametrize(("text", "days"), SPANS)
def test_a_span_is_a_period(text: str, days: str) -> None:
    assert read_span(text, DAY).text == days


def test_every_name_is_read() -> None:
    assert {text for text, _ in SPANS} >= set(NAMED)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-03", "2026-03-04_2026-03-01"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_span(text, DAY)
