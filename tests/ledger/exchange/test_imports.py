"""Files in: what is taken over, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import shapely
import xlsxwriter
from sqlalchemy import select, update

from geo.crs import from_wgs84, parse_crs
from ledger import options, records
from ledger.access import SYSTEM, Actor, Role
from ledger.errors import Invalid, Refused
from ledger.exchange import exports
from ledger.exchange.imports import ImportReport, import_file
from ledger.exchange.mapping import FileMapping, parse_mapping
from ledger.history import audit
from ledger.ledgers import INSTITUTIONS
from ledger.query import Selection
from ledger.settings import settings
from ledger.storage import Store
from ledger.storage.tables import areas, institutions
from tests.ledger.conftest import COUNTY, EAST_GRID, EAST_SOUTH, WEST_GRID, actor
from tests.ledger.sheets import HEADER, ROWS, fingerprint, text_table, workbook


def take(store: Store, path: Path, who: Actor = SYSTEM, **options: Any) -> ImportReport:
    """Import into the institutions."""
    return import_file(store, who, "institutions", path, **options)


def stored(store: Store) -> dict[str, dict[str, Any]]:
    """Every institution by number, in the bin too."""
    with store.reading() as connection:
        rows = connection.execute(select(institutions)).mappings()
        return {row["number"]: dict(row) for row in rows}


def test_rows_become_records_in_their_grids(store: Store, tmp_path: Path) -> None:
    report = take(store, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]))
    assert (report.read, report.created, report.rejected, report.outside) == (3, 3, 0, 0)
    found = stored(store)
    assert [found[key]["area_code"] for key in ("J-1", "J-2", "J-3")] == [
        WEST_GRID,
        EAST_GRID,
        EAST_SOUTH,
    ]
    assert found["J-2"]["name"] == "乙院"
    assert found["J-2"]["beds"] == 20
    assert found["J-2"]["version"] == 1


def test_an_import_has_one_history(store: Store, tmp_path: Path) -> None:
    take(store, workbook(tmp_path / "名单.xlsx", [HEADER, *ROWS]))
    with store.reading() as connection:
        log = audit.recent(connection)
        assert audit.verify(connection).sound
    assert [entry.action for entry in log] == ["create", "create", "create", "import"]
    assert len({entry.batch for entry in log}) == 1
    assert log[-1].number == "名单.xlsx"
    assert log[-1].after["created"] == 3


def test_the_same_file_again_changes_no_record(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS])
    take(store, path)
    before = stored(store)
    report = take(store, path)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 3)
    assert stored(store) == before


def test_an_existing_number_updates_and_blank_cells_leave_the_rest(
    store: Store, tmp_path: Path
) -> None:
    take(store, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]))
    change = [HEADER, ("J-1", "", None, None, 11), ("", "丁院", 127.02, 29.05, 5)]
    report = take(store, workbook(tmp_path / "b.xlsx", change))
    assert (report.created, report.updated) == (1, 1)
    record = stored(store)["J-1"]
    assert (record["name"], record["beds"], record["lon"]) == ("甲院", 11, 127.02)
    assert record["version"] == 2


def test_blank_cells_clear_when_the_mapping_says_so(store: Store, tmp_path: Path) -> None:
    take(store, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]))
    change = [HEADER, ("J-1", "", 127.02, 29.05, None)]
    take(store, workbook(tmp_path / "b.xlsx", change), mapping=FileMapping(blank="clear"))
    record = stored(store)["J-1"]
    assert record["beds"] is None
    assert record["name"] == "甲院", "a required field is never cleared"


def test_unknown_written_out_is_not_blank(store: Store, tmp_path: Path) -> None:
    head = ("编号", "机构名称", "被投诉举报")
    take(store, workbook(tmp_path / "a.xlsx", [head, ("J-1", "甲院", "是")]))
    assert stored(store)["J-1"]["tier"] == "3"
    take(store, workbook(tmp_path / "b.xlsx", [head, ("J-1", "甲院", "不详")]))
    assert stored(store)["J-1"]["complained"] is None
    assert stored(store)["J-1"]["tier"] is None


def test_a_file_may_change_one_column_by_number_alone(store: Store, tmp_path: Path) -> None:
    take(store, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]))
    only = [("编号", "床位数"), ("J-1", 99), ("J-2", 98)]
    assert take(store, workbook(tmp_path / "b.xlsx", only)).updated == 2
    with pytest.raises(Invalid, match="“机构名称”"):
        take(store, workbook(tmp_path / "c.xlsx", [*only, ("J-9", 1)]))


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


@pytest.mark.parametrize("crs", ["gcj02", "bd09", "EPSG:4547", "EPSG:4490"])
def test_positions_come_in_from_every_system(store: Store, tmp_path: Path, crs: str) -> None:
    x, y = from_wgs84([127.02], [29.05], parse_crs(crs))
    rows = [HEADER, ("J-1", "甲院", float(x[0]), float(y[0]), 1)]
    path = text_table(tmp_path / "a.csv", rows)
    mapping = parse_mapping(f'crs = "{crs}"', INSTITUTIONS)
    assert take(store, path, mapping=mapping).created == 1
    record = stored(store)["J-1"]
    assert record["lon"] == pytest.approx(127.02, abs=2e-8)
    assert record["lat"] == pytest.approx(29.05, abs=2e-8)
    assert record["area_code"] == WEST_GRID
    assert take(store, path, mapping=mapping).unchanged == 1


def test_half_a_position_cannot_be_converted(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, ("J-1", "甲院", 127.02, None, 1)])
    mapping = parse_mapping('crs = "bd09"', INSTITUTIONS)
    (problem,) = take(store, path, mapping=mapping).problems
    assert (problem.row, problem.column) == (2, "纬度")
    assert take(store, path).created == 1, "in WGS84 it is kept, and counts as no position"


def test_an_area_may_be_named(store: Store, tmp_path: Path) -> None:
    rows = [("编号", "机构名称", "所属区域"), ("J-1", "甲院", "演示二村"), ("J-2", "乙院", "三村")]
    report = take(store, workbook(tmp_path / "a.xlsx", rows), accept_valid=True)
    assert [(item.row, item.column) for item in report.problems] == [(3, "所属区域")]
    assert stored(store)["J-1"]["area_code"] == EAST_SOUTH


def test_outside_positions_are_taken_and_listed(store: Store, tmp_path: Path) -> None:
    rows = [HEADER, ROWS[0], ("J-9", "远院", 128.0, 29.0, 1)]
    report = take(store, workbook(tmp_path / "a.xlsx", rows))
    assert (report.created, report.outside, report.rejected) == (2, 1, 0)
    (problem,) = report.problems
    assert (problem.row, problem.column, problem.severity) == (3, "经度", "warning")
    assert "最近的区域" in problem.message
    assert stored(store)["J-9"]["placement"] == "outside"


def test_a_position_that_fits_only_when_swapped_is_refused(store: Store, tmp_path: Path) -> None:
    with store.writing() as connection:
        connection.execute(
            update(areas).values(geometry=shapely.to_wkb(shapely.box(40.0, 5.0, 41.0, 6.0)))
        )
        options.bump(connection, "areas_revision")
    rows = [HEADER, ("J-1", "甲院", 5.5, 40.5, 1), ("J-2", "乙院", 40.5, 5.5, 1)]
    report = take(store, workbook(tmp_path / "a.xlsx", rows), dry_run=True)
    (problem,) = report.problems
    assert (problem.row, problem.severity) == (2, "error")
    assert "对调" in problem.message


def test_script_is_refused_by_row_and_column(store: Store, tmp_path: Path) -> None:
    rows = [("机构名称", "备注"), ("甲院", "<script>alert(1)</script>")]
    report = take(store, workbook(tmp_path / "a.xlsx", rows))
    (problem,) = report.problems
    assert (problem.row, problem.column, report.written) == (2, "备注", False)
    assert "脚本代码" in problem.message


def test_rejected_rows_stop_everything_unless_the_valid_ones_are_wanted(
    store: Store, tmp_path: Path
) -> None:
    rows = [HEADER, ROWS[0], ("J-2", "乙院", 200, 29.05, "many"), ("J-1", "又甲", None, None, 1)]
    path = workbook(tmp_path / "a.xlsx", rows)
    before = fingerprint(store)
    report = take(store, path)
    assert (report.created, report.rejected, report.written) == (0, 2, False)
    assert [(item.row, item.column) for item in report.problems] == [
        (3, "经度"),
        (3, "床位数"),
        (4, "编号"),
    ]
    assert "第2行重复" in report.problems[-1].message
    assert fingerprint(store) == before
    report = take(store, path, accept_valid=True)
    assert (report.created, report.rejected, report.written) == (1, 2, True)
    assert list(stored(store)) == ["J-1"]


def test_a_dry_run_tells_and_writes_nothing(store: Store, tmp_path: Path) -> None:
    before = fingerprint(store)
    report = take(store, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]), dry_run=True)
    assert (report.created, report.written) == (3, False)
    assert fingerprint(store) == before


def test_what_is_not_yours_is_refused_and_not_told(
    store: Store, office: Actor, tmp_path: Path
) -> None:
    take(store, workbook(tmp_path / "a.xlsx", [HEADER, *ROWS]))
    mine = [HEADER, ("J-3", "改名", None, None, 1), ("J-8", "东院", 127.15, 29.02, 1)]
    report = take(store, workbook(tmp_path / "b.xlsx", mine), office, accept_valid=True)
    assert (report.rejected, report.created, report.updated) == (2, 0, 0)
    assert not any("丙院" in item.message or EAST_SOUTH in item.message for item in report.problems)
    assert stored(store)["J-3"]["name"] == "丙院"
    assert "J-8" not in stored(store)


def test_an_unplaced_row_needs_an_area_of_yours(
    store: Store, office: Actor, tmp_path: Path
) -> None:
    rows = [("机构名称",), ("甲院",)]
    (problem,) = take(store, workbook(tmp_path / "a.xlsx", rows), office).problems
    assert (problem.row, problem.column) == (2, "所属区域")


@pytest.mark.parametrize(
    "role", [Role.GRID_WORKER, Role.VILLAGE_STAFF, Role.LEADER, Role.AUDITOR, Role.ADMIN]
)
def test_only_the_office_imports(store: Store, tmp_path: Path, role: Role) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS])
    before = fingerprint(store)
    with pytest.raises(Refused):
        take(store, path, actor(role, COUNTY))
    assert fingerprint(store) == before


def test_a_number_in_the_bin_is_not_written_over(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, ROWS[0]])
    take(store, path)
    record = stored(store)["J-1"]
    records.delete(store, SYSTEM, "institutions", {record["id"]: record["version"]})
    (problem,) = take(store, path).problems
    assert "回收站" in problem.message


def test_areas_come_from_boundary_files(store: Store, tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS])
    with pytest.raises(Invalid, match="边界文件"):
        import_file(store, SYSTEM, "areas", path)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_an_unchanged_export_imports_as_unchanged(store: Store, tmp_path: Path, kind: str) -> None:
    nasty = [
        "=HYPERLINK(1)",
        "'=1+1",
        "-5",
        "@x",
        "+86",
        "0012",
        "一\n二",
        '逗号，"引号"',
        "<b>",
    ]
    for at, text in enumerate(nasty):
        values = {"number": f"0{at}", "name": text, "remarks": f"{text} 尾"}
        values |= {"lon": 127.0 + at / 300, "lat": 29 + at / 700, "prepaid_deposit": at / 3}
        values |= {"custody": [True, False, None][at % 3], "prepaid_use": "irregular"}
        records.create(store, SYSTEM, "institutions", values)
    records.create(store, SYSTEM, "institutions", {"name": "远院", "lon": 128.0, "lat": 29.0})
    records.create(store, SYSTEM, "institutions", {"name": "村院", "area_code": EAST_SOUTH})
    before = stored(store)
    exported = exports.export(store, SYSTEM, "institutions", Selection(), kind)
    path = tmp_path / f"out.{kind}"
    path.write_bytes(exported.content)
    report = take(store, path)
    assert (report.read, report.unchanged, report.updated) == (len(before), len(before), 0)
    assert stored(store) == before


# Name of the file, what stands in it, and words that the one message must hold.
def _zip(path: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def _truncated(path: Path) -> None:
    workbook(path, [HEADER, *ROWS])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _bomb(path: Path) -> None:
    workbook(path, [HEADER, *ROWS])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/x.bin", bytes(3_000_000))


def _far_cell(path: Path) -> None:
    with_cells = [list(HEADER), *map(list, ROWS)]
    workbook(path, with_cells)
    parts = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name)
    sheet = "xl/worksheets/sheet1.xml"
    far = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    parts[sheet] = parts[sheet].replace(b"</sheetData>", far)
    _zip(path, parts)


def _wide_cell(path: Path) -> None:
    rows = [[*HEADER], *map(list, ROWS)]
    rows[1] += [""] * 1000 + ["x"]
    workbook(path, rows)


def _encrypted(path: Path) -> None:
    signature = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    path.write_bytes(signature + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600))


BAD: list[tuple[str, Any, str]] = [
    ("a.pdf", b"%PDF-1.7", "文件类型"),
    ("a.json", b"[]", "文件类型"),
    ("empty.xlsx", b"", "空文件"),
    ("empty.csv", b"\xef\xbb\xbf \r\n", "空文件"),
    ("binary.csv", b"\x89PNG\x00\x01" * 99, "不是表格"),
    ("latin.csv", b"name\n\xff\xff\xff\n", "编码"),
    ("page.xls", b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
    ("noise.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "已损坏"),
    ("locked.xlsx", _encrypted, "密码"),
    ("half.xlsx", _truncated, "已损坏"),
    ("bomb.xlsx", _bomb, "解压后超过"),
    ("far.xlsx", _far_cell, "1048576"),
    ("wide.xlsx", _wide_cell, "列"),
    ("zip.xlsx", lambda path: _zip(path, {"a.txt": b"x"}), "不是 xlsx"),
    ("blank.xlsx", lambda path: workbook(path, []), "是空的"),
    ("title.xlsx", lambda path: workbook(path, [["台账"], ["甲"], ["乙"]]), "没有找到表头"),
    ("lacking.csv", "床位数,经度\n1,127.02\n", "“机构名称”"),
    ("header.csv", "机构名称,床位数\n", "没有数据行"),
    ("twice.csv", "机构名称,床位数,床位数\n甲,1,2\n", "出现了两次"),
    ("rivals.csv", "名称,机构(场所)名称\n甲,乙\n", "都像是"),
    ("quotes.csv", '机构名称,床位数\n"甲,1\n', "引号没有成对"),
]


@pytest.mark.parametrize(("name", "content", "words"), BAD, ids=[item[0] for item in BAD])
def test_a_bad_file_gets_one_clear_message(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: Any,
    words: str,
) -> None:
    # A real bomb would do as well, at a gigabyte's time.
    monkeypatch.setenv("LEDGER_MAX_UNPACKED_MEGABYTES", "2")
    settings.cache_clear()
    path = tmp_path / name
    if callable(content):
        content(path)
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    before = fingerprint(store)
    with pytest.raises(Invalid) as caught:
        take(store, path)
    assert words in str(caught.value)
    assert len(caught.value.problems) == 1
    assert fingerprint(store) == before


# The row as it stands below the header, the column that is named, words of the message.
BAD_ROWS: list[tuple[str, tuple[Any, ...], str, str]] = [
    ("no name", ("J-1", "", 127.02, 29.05, 1), "机构名称", "必须填写"),
    ("longitude too large", ("J-1", "甲", 200, 29.05, 1), "经度", "超出范围"),
    ("swapped", ("J-1", "甲", 29.05, 127.02, 1), "纬度", "写反"),
    ("no number", ("J-1", "甲", 127.02, 29.05, "若干"), "床位数", "不是数字"),
    ("negative", ("J-1", "甲", 127.02, 29.05, -1), "床位数", "过小"),
    ("fraction", ("J-1", "甲", 127.02, 29.05, 1.5), "床位数", "不是整数"),
    ("long name", ("J-1", "甲" * 121, 127.02, 29.05, 1), "机构名称", "内容过长"),
    ("control", ("J-1", "甲\x02", 127.02, 29.05, 1), "机构名称", "控制字符"),
    ("formula error", ("J-1", "#N/A", 127.02, 29.05, 1), "机构名称", "公式出错"),
]


@pytest.mark.parametrize(
    ("row", "column", "words"), [item[1:] for item in BAD_ROWS], ids=[i[0] for i in BAD_ROWS]
)
def test_a_bad_cell_is_named_by_row_and_column(
    store: Store, tmp_path: Path, row: tuple[Any, ...], column: str, words: str
) -> None:
    before = fingerprint(store)
    report = take(store, text_table(tmp_path / "a.csv", [HEADER, ROWS[1], row]))
    assert [(item.row, item.column) for item in report.problems] == [(3, column)]
    assert words in report.problems[0].message
    assert not report.written
    assert fingerprint(store) == before


def test_a_cell_of_ten_megabytes(store: Store, tmp_path: Path) -> None:
    path = text_table(tmp_path / "a.csv", [HEADER, ("J-1", "甲" * 10_000_000, 127.02, 29.05, 1)])
    (problem,) = take(store, path).problems
    assert (problem.row, problem.column) == (2, "机构名称")
    assert "内容过长" in problem.message
    assert len(problem.message) < 100


def test_a_comma_without_quotes_is_seen(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("机构名称,床位数\n甲院,10,备注\n", encoding="utf-8")
    (problem,) = take(store, path).problems
    assert problem.row == 2
    assert "逗号" in problem.message


def test_files_over_the_limits(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_MAX_IMPORT_ROWS", "50")
    monkeypatch.setenv("LEDGER_MAX_UPLOAD_MEGABYTES", "1")
    settings.cache_clear()
    rows = [("机构名称",), *((f"院{at}",) for at in range(80))]
    for name in ("a.xlsx", "a.csv"):
        make = workbook if name.endswith("xlsx") else text_table
        with pytest.raises(Invalid, match="最多导入 50 行"):
            take(store, make(tmp_path / name, rows))
    large = text_table(tmp_path / "large.csv", [("机构名称",), ("院" * 400_000,)])
    with pytest.raises(Invalid, match="上限为 1 MB"):
        take(store, large)


def test_a_folder_or_nothing_at_all(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="没有找到文件"):
        take(store, tmp_path / "none.xlsx")
    folder = tmp_path / "x.xlsx"
    folder.mkdir()
    with pytest.raises(Invalid, match="文件夹"):
        take(store, folder)


def test_a_workbook_with_macros_is_read_without_running_them(store: Store, tmp_path: Path) -> None:
    plain = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS])
    path = tmp_path / "a.xlsm"
    shutil.copyfile(plain, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0macro")
    assert take(store, path).created == 3
