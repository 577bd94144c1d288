"""Files as offices write them: headers, encodings, sheets, and mappings that explain them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from ledger.domain.errors import Invalid
from ledger.domain.ledgers import INSTITUTIONS
from ledger.exchange.reading.mapping import parse_mapping
from ledger.storage import Store
from tests.ledger.exchange.taking import stored, take
from tests.ledger.sheets import HEADER, ROWS, text_table, workbook

HEADERS = [
    ("label", ["机构名称", "床位数"]),
    ("key", ["name", "beds"]),
    ("synonym", ["名称", "床位数"]),
    ("full width, blanks, unit, star", ["*机构 名称", "床位数(张)"]),
    ("capitals", ["NAME", "Beds"]),
]


@pytest.mark.parametrize("header", [item[1] for item in HEADERS], ids=[item[0] for item in HEADERS])
def test_headers_match_by_label_key_and_synonym(
    store: Store, tmp_path: Path, header: list[str]
) -> None:
    report = take(store, text_table(tmp_path / "a.csv", [header, ["甲院", "7"]]))
    assert report.ignored == ()
    (record,) = stored(store).values()
    assert (record["name"], record["beds"]) == ("甲院", 7)


def test_the_header_may_stand_below_a_title(store: Store, tmp_path: Path) -> None:
    rows = [["某镇养老机构台账"], [], ["填报单位：民政办", "2026年"], list(HEADER), *ROWS]
    report = take(store, workbook(tmp_path / "a.xlsx", rows))
    assert report.created == 3
    bad = [*rows, ("J-4", "丁院", 127.02, 29.05, "很多")]
    problems = take(store, workbook(tmp_path / "b.xlsx", bad)).problems
    assert [(item.row, item.column) for item in problems] == [(8, "床位数")]


def test_columns_that_mean_nothing_here_are_named(store: Store, tmp_path: Path) -> None:
    rows = [["机构名称", "院长生日"], ["甲院", "1970-01-01"]]
    assert take(store, workbook(tmp_path / "a.xlsx", rows)).ignored == ("院长生日",)


ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_tables_of_every_office(
    store: Store, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    rows = [HEADER, ("J-1", "甲院，分院；二部", 127.02, 29.05, 10)]
    take(store, text_table(tmp_path / "a.csv", rows, encoding, delimiter))
    assert stored(store)["J-1"]["name"] == "甲院，分院；二部"


def test_line_breaks_in_cells_and_blank_rows_keep_the_count(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        '机构名称,床位数,备注\r\n甲院,1,"一\r\n二"\r\n\r\n,,\r\n乙院,x,\r\n', encoding="utf-8"
    )
    report = take(store, path)
    assert report.read == 2
    # A cell of two lines is one row of Excel; blank rows count.
    assert [(item.row, item.column) for item in report.problems] == [(5, "床位数")]


def test_numbers_and_dates_of_excel_become_texts_where_texts_belong(
    store: Store, tmp_path: Path
) -> None:
    rows = [
        ("编号", "机构名称", "联系电话", "备注"),
        (25036.0, 3.5, 13800000000, datetime(2026, 5, 20)),
    ]
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    take(store, path)
    record = stored(store)["25036"]
    assert (record["name"], record["phone"]) == ("3.5", "13800000000")
    assert record["remarks"] == date(2026, 5, 20).isoformat()


def test_a_sheet_is_chosen_by_name(store: Store, tmp_path: Path) -> None:
    other = {"二月": [HEADER, ROWS[0]]}
    path = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS], sheets=other)
    assert take(store, path, sheet="二月").created == 1
    with pytest.raises(Invalid, match="台账、二月"):
        take(store, path, sheet="三月")


MAPPING = """
[columns]
number = "ID"
name = "Provider"
[values.prepaid_use]
"none taken" = "none"
[values.abuse]
"Y" = "是"
"N" = "否"
[constants]
kind = "养老院"
[extra]
fines = "number"
abuse = { column = "Abuse Icon", type = "tri" }
city = "text"
"""


def test_a_mapping_explains_a_foreign_file(store: Store, tmp_path: Path) -> None:
    rows = [
        ("ID", "Provider", "prepaid_use", "fines", "Abuse Icon", "city", "lon", "lat"),
        ("A1", "Home", "none taken", "1,200", "Y", "ANCHORAGE", "127.02", "29.05"),
        ("A2", "Other", "", "", "", "", "", ""),
    ]
    mapping = parse_mapping(MAPPING, INSTITUTIONS)
    report = take(store, text_table(tmp_path / "a.csv", rows), mapping=mapping)
    assert (report.created, report.problems, report.ignored) == (2, (), ())
    record = stored(store)["A1"]
    assert record["extra"] == {"fines": 1200, "abuse": True, "city": "ANCHORAGE"}
    assert (record["kind"], record["prepaid_use"]) == ("养老院", "none")
    assert stored(store)["A2"]["extra"] == {}
    lacking = text_table(tmp_path / "b.csv", [("ID", "Provider"), ("A1", "Home")])
    with pytest.raises(Invalid, match="“fines”列"):
        take(store, lacking, mapping=mapping)
