"""Files out: every format holds the same records, in words, and never a formula."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, Refused
from ledger.exchange.importing.imports import import_file
from ledger.exchange.reading.raw_cells import ESCAPED
from ledger.exchange.writing.exports import export, export_to
from ledger.exchange.writing.formats import FORMATS
from ledger.exchange.writing.text_out import harmless
from ledger.records import service as records
from ledger.records.assessments import override
from ledger.records.query import Condition, Selection
from ledger.records.searched import TYPED
from ledger.storage import Store
from ledger.storage.tables import changes, institutions
from tests.ledger.conftest import COUNTY, WEST, WEST_GRID, actor
from tests.ledger.exchange.writing.exported import BY_NUMBER, FORMULA, sheet, text_rows
from tests.log_entries import recent

FIRST = Selection(conditions=(Condition("number", "eq", "001"),))


def test_the_workbook_speaks_chinese(filled: Store) -> None:
    rows = sheet(export(filled, SYSTEM, "institutions", BY_NUMBER, "xlsx").content)
    first = rows[0]
    assert first["编号"] == "001"
    assert first["风险等级"] == "三类"
    assert "投诉举报" in str(first["判定依据"])
    assert first["押金(元)"] == 1234.5
    assert first["床位数"] == 12
    assert first["预收资金用途"] == "弥补设施建设资金不足"
    assert (first["被投诉举报"], first["资金存管"]) == ("是", "不详")
    assert (first["所属区域"], first["定位方式"]) == (WEST_GRID, "按坐标")
    assert first["所属区域名称"] == "示例县 / 甲云镇 / 演示一村 / 一村第一网格"
    assert rows[1]["风险等级"] == "待研判"
    assert rows[2]["资金存管"] == "否"
    assert rows[2]["定位方式"] == "坐标在区域外"


def test_the_workbook_is_laid_out_as_offices_expect(filled: Store, office: Actor) -> None:
    content = export(
        filled, office, "institutions", BY_NUMBER, "xlsx", title="养老服务机构(场所)；已备案"
    ).content
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert page["A1"].value == "养老服务机构(场所)台账"
    cover = str(page["A2"].value)
    assert "填报单位：甲云镇" in cover
    assert "筛选：已备案" in cover
    assert "共 1 条" in cover
    assert (page["A3"].value, page["A4"].value) == ("序号", 1)
    assert page["B3"].font.bold
    assert page.freeze_panes == "D4"
    assert page.auto_filter.ref is not None
    assert (page["C4"].data_type, page["C4"].value) == ("s", FORMULA), "a text, not a formula"
    assert page.page_setup.orientation == "landscape"
    assert page.page_setup.paperSize == 8, "fifty columns need A3"
    assert page.print_title_rows == "$3:$3"
    assert page.print_title_cols == "$A:$C"
    assert "&P" in page.oddFooter.center.text


def test_a_narrow_table_is_printed_on_a4(filled: Store) -> None:
    from ledger.exchange.writing.table import Field, Table
    from ledger.exchange.writing.table_workbook import table_workbook

    content = table_workbook(Table("表", [Field("a", "甲"), Field("b", "乙")], [["1", "2"]]))
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert (page.page_setup.paperSize, page.page_setup.fitToWidth) == (9, None)
    assert page.print_title_rows == "$1:$1"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_no_cell_of_any_format_is_a_formula(filled: Store, start: str) -> None:
    text = f"{start}1+1 尾"
    row = {"number": "F-1", "name": "甲", "remarks": "x"}
    record = records.create(filled, SYSTEM, "institutions", row)
    with filled.writing() as connection:  # a text of long ago: the parser would strip the tab
        connection.execute(
            update(institutions).where(institutions.c.id == record).values(remarks=text)
        )
    only = Selection(conditions=(Condition("number", "eq", "F-1"),))
    content = export(filled, SYSTEM, "institutions", only, "xlsx").content
    assert sheet(content)[0]["备注"] == text
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())
    assert text_rows(export(filled, SYSTEM, "institutions", only, "csv").content)[0]["备注"] == (
        "'" + text
    )


NASTY = [
    "<r><t>x</t></r>",
    "<b>&amp;\"'",
    "_x000D_",
    " 前后 ",
    "一\n二",
    "\x0b\x01",
    "']]>",
    "𠮷",
    "0012",
    "x" * 32_767,
]


def test_every_kind_of_cell_reads_back_as_it_was(tmp_path: Path) -> None:
    """Rows are composed by hand: markup, escapes, blanks, numbers, days of every century."""
    from ledger.exchange.writing.table import Cover, Field, Table
    from ledger.exchange.writing.table_workbook import table_workbook

    numbers = [0, -7, 0.1, 1e-9, 1234567.89, 1e15, 1e300, -127.123456789]
    days = [date(1900, 3, 1), date(1999, 12, 31), date(2026, 5, 20), date(2200, 1, 1)]
    fields = [Field("a", "文"), Field("b", "数", "number"), Field("c", "日", "date")]
    count = len(NASTY)
    rows = [
        [NASTY[at], numbers[at] if at < len(numbers) else None, days[at] if at < 4 else None]
        for at in range(count)
    ]
    content = table_workbook(Table("题", fields, rows, cover=Cover("题", "行"), numbered=True))
    read = sheet(content)
    assert [row["数"] for row in read][: len(numbers)] == numbers
    assert [getattr(row["日"], "date", lambda: None)() for row in read][:4] == days
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    again = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert [row[3] for row in again[3:7]] == days
    # openpyxl leaves Excel's escapes (_x000B_) as they are written.
    assert [row[1] for row in again[3:]] == NASTY


def test_long_codes_survive_excel_in_csv(filled: Store, tmp_path: Path) -> None:
    """Excel would show a bare code of 15 digits as 9.90101E+14 and save it so."""
    content = export(filled, SYSTEM, "institutions", BY_NUMBER, "csv", guard_codes=True).content
    assert f'"{WEST_GRID}\t"'.encode() in content
    assert b",12," in content, "a number stays a number"
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    report = import_file(filled, SYSTEM, "institutions", path)
    assert (report.unchanged, report.problems) == (3, ())


def test_csv_opens_in_excel_and_carries_no_formula(filled: Store) -> None:
    content = export(filled, SYSTEM, "institutions", BY_NUMBER, "csv").content
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in content
    first = text_rows(content)[0]
    assert first["编号"] == "001"
    assert first["机构名称"] == "'" + FORMULA
    assert first["风险等级"] == "三类"
    assert first["经度"] == "127.02"


@given(st.text(max_size=12) | st.from_regex(r"'*[=+\-@]x", fullmatch=True))
def test_the_apostrophe_of_csv_comes_off_again(text: str) -> None:
    written = str(harmless(text))
    assert written[:1] not in tuple("=+-@\t\r") or not written
    assert (written[1:] if ESCAPED.match(written) else written) == text


def test_all_formats_hold_the_same_records(filled: Store, tmp_path: Path) -> None:
    files = {kind: export(filled, SYSTEM, "institutions", BY_NUMBER, kind) for kind in FORMATS}
    assert {item.rows for item in files.values()} == {3}
    table = sheet(files["xlsx"].content)
    features = json.loads(files["geojson"].content)["features"]
    package = tmp_path / "a.gpkg"
    package.write_bytes(files["gpkg"].content)
    frame = gpd.read_file(package)
    numbers = [row["编号"] for row in table]
    assert [row["编号"] for row in text_rows(files["csv"].content)] == numbers
    assert [item["properties"]["编号"] for item in features] == numbers
    assert frame["编号"].tolist() == numbers
    assert [item["geometry"] for item in features][1:] == [
        None,
        {"type": "Point", "coordinates": [128.0, 29.0]},
    ]
    assert frame.crs.to_epsg() == 4326
    assert (frame.geometry.iloc[0].x, frame.geometry.iloc[1]) == (127.02, None)
    assert frame["风险等级"].tolist() == [row["风险等级"] for row in table]


def test_extra_facts_go_out_under_their_names(filled: Store, tmp_path: Path) -> None:
    from ledger.domain.ledgers import INSTITUTIONS
    from ledger.exchange.reading.mapping import parse_mapping
    from tests.ledger.sheets import text_table

    path = text_table(tmp_path / "a.csv", [("编号", "fines", "fid"), ("001", "12.5", "是")])
    mapping = parse_mapping('[extra]\nfines = "number"\nfid = "tri"', INSTITUTIONS)
    import_file(filled, SYSTEM, "institutions", path, mapping=mapping)
    first = sheet(export(filled, SYSTEM, "institutions", BY_NUMBER, "xlsx").content)[0]
    assert (first["fines"], first["fid"]) == (12.5, "是")
    assert export(filled, SYSTEM, "institutions", BY_NUMBER, "gpkg").rows == 3


def test_the_filter_and_the_scope_bound_what_goes_out(filled: Store, office: Actor) -> None:
    everything = export(filled, office, "institutions", BY_NUMBER, "csv")
    assert [row["编号"] for row in text_rows(everything.content)] == ["001"]
    none = Selection(conditions=(Condition("beds", "ge", 100),))
    assert export(filled, office, "institutions", none, "xlsx").rows == 0
    searched = Selection(text="东院")
    assert export(filled, SYSTEM, "institutions", searched, "csv").rows == 1


def test_an_override_goes_out_as_the_tier(filled: Store, leader: Actor) -> None:
    record = records.search(filled, leader, "institutions", FIRST).rows[0]
    override(filled, leader, record["id"], record["version"], 4, "群众反映强烈")
    first = sheet(export(filled, SYSTEM, "institutions", BY_NUMBER, "xlsx").content)[0]
    assert (first["风险等级"], first["规则判定等级"]) == ("四类", "三类")
    assert first["人工调整理由"] == "群众反映强烈"


def test_an_export_is_on_the_record(filled: Store, leader: Actor) -> None:
    selection = Selection(conditions=(Condition("beds", "ge", 1),))
    export(filled, leader, "institutions", selection, "xlsx", logged_title="床位不为零的机构")
    with filled.reading() as connection:
        entry = recent(connection, limit=1)[0]
    assert (entry.action, entry.actor) == ("export", leader.name)
    assert entry.after["rows"] == 1
    assert entry.after["conditions"] == ["床位数 ge 1"]
    assert entry.after["title"] == "床位不为零的机构"


def test_what_was_searched_for_is_not_on_the_record(filled: Store, leader: Actor) -> None:
    conditions = (
        Condition("operator", "contains", "司马某某"),
        Condition("official", "set", "司马某某"),
        Condition("beds", "ge", 1),
    )
    for ledger, some in (("institutions", conditions[::2]), ("petitions", conditions[1:2])):
        selection = Selection(text="司马某某", conditions=some)
        export(filled, leader, ledger, selection, "csv", title="搜索“司马某某”")
    with filled.reading() as connection:
        entries = recent(connection, limit=2)
        kept = connection.execute(select(changes.c.before, changes.c.after)).all()
    assert "司马" not in str(kept)
    assert entries[1].after["text"] == TYPED
    assert entries[1].after["conditions"] == [f"运营主体 contains {TYPED}", "床位数 ge 1"]


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.VILLAGE_STAFF, Role.AUDITOR, Role.ADMIN])
def test_who_may_only_look_takes_nothing_away(filled: Store, role: Role) -> None:
    with pytest.raises(Refused):
        export(filled, actor(role, COUNTY), "institutions", BY_NUMBER, "xlsx")


def test_areas_go_out_with_their_shapes(filled: Store, office: Actor, tmp_path: Path) -> None:
    content = export(filled, office, "areas", Selection(), "geojson").content
    features = json.loads(content)["features"]
    assert features[0]["properties"]["区域代码"] == WEST
    assert len(features) == 4
    assert features[0]["geometry"]["type"] == "Polygon"
    assert features[0]["properties"]["层级"] == "镇(街道)"
    path = tmp_path / "areas.gpkg"
    assert export_to(filled, SYSTEM, "areas", path, scope_code=WEST).rows == 4
    assert len(gpd.read_file(path)) == 4


@pytest.mark.parametrize(("cover", "header"), [(False, 0), (True, 2)])
def test_scripts_find_the_header_first_and_people_below_the_cover(
    filled: Store, tmp_path: Path, cover: bool, header: int
) -> None:
    path = tmp_path / "out.xlsx"
    export_to(filled, SYSTEM, "institutions", path, cover=cover)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert rows[header][:3] == ["序号", "编号", "机构名称"]


@pytest.fixture
def petitioned(store: Store) -> Store:
    """One petition in the west, with the person's name and phone."""
    values = {"registered_on": "2026-05-20", "matter": "押金不退", "area_code": WEST_GRID}
    values |= {"petitioner": "张三丰", "petitioner_phone": "13812345678"}
    records.create(store, SYSTEM, "petitions", values)
    return store


