"""Small counts stay with the office that handles the matters, and nothing leads back to them."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from geo.hotspots import Hotspots, find_hotspots
from geo.weights import contiguity
from ledger.access import SYSTEM, Role
from ledger.errors import Refused
from ledger.ledgers import LEDGERS
from ledger.places.areas import current_atlas
from ledger.statistics.exporting import export_hotspots, table_for_scripts
from ledger.statistics.history import history
from ledger.statistics.hotspots import hotspots
from ledger.statistics.masking import STEPS, seen_by, step_of
from ledger.statistics.regions import read_regions
from ledger.statistics.requests import Request
from ledger.statistics.small_counts import HIDDEN, sees_small_counts
from ledger.statistics.tables import CONTRACT
from ledger.statistics.wording import explain, notes
from ledger.storage import Store, open_store
from ledger.storage.tables import changes
from ledger.timing.periods import Period
from tests.ledger.statistics.cases import COUNTY, NAMES, ROW, A, B, C, D, E, person, petitions

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
DAY = date(2026, 5, 5)


@pytest.fixture
def counted(store: Store) -> Store:
    """Thirty, twelve, two, one and no petition."""
    petitions(store, (A, 30, DAY), (B, 12, DAY), (C, 2, DAY), (D, 1, DAY))
    return store


@pytest.mark.parametrize(
    ("role", "scope", "ledger", "sees"),
    [
        (Role.OFFICE_STAFF, "990101001", "petitions", True),  # handles them
        (Role.VILLAGE_STAFF, A, "petitions", True),
        (Role.VILLAGE_STAFF, A, "leads", False),  # reports leads, but handles none
        (Role.LEADER, "990101001", "petitions", True),  # leads the handling office
        (Role.LEADER, COUNTY, "petitions", False),
        (Role.LEADER, "*", "petitions", False),
        (Role.AUDITOR, "990101001", "petitions", False),
        (Role.GRID_WORKER, A, "petitions", False),
        (Role.AUDITOR, COUNTY, "inspections", True),  # nobody's own matter
    ],
)
def test_who_belongs_to_the_handling_office(
    store: Store, role: Role, scope: str, ledger: str, sees: bool
) -> None:
    atlas = current_atlas(store)
    assert sees_small_counts(person(role, scope), atlas, LEDGERS[ledger]) is sees
    assert sees_small_counts(SYSTEM, atlas, LEDGERS[ledger]) is True


def test_outside_small_counts_and_what_leads_to_them_are_hidden(counted: Store) -> None:
    table = hotspots(counted, person(Role.LEADER, COUNTY), Request(MAY)).seen.table
    assert table["count"].isna().tolist() == [False, False, True, True, True]
    for column in ("rate", "eb_rate"):
        assert table[column].isna().tolist() == [False, False, True, True, True], column
    for column in ("gi_z", "moran_i", "near_count", "near_expected"):
        assert table[column].isna().all(), column
    assert set(table["gi_p"].dropna()) <= set(STEPS)
    assert table.at[A, "rate"] == 30.0


def test_the_handling_office_sees_everything(counted: Store) -> None:
    seen = hotspots(counted, person(Role.OFFICE_STAFF), Request(MAY)).seen
    assert seen.exact
    assert seen.table["count"].tolist() == [30, 12, 2, 1, 0]
    assert seen.table["gi_z"].notna().all()


def test_classes_are_the_same_for_everybody(counted: Store) -> None:
    inside = hotspots(counted, person(Role.OFFICE_STAFF), Request(MAY)).seen.table
    outside = hotspots(counted, person(Role.LEADER, COUNTY), Request(MAY)).seen.table
    assert inside["gi_class"].tolist() == outside["gi_class"].tolist()


def judged(store: Store, counts: dict[str, int]) -> Hotspots:
    frame = read_regions(store, "village", "/", MAY).frame
    people = frame.set_index("code")["population"].astype(float)
    return find_hotspots(pd.Series(counts, dtype=float), people, contiguity(frame))


@pytest.fixture(scope="module")
def row(row_template: Path) -> Store:
    return open_store(f"sqlite:///{row_template.as_posix()}")


@given(small=st.lists(st.integers(0, 2), min_size=3, max_size=3))
def test_numbers_told_outside_do_not_depend_on_hidden_counts(row: Store, small: list[int]) -> None:
    """Whatever the three small counts are, every number that is told stays the same."""
    told = ["count", "expected", "rate", "eb_rate", "gi_z", "moran_i", "near_count"]
    known = {A: 30, B: 12}
    first = seen_by(judged(row, {**known, C: 0, D: 0, E: 0}).table, {}, {}, exact=False)
    other = dict(zip((C, D, E), small, strict=True))
    then = seen_by(judged(row, known | other).table, {}, {}, exact=False)
    pd.testing.assert_frame_equal(first.table[told], then.table[told])
    assert first.total == then.total == 42


def test_history_and_comparisons_hide_small_counts_too(counted: Store) -> None:
    petitions(counted, (A, 2, date(2026, 4, 5)))
    leader = person(Role.LEADER, COUNTY)
    assert [n for _, n, _ in history(counted, leader, Request(MAY)).of(A)] == [None, 30]
    assert [n for _, n, _ in history(counted, SYSTEM, Request(MAY)).of(A)] == [2, 30]
    answer = hotspots(counted, leader, Request(MAY))
    assert f"上期{HIDDEN}件，去年同期{HIDDEN}件。" in explain(answer, A)
    assert explain(answer, C)[0].startswith(f"2026年5月{HIDDEN}件")
    assert "有3个区域的件数少于3" in "；".join(notes(answer))


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_files_hide_what_the_page_hides(counted: Store, tmp_path: Path, suffix: str) -> None:
    leader = person(Role.LEADER, COUNTY)
    exported = export_hotspots(counted, leader, Request(MAY), suffix)
    path = tmp_path / f"table.{suffix}"
    path.write_bytes(exported.content)
    rows = read_rows(path)
    assert rows[0][:3] == ["区域代码", "区域名称", "件数"]
    assert [row[2] for row in rows[1:]] == ["30", "12", HIDDEN, HIDDEN, HIDDEN]


def read_rows(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    frame = pd.read_excel(path, engine="calamine", header=None, dtype=str)
    return frame.fillna("").to_numpy().tolist()


def test_exports_need_the_right_and_are_on_the_record(counted: Store) -> None:
    with pytest.raises(Refused):
        export_hotspots(counted, person(Role.AUDITOR, COUNTY), Request(MAY), "csv")
    exported = export_hotspots(counted, person(Role.OFFICE_STAFF), Request(MAY), "csv")
    with counted.reading() as connection:
        newest = connection.execute(select(changes).order_by(changes.c.id.desc()).limit(1)).one()
    assert (newest.action, newest.ledger, newest.number) == (
        "export",
        "petitions",
        exported.filename,
    )


def test_the_table_for_scripts_has_the_columns_of_the_contract(counted: Store) -> None:
    _, content = table_for_scripts(counted, SYSTEM, Request(MAY), "out.csv")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert tuple(rows[0]) == CONTRACT
    assert [row["code"] for row in rows] == sorted(ROW)
    assert [row["name"] for row in rows] == [f"{NAMES[code]}村" for code in sorted(ROW)]
    assert [row["count"] for row in rows] == ["30", "12", "2", "1", "0"]
    outside = table_for_scripts(counted, person(Role.LEADER, COUNTY), Request(MAY), "out.csv")[1]
    rows = list(csv.DictReader(io.StringIO(outside.decode("utf-8-sig"))))
    assert [row["count"] for row in rows] == ["30", "12", HIDDEN, HIDDEN, HIDDEN]


def test_steps_of_probabilities() -> None:
    assert [step_of(p) for p in (0.0004, 0.001, 0.002, 0.05, 0.06, 1.0)] == [
        0.001,
        0.001,
        0.01,
        0.05,
        0.1,
        1.0,
    ]
    assert np.isnan(step_of(float("nan")))
