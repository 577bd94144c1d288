"""Every export and template in another office program: opened without a repair, printed as PDF with
the header on every page, pages numbered."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from ledger.domain.access import SYSTEM
from ledger.domain.errors import Problem
from ledger.domain.ledgers import LEDGERS
from ledger.exchange.importing.imports import import_file
from ledger.exchange.writing.exports import export
from ledger.exchange.writing.table_workbook import problem_table, table_workbook
from ledger.exchange.writing.templates import template
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.storage import Store
from tests.conftest import in_ci
from tests.ledger.conftest import WEST_GRID
from tests.thoroughly import THOROUGH

TOOLS = ("soffice", "pdftotext", "pdfinfo")
ROWS = 90
# Of all ledgers every run prints the long one and one with protected texts.
PRINTED = ("institutions", "petitions")
BY_NUMBER = Selection(sort=(("number", False),))
A4, A3 = (842, 595), (1191, 842)


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    """Without the tools these tests are passed over, and fail in CI (`.ci/prepare-browser`)."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        reason = f"{', '.join(missing)} missing: apt install libreoffice-calc-nogui poppler-utils"
        pytest.fail(reason) if in_ci() else pytest.skip(reason)


# Comma, quote, UTF-8, from the first line: what a person ticks when opening a csv.
_AS_CSV = "--infilter=Text - txt - csv (StarCalc):44,34,76,1"


def office(folder: Path, kind: str, *files: Path) -> None:
    """Convert files with LibreOffice; one start for all of them."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    read = [_AS_CSV] if files[0].suffix == ".csv" else []
    words = ["soffice", profile, "--headless", *read, "--convert-to", kind]
    words += ["--outdir", str(folder / kind)]
    done = subprocess.run(
        [*words, *map(str, files)], capture_output=True, text=True, timeout=300, check=True
    )
    for file in files:
        made = folder / kind / f"{file.stem}.{kind}"
        assert made.exists(), f"{file.name}: {done.stdout}{done.stderr}"


def pages_of(pdf: Path) -> list[str]:
    """The text of every page."""
    words = ["pdftotext", "-layout", str(pdf), "-"]
    text = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout
    return [re.sub(r"\s", "", page) for page in text.split("\f")[:-1]]


def size_of(pdf: Path) -> tuple[int, int]:
    """Width and height of the first page in points."""
    words = ["pdfinfo", str(pdf)]
    text = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout
    found = re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", text)
    assert found is not None
    return round(float(found[1])), round(float(found[2]))


@pytest.fixture
def filled(store: Store) -> Store:
    """Institutions for several pages."""
    for at in range(ROWS):
        values = {"number": f"P-{at:03}", "name": f"第{at}院", "lon": 127.02, "lat": 29.05}
        records.create(store, SYSTEM, "institutions", values | {"beds": at, "remarks": "备" * 30})
    petition = {"registered_on": "2026-05-20", "matter": "押金不退", "area_code": WEST_GRID}
    records.create(store, SYSTEM, "petitions", petition | {"petitioner": "张三丰"})
    return store


@pytest.mark.sampled
def test_every_export_and_template_opens_and_prints(filled: Store, tmp_path: Path) -> None:
    files = []
    for key, ledger in LEDGERS.items():
        if not (THOROUGH or key in PRINTED):
            continue
        made = {"export": export(filled, SYSTEM, key, Selection(sort=()), "xlsx").content}
        if ledger.geometry != "polygon":
            made["template"] = template(ledger)
        for kind, content in made.items():
            files.append(tmp_path / f"{kind}-{key}.xlsx")
            files[-1].write_bytes(content)
    problems = [Problem(at, "床位数", "不是数字，请只填数字") for at in range(2, 120)]
    files.append(tmp_path / "problems.xlsx")
    files[-1].write_bytes(table_workbook(problem_table(problems)))
    office(tmp_path, "pdf", *files)
    for file in files:
        pdf = tmp_path / "pdf" / f"{file.stem}.pdf"
        assert size_of(pdf) in (A4, A3)
        assert re.search(r"第1页,共\d+页|第1页，共\d+页", pages_of(pdf)[0]), file.name
    check_long_table(tmp_path / "pdf" / "export-institutions.pdf")
    assert size_of(tmp_path / "pdf" / "problems.pdf") == A4
    listed = pages_of(tmp_path / "pdf" / "problems.pdf")
    assert len(listed) > 1
    assert all("问题与处理办法" in page for page in listed)


def check_long_table(pdf: Path) -> None:
    """On each page the header and, beside further columns, what record a row is."""
    pages = pages_of(pdf)
    assert size_of(pdf) == A3
    assert len(pages) > 3
    assert "养老服务机构(场所)台账" in pages[0]
    assert all("序号" in page and "编号" in page and "机构名称" in page for page in pages)
    assert not any("记录标识" in page or "行指纹" in page for page in pages), "hidden columns"
    printed = "".join(pages)
    assert all(f"P-{at:03}" in printed for at in range(ROWS))


@pytest.mark.sampled
def test_what_another_program_saved_comes_back_unchanged(filled: Store, tmp_path: Path) -> None:
    """LibreOffice rewrites every part of the file; marks, codes and blanks survive, as xls too."""
    path = tmp_path / "out.xlsx"
    path.write_bytes(export(filled, SYSTEM, "institutions", BY_NUMBER, "xlsx").content)
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["C4"] = "改名院"
    book.save(path)
    for kind in ("xlsx", "xls") if THOROUGH else ("xls",):
        office(tmp_path, kind, path)
        saved = tmp_path / kind / f"out.{kind}"
        report = import_file(filled, SYSTEM, "institutions", saved, dry_run=True)
        assert (report.read, report.updated, report.rejected) == (ROWS, 1, 0), report.problems


def test_codes_in_csv_survive_another_program(filled: Store, tmp_path: Path) -> None:
    """Opened and saved as a spreadsheet would, a code of fifteen digits is still that code."""
    path = tmp_path / "out.csv"
    path.write_bytes(
        export(filled, SYSTEM, "institutions", BY_NUMBER, "csv", guard_codes=True).content
    )
    office(tmp_path, "xlsx", path)
    sheet = openpyxl.load_workbook(tmp_path / "xlsx" / "out.xlsx").worksheets[0]
    header = [cell.value for cell in sheet[1]]
    cell = sheet.cell(2, header.index("所属区域") + 1)
    assert (cell.data_type, str(cell.value).strip()) == ("s", WEST_GRID)