def test_protected_texts_go_out_masked(petitioned: Store, office: Actor) -> None:
    for kind in ("xlsx", "csv"):
        content = export(petitioned, office, "petitions", BY_NUMBER, kind).content
        row = (sheet(content) if kind == "xlsx" else text_rows(content))[0]
        assert (row["信访人"], row["信访人电话"]) == ("张**", "138****5678")


def test_who_may_see_protected_texts_says_why_and_is_on_record(
    petitioned: Store, office: Actor, leader: Actor
) -> None:
    with pytest.raises(Refused):
        export(petitioned, leader, "petitions", BY_NUMBER, "csv", reveal_reason="核对信访人信息")
    with pytest.raises(Invalid, match="理由"):
        export(petitioned, office, "petitions", BY_NUMBER, "csv", reveal_reason=" ")
    content = export(
        petitioned, office, "petitions", BY_NUMBER, "csv", reveal_reason="逐件回访信访人"
    ).content
    assert text_rows(content)[0]["信访人"] == "张三丰"
    with petitioned.reading() as connection:
        entry = recent(connection, limit=1)[0]
    assert (entry.action, entry.actor, entry.reason) == ("export", office.name, "逐件回访信访人")
    assert entry.after["revealed"] == ["信访人", "信访人电话"]
    assert entry.after["rows"] == 1


