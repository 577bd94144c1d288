"""Every figure against an independent computation in plain pandas (issue 4, show 3)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ledger.casework.coverage import current_round
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.ledgers import PETITIONS
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period, period_of
from ledger.exchange.importing.imports import import_file
from ledger.exchange.reading.mapping import read_mapping
from ledger.records.places.areas import current_atlas
from ledger.reporting.figures import Figures, figures
from ledger.storage import Store
from tests.ledger.reporting.figures.in_pandas import (
    Expected,
    Tables,
    other_figures,
    petition_figures,
    read_tables,
)
from tests.shipped_rules import shipped_figures

DATA = Path(__file__).resolve().parents[3] / "data"
PERIODS = {
    "a month that is over": period_of("month", date(2026, 4, 1)),
    "the month under way": period_of("month", date(2026, 6, 1)),
    "a year under way": period_of("year", date(2026, 1, 1)),
    "the year before": period_of("year", date(2025, 1, 1)),
    "a week": period_of("week", date(2026, 5, 12)),
    "half a month": period_of("halfmonth", date(2026, 3, 20)),
    "any days": Period(date(2025, 11, 11), date(2026, 2, 3)),
    "before there was anything": period_of("year", date(2019, 1, 1)),
    "a year to come": period_of("year", date(2030, 1, 1)),
}


@pytest.fixture(scope="module")
def tables(county: Store) -> Tables:
    return read_tables(county)


@pytest.mark.parametrize("name", PERIODS)
def test_every_figure_of_the_sample(county: Store, tables: Tables, name: str) -> None:
    period = PERIODS[name]
    found = figures(county, SYSTEM, period)
    today, round_number = clock.today(), current_round(county)
    expected = petition_figures(tables.petitions, period.start, period.end, today)
    expected |= other_figures(tables, period.start, period.end, today, round_number)
    agree(found, expected)


def test_every_figure_under_one_township(county: Store, tables: Tables) -> None:
    """Whoever sees a township gets what lies in it, and nothing else."""
    atlas = current_atlas(county)
    town = next(area for area in atlas if area.level == "township")
    clerk = Actor("经办", Role.OFFICE_STAFF, town.code, town.path, user_id=1)
    under = {area.code for area in atlas if area.path.startswith(town.path)}

    def there(table: pd.DataFrame) -> pd.DataFrame:
        return table[table["所属区域"].isin(under)]

    keys = ("petitions", "leads", "dispositions", "inspections", "institutions")
    own = Tables(*(there(getattr(tables, key)) for key in keys), tables.assessments)
    period = period_of("quarter", date(2026, 4, 1))
    expected = petition_figures(own.petitions, period.start, period.end, clock.today())
    expected |= other_figures(own, period.start, period.end, clock.today(), current_round(county))
    agree(figures(county, clerk, period), expected)
    agree(figures(county, SYSTEM, period, town.code), expected)


def test_the_sample_gives_every_figure_something_to_count(county: Store) -> None:
    """Else agreeing would prove little."""
    empty = {figure.key for figure in shipped_figures().figures}
    for period in PERIODS.values():
        found = figures(county, SYSTEM, period, compare=False)
        empty -= {value.key.partition(".")[0] for value in found if value.numerator}
    assert empty == set()


@pytest.mark.parametrize(
    ("city", "period"),
    [
        ("boston", period_of("month", date(2022, 1, 1))),
        ("boston", period_of("week", date(2022, 1, 19))),
        ("boston", period_of("year", date(2022, 1, 1))),
        ("nyc", period_of("year", date(2013, 1, 1))),
        ("nyc", period_of("year", date(2019, 1, 1))),
        ("nyc", Period(date(2010, 1, 1), date(2020, 12, 31))),
    ],
)
def test_requests_to_a_city_as_petitions(
    store: Store, shared_data: Path, tmp_path: Path, city: str, period: Period
) -> None:
    imported = _import(store, shared_data / f"{city}_311.csv", city, tmp_path)
    assert imported == 100
    petitions = read_tables(store).petitions
    assert len(petitions) == 100
    expected = petition_figures(petitions, period.start, period.end, clock.today())
    assert expected["petitions_registered"][0] > 0
    agree(figures(store, SYSTEM, period), expected)


def _import(store: Store, source: Path, city: str, folder: Path) -> int:
    """New York writes its dates month first, which no import can know: they are turned here."""
    rows = pd.read_csv(source, dtype=str, keep_default_na=False)
    for column in ("Created Date", "Closed Date", "Resolution Action Updated Date"):
        if column in rows:
            days = pd.to_datetime(rows[column], format="%m/%d/%Y %I:%M:%S %p", errors="coerce")
            rows[column] = days.dt.strftime("%Y-%m-%d").fillna("")
    rows["accepted"] = rows["open_dt" if city == "boston" else "Created Date"]
    file = folder / f"{city}.csv"
    rows.to_csv(file, index=False)
    mapping = read_mapping(DATA / f"{city}_311_mapping.toml", PETITIONS)
    report = import_file(store, SYSTEM, "petitions", file, mapping=mapping)
    assert not report.problems, [str(problem) for problem in report.problems[:5]]
    return report.created


def agree(found: Figures, expected: Expected) -> None:
    """To the last digit: numerator, denominator and, derived from them, the value."""
    checked = set()
    for value in found:
        key = value.key
        if value.part is not None:
            blank = key.endswith(".blank")
            key = f"{key.partition('.')[0]}:{'' if blank else value.part}"
            prefix = key[: key.index(":") + 1]
            whole = sum(n for name, (n, _) in expected.items() if name.startswith(prefix))
            numerator, denominator = expected.get(key, (0, whole))
        elif key in expected:
            numerator, denominator = expected[key]
        else:
            continue
        checked.add(key)
        assert value.numerator == pytest.approx(numerator, rel=1e-12), key
        assert value.denominator == pytest.approx(denominator, rel=1e-12), key
        if value.unit in ("%", "天"):
            share = numerator / denominator if denominator else None
            assert value.value == (None if share is None else pytest.approx(share)), key
        if value.unit in ("%", "天") and not denominator:
            assert value.text == "暂无数据"
    assert checked >= set(expected), set(expected) - checked
