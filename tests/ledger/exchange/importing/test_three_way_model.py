"""Export, random edits in the file and in the ledger, import: exactly the three-way result.

The model is a dictionary: what every cell held when it was exported, what the ledger then made of
it, what the file then made of it. It knows nothing of fingerprints, versions or histories.
"""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain.access import SYSTEM
from ledger.domain.ledgers import INSTITUTIONS
from ledger.exchange.importing.comparison_choices import Choices
from ledger.exchange.importing.imports import check, import_file
from ledger.exchange.writing.exports import export
from ledger.records import service as records
from ledger.records.putting_back import put_back_save
from ledger.records.query import Selection
from ledger.storage import Store, open_store
from tests.conftest import fold
from tests.ledger.exchange.taking import compared, take_over
from tests.thoroughly import examples

COUNT = 4
BY_NUMBER = Selection(sort=(("number", False),))
TEXTS = ("甲", "乙", "=1+1", "-5", "'x", "一\n二", "0012", "Ａ B")
# Per column, values as the ledger keeps them; each stands for itself in a cell of the file.
VALUES: dict[str, tuple[Any, ...]] = {
    "name": TEXTS,
    "remarks": (*TEXTS, "/", None),
    "beds": (0, 7, 8, None),
    "prepaid_deposit": (0.0, 0.1, 1234.56, 1e11 / 3, None),
    "custody": (True, False, None),
    "prepaid_use": ("none", "irregular", None),
    "phone": ("000-81234567", "01012345678", None),
}
STORED = {"prepaid_deposit": lambda value: None if value is None else round(value, 2)}
# How people may write a value instead; and what is made of a text that is typed anew.
LOOSE: dict[tuple[str, Any], str] = {
    ("beds", 8): "８张",
    ("custody", True): "✓",
    ("prepaid_deposit", 1234.56): "1234.56元",
    ("prepaid_use", "none"): "无",
}
TYPED = {("remarks", "/"): "无", ("name", "Ａ B"): "A B"}
KEYS = sorted(VALUES)
WORDS = {True: "是", False: "否", None: "不详"}


def kept(key: str, value: Any) -> Any:
    """A value as the ledger keeps it."""
    return STORED[key](value) if key in STORED else value


@st.composite
def edits(draw: st.DrawFn) -> dict[tuple[int, str], Any]:
    """Changes of some cells: (record, column) → value."""
    cells = st.tuples(st.integers(0, COUNT - 1), st.sampled_from(KEYS))
    chosen = draw(st.lists(cells, max_size=8, unique=True))
    return {cell: kept(cell[1], draw(st.sampled_from(VALUES[cell[1]]))) for cell in chosen}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("three-way")


@pytest.fixture(scope="module")
def ground(folder: Path, drawn_county: Path) -> Path:
    """A database with the records that every example begins with."""
    path = folder / "ground.db"
    shutil.copyfile(drawn_county, path)
    store = open_store(f"sqlite:///{path.as_posix()}")
    for at in range(COUNT):
        values = {"number": f"N-{at}", "lon": 127.02, "lat": 29.05}
        values |= {key: VALUES[key][at % len(VALUES[key])] for key in KEYS}
        records.create(store, SYSTEM, "institutions", values)
    fold(store)
    return path


def begin(ground: Path) -> Store:
    path = ground.with_name("example.db")
    for old in path.parent.glob("example.db*"):
        old.unlink()
    shutil.copyfile(ground, path)
    return open_store(f"sqlite:///{path.as_posix()}")


def standing(store: Store) -> dict[tuple[int, str], Any]:
    rows = records.search(store, SYSTEM, "institutions", BY_NUMBER).rows
    return {(int(row["number"][2:]), key): row[key] for row in rows for key in KEYS}


def edit_ledger(store: Store, changes: dict[tuple[int, str], Any]) -> None:
    """One save per cell, so that the history has many versions."""
    for (at, key), value in changes.items():
        rows = records.search(store, SYSTEM, "institutions", BY_NUMBER).rows
        row = rows[at]
        records.save(
            store, SYSTEM, "institutions", [records.Edit(row["id"], row["version"], {key: value})]
        )


