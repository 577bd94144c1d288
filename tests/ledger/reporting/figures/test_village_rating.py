"""The rating of the sample's villages against the same counted row by row in plain pandas."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from sqlalchemy import text

from ledger.domain.access import SYSTEM
from ledger.domain.columns import ColumnType
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period, period_of
from ledger.records.places.areas import current_atlas
from ledger.records.record_pages import find
from ledger.reporting.rating.points import rate
from ledger.storage import Store

pytestmark = pytest.mark.slow
TABLES = ("petitions", "leads", "dispositions", "inspections", "measures", "outreach")
LATE = ((8, -2.0), (4, -1.0), (1, -0.5))


def frame(store: Store, table: str) -> pd.DataFrame:
    """A ledger as it stands, days as dates, with the village that each row lies in."""
    with store.reading() as connection:
        query = text(f"SELECT * FROM {table} WHERE NOT deleted")
        found = pd.read_sql(query, connection)
    for column in LEDGERS[table].columns:
        if column.type is ColumnType.DATE:
            found[column.key] = pd.to_datetime(found[column.key]).dt.date
    path = found["area_path"].fillna("").str.strip("/").str.split("/")
    found["village"] = path.str[2]
    return found


def tallied(rows: pd.DataFrame) -> pd.Series:
    return rows.groupby("village").size()


def late_points(days: pd.Series) -> pd.Series:
    """0.5, 1 or 2 for each row by its days late."""
    worth = pd.Series(0.0, index=days.index)
    for over, each in reversed(LATE):
        worth[days >= over] = each
    return worth


def days_over(rows: pd.DataFrame, due: str, done: str) -> pd.Series:
    return (pd.to_datetime(rows[done]) - pd.to_datetime(rows[due])).dt.days


def within(rows: pd.DataFrame, key: str, period: Period) -> pd.DataFrame:
    days = rows[key]
    return rows[days.notna() & days.map(lambda d: pd.notna(d) and period.start <= d <= period.end)]


def expected(store: Store, period: Period, today: date) -> pd.DataFrame:
    """Points by village and line, straight from ``data/rules/rating.toml`` read by a person."""
    tables = {name: frame(store, name) for name in TABLES}
    homes = frame(store, "institutions")
    as_of = min(period.end, today)
    lines: dict[str, pd.Series] = {}

    visits = tables["inspections"]
    until = visits[visits["inspected_on"] <= as_of]
    number = 2 if as_of == today else int(until["round"].max())
    seen = until[(until["round"] == number) & (until["result"] != "refused")]["institution"]
    missing = homes[~homes["number"].isin(set(seen))]
    lines["coverage"] = (tallied(missing) * -2.0).clip(lower=-10)

    worth = []
    for name in ("petitions", "leads", "dispositions", "inspections", "measures"):
        rows = tables[name][tables[name]["due_on"].notna()]
        over = rows["due_on"].map(lambda day: (as_of - day).days)
        worth.append(late_points(over).groupby(rows["village"]).sum())
    lines["overdue"] = pd.concat(worth).groupby(level=0).sum().clip(lower=-30)

    petitions, dispositions = tables["petitions"], tables["dispositions"]
    worth = []
    for rows, due, done in (
        (petitions, "reply_due_on", "finished_on"),
        (dispositions, "close_due_on", "closed_on"),
        (visits, "rectify_by", "rectified_on"),
    ):
        done_now = within(rows, done, period)
        worth.append(late_points(days_over(done_now, due, done)).groupby(done_now["village"]).sum())
    lines["late"] = pd.concat(worth).groupby(level=0).sum().clip(lower=-10)

    closed = within(dispositions, "closed_on", period)
    rectified = within(visits, "rectified_on", period)
    in_time = pd.concat(
        [
            tallied(closed[closed["closed_in_time"] == 1]),
            tallied(rectified[rectified["rectified_on"] <= rectified["rectify_by"]]),
        ]
    )
    lines["in_time"] = (in_time.groupby(level=0).sum() * 0.5).clip(upper=5)

    leads = tables["leads"]
    stamp = pd.to_datetime(leads["registered_at"], utc=True).dt.tz_convert("Asia/Shanghai")
    leads = leads.assign(day=stamp.dt.date)
    found = within(leads[(leads["source"] == "inspection")], "day", period)
    lines["leads"] = (tallied(found[found["finding"] != "false"]) * 2.0).clip(upper=6)

    held = tallied(within(tables["outreach"], "held_on", period))
    villages = [area.code for area in current_atlas(store) if area.level == "village"]
    lines["outreach"] = held.reindex(villages).clip(upper=3).fillna(-2.0)
    registered = within(petitions, "registered_on", period)
    lines["repeat"] = (tallied(registered[registered["repeat"] == 1]) * -1.0).clip(lower=-10)
    finished = within(petitions, "finished_on", period)
    bad = finished[finished["rating"] == "dissatisfied"]
    lines["dissatisfied"] = (tallied(bad) * -1.0).clip(lower=-5)
    table = pd.DataFrame(lines).reindex(villages).fillna(0.0)
    table["points"] = (100 + table.sum(axis=1)).clip(0, 120)
    return table


def periods(today: date) -> list[Period]:
    quarter, month = period_of("quarter", today), period_of("month", today)
    return [*quarter.last(4), *month.last(3), period_of("year", today - timedelta(days=365))]


def test_points_of_every_village_and_line_agree_with_pandas(county: Store) -> None:
    today, atlas = clock.today(), current_atlas(county)
    moved = 0
    for period in periods(today):
        rating = rate(county, SYSTEM, atlas, period)
        table = expected(county, period, today)
        assert len(rating.villages) == len(table) == 90
        for one in rating.villages:
            row = table.loc[one.area.code]
            ours = {line.line.key: float(line.points) for line in one.lines}
            assert ours == row.drop("points").to_dict(), (period.label, one.area.name)
            assert float(one.points) == row["points"]
            moved += sum(line.count > 0 for line in one.lines)
    assert moved > 500, "the sample has something in most lines"


def test_every_number_of_the_sample_opens_as_many_rows(county: Store) -> None:
    rating = rate(county, SYSTEM, current_atlas(county), period_of("quarter", clock.today()))
    opened = 0
    with county.reading() as connection:
        for one in rating.villages[-20:]:
            for part in (part for line in one.lines for part in line.parts if part.count):
                page = find(connection, SYSTEM, LEDGERS[part.ledger], part.selection)
                assert page.total == part.count, part.label
                opened += 1
    assert opened > 40
