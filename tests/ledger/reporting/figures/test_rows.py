"""Every number opens exactly the rows that it counted, also through the address of a page."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing.periods import period_of
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.records.service import search
from ledger.reporting.figures import FigureValue, Rows, breakdown, figures, ways_of
from ledger.storage import Store
from pages._views.address import read_address
from pages._views.rows_link import rows_address
from tests.shipped_rules import shipped_figures

MONTH = period_of("month", date(2026, 4, 1))
YEAR = period_of("year", date(2026, 1, 1))


def total(store: Store, actor: Actor, rows: Rows, column: str = "") -> float:
    """How many rows there are, or what a column of them comes to."""
    first = search(store, actor, rows.ledger, rows.selection, size=200)
    if not column:
        return first.total
    pages = [
        search(store, actor, rows.ledger, rows.selection, size=200, page=number)
        for number in range(1, first.pages + 1)
    ]
    return sum(row[column] or 0 for page in pages for row in page.rows)


def opens_what_it_counts(store: Store, actor: Actor, value: FigureValue) -> None:
    figure = shipped_figures().by_key[value.key.partition(".")[0]]
    rows, base = value.rows, value.base
    assert total(store, actor, rows) == value.counted, value.key
    if figure.shape in ("count", "share", "parts"):
        assert total(store, actor, rows) == value.numerator, value.key
        assert total(store, actor, base) == value.denominator, value.key
    elif figure.shape == "days":
        assert total(store, actor, rows) == value.denominator, value.key
    else:
        assert total(store, actor, rows, figure.sum) == pytest.approx(value.numerator), value.key
    if figure.shape == "ratio":
        assert total(store, actor, base, figure.over) == pytest.approx(value.denominator)
    if figure.shape == "sum":
        assert total(store, actor, rows) == value.denominator


def test_every_number_opens_the_rows_it_counted(county: Store) -> None:
    for value in figures(county, SYSTEM, YEAR, compare=False):
        opens_what_it_counts(county, SYSTEM, value)


def test_the_address_of_a_number_selects_the_same_rows(county: Store) -> None:
    atlas = current_atlas(county)
    town = next(area for area in atlas if area.level == "township")
    for value in figures(county, SYSTEM, MONTH, town.code, official="周某(演示)", compare=False):
        for rows in (value.rows, value.base):
            address = urlsplit(rows_address(rows.ledger, rows.selection))
            assert address.path == rows.ledger
            params = parse_qs(address.query, keep_blank_values=True)
            view, problems = read_address(ledger_named(rows.ledger), atlas, SYSTEM, params)
            assert problems == ()
            read = Rows(rows.ledger, view.selection)
            assert total(county, SYSTEM, read) == total(county, SYSTEM, rows), value.key


def test_every_figure_taken_apart_adds_up_and_opens_its_rows(county: Store) -> None:
    whole = figures(county, SYSTEM, YEAR, compare=False)
    for figure in shipped_figures().figures:
        key = next(v.key for v in whole if v.key.partition(".")[0] == figure.key)
        for by in ways_of(figure):
            lines = breakdown(county, SYSTEM, YEAR, key, by).lines
            if by == "period":
                assert lines[-1].value.numerator == whole[key].numerator
                assert len(lines) == 12
                continue
            numerators = sum(line.value.numerator for line in lines)
            assert numerators == pytest.approx(whole[key].numerator), (key, by)
            for line in lines[:2] + lines[-1:]:
                opens_what_it_counts(county, SYSTEM, line.value)


def test_whoever_sees_a_village_counts_that_village(county: Store) -> None:
    atlas = current_atlas(county)
    village = next(area for area in atlas if area.level == "village")
    worker = Actor("专干", Role.VILLAGE_STAFF, village.code, village.path, user_id=1)
    own = figures(county, worker, YEAR, compare=False)
    same = figures(county, SYSTEM, YEAR, village.code, compare=False)
    assert [v.numerator for v in own] == [v.numerator for v in same]
    assert own["petitions_registered"].rows.selection == Selection(
        conditions=own["petitions_registered"].rows.selection.conditions
    )
