"""Every case of tables that offices send: understood, doubtful, refused, or wrong without a word.

    python -m tests.bench.cases [FOLDER] [--rows]

Without a folder the messy files of the tests (``tests/ledger/exchange/reading/messy``) are written
and read, each held against what must come out. With a folder its files are read as well, on the
database that ``LEDGER_DATABASE_URL`` names (the sample will do); what must come out of them is not
known here, so a file counts as wrong without a word where a cell that holds something comes to
nothing: neither to a value, nor a note, a problem, a row that is told or a column that is named.
``--rows`` prints below the table what each record of the folder's files would hold.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ledger.domain.access import SYSTEM
from ledger.domain.errors import LedgerError
from ledger.domain.ledgers import LEDGERS, ledger_named
from ledger.domain.timing import clock
from ledger.exchange.reading.books import open_book
from ledger.exchange.reading.headers import resemblance
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.reading import Reading, read_file
from ledger.storage import Store, migrate, open_store
from tests.ledger.conftest import draw_county
from tests.ledger.exchange.reading.messy.building import Messy
from tests.ledger.exchange.reading.messy.test_messy import CASES

UNDERSTOOD, DOUBTFUL, REFUSED, WRONG = "understood", "存疑", "refused", "WRONG SILENTLY"
_NOW = datetime(2026, 6, 15, 4, tzinfo=UTC)
_TRIED = ("institutions", "petitions", "leads", "dispositions", "inspections", "outreach")
_BOUNDARIES = (".geojson", ".gpkg", ".kml", ".kmz", ".shp", ".tab", ".mif")
_MOST = 4


@dataclass(frozen=True)
class Verdict:
    """What became of one file, and why."""

    name: str
    kind: str
    why: str


def own_cases(store: Store, folder: Path) -> Iterator[Verdict]:
    """Each messy file of the tests, held against what must be read from it."""
    for case in CASES:
        path = folder / case.file
        case.write(path)
        with patch.object(clock, "now", lambda: _NOW):
            yield _own(store, case, path)
        path.unlink()


def _own(store: Store, case: Messy, path: Path) -> Verdict:
    try:
        reading = read_file(store, SYSTEM, LEDGERS[case.ledger], path, sheet=case.sheet)
    except LedgerError as error:
        return Verdict(case.name, REFUSED if case.refuses else WRONG, str(error))
    wrong = list(_differences(case, reading))
    if wrong:
        return Verdict(case.name, WRONG, "；".join(wrong))
    return _verdict(case.name, reading)


def _differences(case: Messy, reading: Reading) -> Iterator[str]:
    """Values that are others than they must be, with nothing said of them."""
    told = {(note.row, note.key) for note in reading.notes if not note.sure} | reading.rows.refused
    read = {row.row: row.values for row in reading.rows.rows}
    for row in sorted({*case.rows, *read}):
        must, found = case.rows.get(row, {}), read.get(row, {})
        for key in {*must, *found}:
            if must.get(key, ...) != found.get(key, ...) and (row, key) not in told:
                yield f"{row}/{key}: {found.get(key)!r}"


def of_folder(store: Store, folder: Path) -> Iterator[tuple[Verdict, Reading | None]]:
    """Each table of a folder, read for the ledger that it resembles most."""
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.suffix.lower() in _BOUNDARIES:
            continue
        try:
            reading = read_file(store, SYSTEM, ledger_named(_ledger_of(path)), path)
        except LedgerError as error:
            yield Verdict(path.name, REFUSED, str(error)), None
            continue
        lost = list(unaccounted(reading))
        found = _verdict(path.name, reading)
        yield Verdict(path.name, WRONG, "；".join(lost)) if lost else found, reading


def unaccounted(reading: Reading) -> Iterator[str]:
    """The cells that hold something and came to nothing, without a word."""
    layout, sheet = reading.layout, reading.sheet
    records = {row.row: row for row in reading.rows.rows}
    told = {note.row for note in reading.notes}
    told |= {item.row for item in reading.left_out} | {p.row for p in reading.rows.problems}
    for at, cells in enumerate(sheet.rows[layout.header + 1 :], start=layout.header + 2):
        if at not in records:
            if any(cell not in (None, "") for cell in cells) and at not in told:
                yield f"第{at}行没有读入也没有说明"
            continue
        for key, position in layout.columns.items():
            cell = cells[position] if position < len(cells) else None
            is_there = key in records[at].values
            if cell not in (None, "") and not is_there and at not in told:
                yield f"第{at}行“{layout.headers[key]}”{cell!r}"
    for at, label in enumerate(layout.labels):
        known = at in {*layout.columns.values(), *layout.areas, *layout.extra.values()}
        if label.parts and not known and label.name not in layout.ignored:
            yield f"“{label.name}”列没有说明"


def _verdict(name: str, reading: Reading) -> Verdict:
    doubts = [str(note) for note in reading.notes if not note.sure]
    problems = [str(problem) for problem in reading.rows.problems]
    sure = [str(note) for note in reading.notes if note.sure]
    kind = DOUBTFUL if doubts or problems else UNDERSTOOD
    said = [*(f"不能导入：{one}" for one in problems), *doubts, *sure]
    return Verdict(name, kind, "；".join(said[:_MOST]) + ("……" if len(said) > _MOST else ""))


def _ledger_of(path: Path) -> str:
    """The ledger that the file's first sheet resembles most, the first of equals."""
    try:
        book = open_book(path)
        rows = book.top(book.seen[0], 40)
    except LedgerError:
        return _TRIED[0]
    return max(_TRIED, key=lambda key: resemblance(rows, ledger_named(key), FileMapping()))


def table(verdicts: Iterable[Verdict]) -> str:
    """The verdicts as a Markdown table, with the number of each kind below."""
    listed = list(verdicts)
    lines = ["| 文件 | 结果 | 说明 |", "|---|---|---|"]
    lines += [f"| {one.name} | {one.kind} | {_one_line(one.why)} |" for one in listed]
    counts = Counter(one.kind for one in listed)
    kinds = (UNDERSTOOD, DOUBTFUL, REFUSED, WRONG)
    summed = ", ".join(f"{kind} {counts[kind]}" for kind in kinds)
    return "\n".join([*lines, "", f"{len(listed)} files: {summed}"])


def _one_line(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())[:400]


def _records(reading: Reading) -> Iterator[str]:
    for row in reading.rows.rows:
        values: dict[str, Any] = {**row.values, **row.extra}
        yield f"- {reading.sheet.origin(row.row)}: {values}"


def main(folder: Path | None, *, rows: bool) -> int:
    """Print the tables; returns how many files are wrong without a word."""
    wrong = 0
    with tempfile.TemporaryDirectory() as place:
        store = open_store(f"sqlite:///{(Path(place) / 'county.db').as_posix()}")
        migrate(store)
        draw_county(store)
        own = list(own_cases(store, Path(place)))
        store.dispose()
    print(table(own))
    wrong += sum(one.kind == WRONG for one in own)
    if folder is not None:
        store = open_store()
        found = list(of_folder(store, folder))
        print("", table(verdict for verdict, _ in found), sep="\n")
        for verdict, reading in found if rows else ():
            print("", f"### {verdict.name}", *(_records(reading) if reading else ()), sep="\n")
        wrong += sum(verdict.kind == WRONG for verdict, _ in found)
        store.dispose()
    return wrong


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--rows", action="store_true")
    asked = parser.parse_args()
    raise SystemExit(1 if main(asked.folder, rows=asked.rows) else 0)