def test_several_tables_are_one_workbook_the_same_every_time() -> None:
    from ledger.exchange.writing.formats import written_together
    from ledger.exchange.writing.table import Cover, Field, Share, Table
    from ledger.exchange.writing.table_workbook import Properties

    figures = [Field("a", "指标"), Field("b", "本期", "figure"), Field("c", "到期", "date")]
    rows = [["率", Share(0.5), date(2026, 5, 3)], ["量", 12, None]]
    tables = [Table("一", figures, rows), Table("一", figures, rows[:1], cover=Cover("题", "行"))]
    made = datetime(2026, 5, 31, tzinfo=UTC)
    files = [written_together(tables, "附件", Properties("附件", "镇", made)) for _ in range(2)]
    assert files[0] == files[1]
    assert (files[0].filename, files[0].rows) == ("附件.xlsx", 3)
    book = openpyxl.load_workbook(io.BytesIO(files[0].content))
    assert (book.sheetnames, book.properties.creator) == (["一", "一2"], "镇")
    for one, top in zip(book.worksheets, (2, 4), strict=True):
        share, day = one.cell(top, 2), one.cell(top, 3)
        assert (share.value, share.number_format) == (0.5, "0.0%")
        assert day.value == datetime(2026, 5, 3)
    assert book.worksheets[0].cell(3, 2).number_format == "#,##0.##"
