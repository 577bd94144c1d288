"""Papers of hotspots: no small count, and nothing leads back to one. Pages show every number."""

from __future__ import annotations

import csv
import io
import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Refused
from ledger.domain.small_counts import HIDDEN, KEPT_BACK, with_others
from ledger.domain.timing.periods import Period
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.reporting.statistics.answers import Answer, whole
from ledger.reporting.statistics.exporting import export_hotspots, table_for_scripts
from ledger.reporting.statistics.history import history
from ledger.reporting.statistics.hotspot_tables import CONTRACT
from ledger.reporting.statistics.hotspots import hotspots
from ledger.reporting.statistics.papers import paper_answer
from ledger.reporting.statistics.requests import Request
from ledger.reporting.statistics.wording import STEPS, explain, notes, step_of
from ledger.storage import Store, open_store
from ledger.storage.tables import changes
from tests.ledger.reporting.statistics.cases import (
    COUNTY,
    NAMES,
    ROW,
    A,
    B,
    C,
    D,
    person,
    petitions,
)
from tests.thoroughly import examples

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
DAY = date(2026, 5, 5)


@pytest.fixture
def counted(store: Store) -> Store:
    """Thirty, twelve, two, one and no petition."""
    petitions(store, (A, 30, DAY), (B, 12, DAY), (C, 2, DAY), (D, 1, DAY))
    return store


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.OFFICE_STAFF, "990101001"),
        (Role.LEADER, COUNTY),
        (Role.LEADER, "*"),
        (Role.AUDITOR, "990101001"),
        (Role.VILLAGE_STAFF, C),
    ],
)
def test_who_may_open_the_rows_sees_the_number(counted: Store, role: Role, scope: str) -> None:
    who = person(role, scope)
    answer = hotspots(counted, who, Request(MAY))
    for code, count in answer.table["count"].items():
        path = str(answer.regions.frame.set_index("code").at[code, "path"])
        rows = records.search(counted, who, "petitions", Selection(area_path=path))
        assert count == rows.total
        assert [n for _, n, _ in history(counted, who, Request(MAY)).of(str(code))][-1] == count
    assert answer.remark == ""
    assert HIDDEN not in "".join((*notes(answer), *explain(answer, C)))


def test_a_paper_hides_small_counts_and_what_leads_to_them(counted: Store) -> None:
    petitions(counted, (A, 1, date(2025, 5, 1)))
    answer = hotspots(counted, SYSTEM, Request(MAY))
    paper = paper_answer(answer)
    table = paper.table
    assert table["count"].tolist() == [30, 12, HIDDEN, HIDDEN, HIDDEN]
    assert table["rate"].isna().tolist() == [False, False, True, True, True]
    for column in ("eb_rate", "gi_z", "moran_i", "near_count", "near_expected"):
        assert table[column].isna().all(), column
    assert set(table["gi_p"].dropna()) <= set(STEPS)
    assert table["gi_class"].equals(answer.table["gi_class"])
    assert f"上期{HIDDEN}件，去年同期{HIDDEN}件。" in explain(paper, A)
    assert explain(paper, C)[0].startswith(f"2026年5月{HIDDEN}件")
    assert notes(paper)[-1] == "有3个区域的件数少于3，写作“<3”"
    assert (paper.total, answer.total) == (42, 45)


def test_what_a_paper_expects_is_what_the_page_expects(counted: Store) -> None:
    """45 cases in five villages of equal people: nine each, however many are hidden."""
    answer = hotspots(counted, SYSTEM, Request(MAY))
    assert paper_answer(answer).table["expected"].tolist() == [9.0] * 5
    assert answer.table["expected"].tolist() == [9.0] * 5


@pytest.fixture(scope="module")
def row(row_template: Path) -> Store:
    return open_store(f"sqlite:///{row_template.as_posix()}")


@pytest.fixture(scope="module")
def answered(row: Store) -> Answer:
    return hotspots(row, SYSTEM, Request(MAY))


COUNTED = st.lists(st.integers(0, 5), min_size=5, max_size=5)
PEOPLED = st.lists(st.sampled_from([None, 800.0, 1000.0]), min_size=5, max_size=5)


@settings(max_examples=examples(60))
@given(counts=COUNTED, people=PEOPLED)
def test_no_hidden_count_follows_from_what_is_told(
    answered: Answer, counts: list[int], people: list[float | None]
) -> None:
    """The reader knows the sum of all and, by the expected cases, that of areas with people."""
    table = answered.table.copy()
    there = pd.Series(people, index=table.index, dtype="Float64").astype(float)
    for column in ("count", "before", "year_before"):
        table[column] = whole(pd.Series(counts, index=table.index))
    table["population"] = there
    table["expected"] = there * table["count"][there.notna()].sum() / there.sum()
    paper = paper_answer(replace(answered, table=table)).table
    cells = paper["count"].tolist()
    peopled = there.notna().tolist()
    apart = paper["expected"].notna().any()

    def could_be(numbers: tuple[int, ...]) -> bool:
        same = sum(numbers) == sum(counts)
        parts = [
            sum(n for n, has in zip(one, peopled, strict=True) if has) for one in (numbers, counts)
        ]
        return same and (not apart or parts[0] == parts[1])

    options = [
        range(3) if cell == HIDDEN else range(3, sum(counts) + 1) if cell == KEPT_BACK else [cell]
        for cell in cells
    ]
    if all(isinstance(cell, str) for cell in cells) and not apart:
        return  # nothing at all is told but the sum
    left = [one for one in itertools.product(*options) if could_be(one)]
    for at, cell in enumerate(cells):
        if cell == HIDDEN:
            assert len({one[at] for one in left}) > 1, (cells, counts, people)


@given(st.lists(st.integers(0, 6), min_size=2, max_size=6))
def test_every_hidden_count_could_be_another_one(numbers: list[int]) -> None:
    """Whoever knows the sum and what is told finds no hidden small count, where that can be."""
    words = with_others([HIDDEN if n < 3 else "" for n in numbers], [(n,) for n in numbers])
    small = [n for n, word in zip(numbers, words, strict=True) if word == HIDDEN]
    kept = [n for n, word in zip(numbers, words, strict=True) if word == KEPT_BACK]
    assert all(n >= 3 for n in kept)
    if not small or "" not in words:
        return
    # The small ones may add up to anything that leaves three at least for each that is kept back.
    total = sum(small) + sum(kept)
    if kept:
        assert sum(total - one >= 3 * len(kept) for one in range(2 * len(small) + 1)) > 1
    else:
        assert len(small) > 1
        assert 0 < sum(small) < 2 * len(small)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_files_are_papers_whoever_takes_them(counted: Store, tmp_path: Path, suffix: str) -> None:
    exported = export_hotspots(counted, person(Role.OFFICE_STAFF), Request(MAY), suffix)
    path = tmp_path / f"table.{suffix}"
    path.write_bytes(exported.content)
    rows = read_rows(path)
    assert rows[0][:3] == ["区域代码", "区域名称", "件数"]
    assert [row[2] for row in rows[1:]] == ["30", "12", HIDDEN, HIDDEN, HIDDEN]
    assert {row[rows[0].index("平滑后每千人件数")] for row in rows[1:]} == {KEPT_BACK}


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
