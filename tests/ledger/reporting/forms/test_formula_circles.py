"""Formulas that lead back to themselves, and how long it takes to find that none does."""

from __future__ import annotations

import time

import pytest

from ledger.reporting.forms.form_grid import FormCell, FormGrid
from ledger.reporting.forms.formula_circles import circles_in


def sheet(*rows: tuple[str, ...]) -> FormGrid:
    return FormGrid("表", [[FormCell(formula=text) for text in row] for row in rows])


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ((("=A1",),), [(0, 0)]),
        ((("=B1", "=A1+1", "=A1"),), [(0, 0), (0, 1)]),
        ((("=SUM(A1:A3)",), ("=B9",), ("=1",)), [(0, 0)]),
        ((("=SUM(A2:A3)",), ("=B9",), ("=A2",)), []),
        ((("=SUM(A:A)",), ("=2",)), [(0, 0)]),
        ((("=表!$A$1",),), [(0, 0)]),
        ((("=别处!A1",),), []),
        ((("=B1", "=C1", "=SUM(A1:B1)"),), [(0, 0), (0, 1), (0, 2)]),
    ],
)
def test_who_is_on_the_way_back_to_itself(
    rows: tuple[tuple[str, ...], ...], found: list[tuple[int, int]]
) -> None:
    assert circles_in(sheet(*rows)) == found


def test_a_sheet_of_look_ups_is_not_slow() -> None:
    many = sheet(*((f"=VLOOKUP(C{at},$B$1:$B$4000,1)", f"=C{at}") for at in range(1, 4001)))
    start = time.process_time()
    assert circles_in(many) == []
    assert time.process_time() - start < 4, "16 million pairs, were each looked at"
