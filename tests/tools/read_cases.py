"""What each file of a folder gives when it is imported, as a Markdown table; nothing is written.

    LEDGER_DATABASE_URL=… python -m tests.tools.read_cases FOLDER [--rows]

Every table is read for the ledger that it resembles most (institutions or petitions), every
boundary file as townships, both as a dry run on the database that the environment names: the
sample (``python -m ledger init --demo``) will do. ``--rows`` prints below the table what each
record would hold, to be held against the file's own cells. Meant for the collection of ``cases``;
judging what it prints is left to whoever reads it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from geo.validation import Fields
from ledger.domain.access import SYSTEM
from ledger.domain.errors import LedgerError
from ledger.domain.ledgers import INSTITUTIONS, LEDGERS, PETITIONS
from ledger.exchange.importing.imports import ImportReport, import_file
from ledger.exchange.reading.header_rows import fold
from ledger.exchange.reading.reading import read_file
from ledger.exchange.reading.tables_in import read_sheet
from ledger.records.area_layers import AreaFile
from ledger.records.area_loading import load_areas
from ledger.storage import Store, open_store

HEAD = ("文件", "台账", "读入", "新增", "不能导入", "区域外", "结果", "问题、存疑与提示")
_MOST = 12


def main(folder: Path, *, rows: bool) -> None:
    """Print the table, and with ``rows`` the records."""
    store = open_store()
    below: list[str] = []
    print(_line(HEAD), _line(["---"] * len(HEAD)), sep="\n")
    for path in sorted(folder.iterdir()):
        if not path.is_file():
            continue
        answer = _areas(store, path) if path.suffix == ".geojson" else _table(store, path)
        print(_line([path.name, *answer]))
        if rows:
            below += ["", f"### {path.name}", *_records(store, path)]
    print(*below, sep="\n")
    store.dispose()


def _line(cells: Iterable[Any]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def _ledger_of(path: Path) -> str:
    try:
        top = read_sheet(path).rows[:5]
    except LedgerError:
        return INSTITUTIONS.key
    texts = {fold(cell) for row in top for cell in row if isinstance(cell, str)}
    return PETITIONS.key if "信访事项" in texts else INSTITUTIONS.key


def _table(store: Store, path: Path) -> list[Any]:
    ledger = _ledger_of(path)
    label = LEDGERS[ledger].label
    try:
        report = import_file(store, SYSTEM, ledger, path, dry_run=True)
    except LedgerError as error:
        return [label, 0, 0, 0, 0, "整份不读", str(error)]
    result = "有行不能导入，一行不写" if report.rejected else "导入"
    counts = [report.read, report.created, report.rejected, report.outside]
    return [label, *counts, result, _said(report) or "无"]


def _said(report: ImportReport) -> str:
    said = [str(problem) for problem in report.problems]
    said += [f"{'提示' if note.sure else '存疑'}：{note}" for note in report.notes]
    more = f"；……共{len(said)}条" if len(said) > _MOST else ""
    return "<br>".join(said[:_MOST]) + more


def _areas(store: Store, path: Path) -> list[Any]:
    file = AreaFile(path, "township", Fields("code", "name"), "wgs84")
    try:
        report = load_areas(store, SYSTEM, [file], dry_run=True)
    except LedgerError as error:
        return ["区域", 0, 0, 0, 0, "整份不读", str(error)]
    said = [f"第{found.row}行：{found.message}" for found in (*report.errors, *report.warnings)]
    result = "一片不载入" if report.errors else "载入"
    return ["区域", report.read, report.loaded, len(report.errors), 0, result, "<br>".join(said)]


def _records(store: Store, path: Path) -> list[str]:
    try:
        ledger = LEDGERS[_ledger_of(path)]
        reading = read_file(store, SYSTEM, ledger, path)
    except LedgerError:
        return ["没有读入"]
    refused = {problem.row for problem in reading.rows.problems}
    return [
        f"- 第{row.row}行{'(不能导入)' if row.row in refused else ''}："
        + "，".join(
            f"{ledger.label_of(key)}={ledger.by_key[key].format(value)}"
            for key, value in row.values.items()
        )
        for row in reading.rows.rows
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", action="store_true")
    asked = parser.parse_args()
    main(asked.folder, rows=asked.rows)
