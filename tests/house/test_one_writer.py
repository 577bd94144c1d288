"""A table leaves the house by one writer: `ledger.exchange.writing.formats`."""

from __future__ import annotations

import re

from tests.house.sources import PROJECT_ROOT, product_files

# What writes a table of its own making.
_OF_ITS_OWN = re.compile(
    r"\bcsv\.(?:writer|DictWriter)\b|\.to_csv\(|\.to_excel\(|\bExcelWriter\b|^import xlsxwriter",
    re.MULTILINE,
)
_WRITER = "ledger/exchange/writing/workbooks.py"
_SAMPLE = "data/sample/files.py"  # makes the files that offices send; the product never runs it


def of_its_own(text: str) -> bool:
    """Whether a module writes xlsx or csv by itself."""
    return _OF_ITS_OWN.search(text) is not None


def test_a_module_that_writes_tables_by_itself_is_noticed() -> None:
    assert of_its_own("import xlsxwriter\n")
    assert of_its_own("writer = csv.writer(text)")
    assert of_its_own("frame.to_csv(path)")
    assert not of_its_own("rows = csv.reader(text)")


def test_tables_leave_by_one_writer() -> None:
    found = {
        path.relative_to(PROJECT_ROOT).as_posix()
        for path in product_files(".py")
        if of_its_own(path.read_text(encoding="utf-8"))
    }
    assert found - {_SAMPLE} == {_WRITER}


def test_nobody_lays_out_sheets_beside_the_writer() -> None:
    """What goes out is a `Table`; the form to be filled in and the file handed back marked up are
    no tables."""
    found = {
        path.relative_to(PROJECT_ROOT).as_posix()
        for path in product_files(".py")
        if "new_workbook(" in path.read_text(encoding="utf-8")
    }
    assert found == {
        _WRITER,
        "ledger/exchange/writing/table_workbook.py",
        "ledger/exchange/writing/templates.py",
        "ledger/exchange/importing/marked_up.py",
    }