def as_read(
    typed: dict[tuple[int, str], Any],
    exported: dict[tuple[int, str], Any],
    now: dict[tuple[int, str], Any],
) -> dict[tuple[int, str], Any]:
    """What the import makes of the texts typed: those that stood there anyway stay as they are."""
    return {
        cell: text if text in (exported[cell], now[cell]) else TYPED.get((cell[1], text), text)
        for cell, text in typed.items()
    }


def edit_file(content: bytes, path: Path, changes: dict[tuple[int, str], Any], seed: int) -> None:
    """Write cells as people would, some loosely, and shuffle the rows as sorting would."""
    random = Random(seed)
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[3]]
    for (at, key), value in changes.items():
        column = INSTITUTIONS.by_key[key]
        label = f"{column.label}(元)" if column.unit == "元" else column.label
        cell = sheet.cell(4 + at, header.index(label) + 1)
        shown = column.format(value) if column.choices else value
        cell.value = (WORDS[value] if key == "custody" else shown) if shown != "" else None
        if (key, value) in LOOSE and random.random() < 0.5:
            cell.value = LOOSE[key, value]
        if isinstance(cell.value, str):
            cell.data_type = "s"
    rows = [[(c.value, c.data_type) for c in row] for row in sheet.iter_rows(min_row=4)]
    random.shuffle(rows)
    for at, row in enumerate(rows, start=4):
        for place, (value, kind) in enumerate(row, start=1):
            cell = sheet.cell(at, place)
            cell.value = value
            if kind == "s":
                cell.data_type = "s"
    book.save(path)


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.too_slow])
@given(ours=edits(), theirs=edits(), seed=st.integers(0, 99), pick=st.integers(0, 2**16))
def test_import_gives_exactly_the_three_way_result(
    ground: Path, ours: dict[Any, Any], theirs: dict[Any, Any], seed: int, pick: int
) -> None:
    store = begin(ground)
    try:
        exported = standing(store)
        content = export(store, SYSTEM, "institutions", BY_NUMBER, "xlsx").content
        path = ground.with_name("example.xlsx")
        edit_file(content, path, theirs, seed)
        edit_ledger(store, ours)
        now = exported | ours
        file = exported | as_read(theirs, exported, now)
        assert standing(store) == now
        changed = {cell for cell in exported if file[cell] != exported[cell]}
        clashes = {
            cell for cell in changed if now[cell] != exported[cell] and now[cell] != file[cell]
        }
        checked = check(store, SYSTEM, "institutions", path)
        comparison = compared(checked)
        found = {(int(row.number[2:]), cell.key): row.row for row, cell in comparison.conflicts}
        assert set(found) == clashes
        check_all_or_nothing(store, path, clashes, now)
        random = Random(pick)
        sides = {cell: random.choice(("file", "ledger")) for cell in sorted(clashes)}
        choices = Choices({(found[cell], cell[1]): side for cell, side in sides.items()})  # type: ignore[misc]
        before = standing(store)
        done = take_over(store, checked, choices)
        taken = {cell for cell in changed if cell not in clashes or sides[cell] == "file"}
        expected = {cell: file[cell] if cell in taken else now[cell] for cell in now}
        assert standing(store) == expected
        assert done.updated == len({cell[0] for cell in taken if now[cell] != file[cell]})
        if done.updated:
            put_back_save(store, SYSTEM, str(done.batch), reason="整批恢复")
        assert standing(store) == before
    finally:
        store.dispose()


def check_all_or_nothing(
    store: Store, path: Path, clashes: set[tuple[int, str]], now: dict[Any, Any]
) -> None:
    """As the command line sees it: a row with a conflict is rejected by row and column."""
    if not clashes:
        return
    report = import_file(store, SYSTEM, "institutions", path)
    assert not report.written
    assert report.rejected == len({at for at, _ in clashes})
    assert len([problem for problem in report.problems if problem.column]) == len(clashes)
    assert standing(store) == now
