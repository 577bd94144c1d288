"""A template for each village goes out, comes back in a zip, and is one review and one batch."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from ledger.domain.access import SYSTEM
from ledger.domain.errors import InvalidFile
from ledger.domain.settings import settings
from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.comparison_choices import Choices
from ledger.exchange.importing.imports import check, import_file, take
from ledger.exchange.importing.marked_up import marked_up
from ledger.exchange.reading.bundles import picked
from ledger.exchange.reading.corrections import Corrections
from ledger.exchange.writing.filled_templates import templates_by_village
from ledger.records import service as records
from ledger.records.putting_back import put_back_save
from ledger.storage import Store
from tests.hostile.files import packed
from tests.ledger.conftest import EAST_NORTH, EAST_SOUTH, WEST_VILLAGE
from tests.ledger.exchange.taking import compared, stored, take_over

ONE, TWO, THREE = (f"演示{number}村" for number in "一二三")
Edit = Callable[[Worksheet], None]


@pytest.fixture
def sent(store: Store) -> Store:
    """J-1 and J-2 in village one, J-3 and J-4 in two, J-5 in three."""
    places = [WEST_VILLAGE, WEST_VILLAGE, EAST_SOUTH, EAST_SOUTH, EAST_NORTH]
    for at, code in enumerate(places, start=1):
        values = {"number": f"J-{at}", "name": f"第{at}院", "area_code": code, "beds": 10}
        records.create(store, SYSTEM, "institutions", values | {"address": f"演示路{at}号"})
    return store


def back(store: Store, path: Path, edits: dict[str, Edit], more: dict[str, bytes]) -> Path:
    """The zip that went out, its workbooks edited by hand, with more files in it."""
    content = templates_by_village(store, SYSTEM, "institutions").content
    with zipfile.ZipFile(io.BytesIO(content)) as whole, zipfile.ZipFile(path, "w") as target:
        for name in whole.namelist():
            book = openpyxl.load_workbook(io.BytesIO(whole.read(name)))
            edits.get(name.partition("_")[0], lambda sheet: None)(book["填写"])
            stream = io.BytesIO()
            book.save(stream)
            target.writestr(f"村里交来的/{name}", stream.getvalue())
        for name, extra in more.items():
            target.writestr(name, extra)
    return path


def column(sheet: Worksheet, header: str) -> int:
    return [cell.value for cell in sheet[1]].index(header) + 1


def row(sheet: Worksheet, number: str) -> int:
    at = column(sheet, "编号")
    return next(r for r in range(2, sheet.max_row + 1) if sheet.cell(r, at).value == number)


def put(number: str, header: str, value: object) -> Edit:
    def edit(sheet: Worksheet) -> None:
        sheet.cell(row(sheet, number), column(sheet, header)).value = value

    return edit


def add(values: dict[str, object]) -> Edit:
    def edit(sheet: Worksheet) -> None:
        names = (sheet.cell(r, column(sheet, "*机构名称")).value for r in range(1, 99))
        last = sum(name is not None for name in names) + 1
        for header, value in values.items():
            sheet.cell(last, column(sheet, header)).value = value

    return edit


def first(sheet: Worksheet, header: str) -> str:
    return str(sheet.cell(2, column(sheet, header)).coordinate)


def put_first(header: str, value: object) -> Edit:
    def edit(sheet: Worksheet) -> None:
        sheet[first(sheet, header)].value = value

    return edit


def drop(number: str) -> Edit:
    return lambda sheet: sheet.delete_rows(row(sheet, number))


def both(*edits: Edit) -> Edit:
    def edit(sheet: Worksheet) -> None:
        for one in edits:
            one(sheet)

    return edit


def told(checked: Checked, kind: str) -> list[str]:
    """What is found of a kind, with where it stands."""
    return [
        f"{checked.place(one.row) if one.row else ''}|{one.column}|{one.message}"
        for one in checked.findings.kept
        if one.kind == kind
    ]


def test_many_villages_come_back_as_one_review(sent: Store, tmp_path: Path) -> None:
    moved = {"编号": "J-4", "*机构名称": "第4院", "地址": "演示路4号", "床位数": 10}
    moved |= {"所属区域": f"演示二村({EAST_SOUTH})"}
    edits = {
        ONE: both(put("J-1", "床位数", 20), put("J-2", "地址", None)),
        TWO: both(put("J-3", "床位数", 33), drop("J-4")),
        THREE: both(drop("J-5"), add({"*机构名称": "新院"}), add(moved)),
    }
    path = back(sent, tmp_path / "收回.zip", edits, {"说明.pdf": b"%PDF"})
    records.save(
        sent,
        SYSTEM,
        "institutions",
        [records.Edit(stored(sent)["J-3"]["id"], 1, {"beds": 44})],
    )

    checked = check(sent, SYSTEM, "institutions", path)

    assert (checked.read, len(checked.new), len(checked.changed)) == (5, 1, 2)
    ((line, cell),) = compared(checked).conflicts
    assert (line.number, cell.exported, cell.now, cell.file) == ("J-3", 10, 44, 33)
    assert checked.place(line.row) == f"“{TWO}”第2行"
    assert told(checked, "doubtful") == [
        f"||“{THREE}”里少了发出时的 1 条：J-5(第5院)。"
        "少了的不从台账删除；确已不在的，请在台账里办理",
        "||“说明.pdf”不是表格，没有读入",
        f"“{THREE}”第3行|编号|这一行发出时在“{TWO}”里；所属区域按这一行写的，"
        "没有因为换了文件而改，请核对",
    ]
    assert [one for one in told(checked, "understood") if "新增的一行" in one] == [
        f"“{THREE}”第2行|所属区域|新增的一行没有写所属区域，归入发出这份表的“演示三村”"
    ]

    done = take_over(sent, checked, Choices({(line.row, "beds"): "ledger"}))

    now = stored(sent)
    assert (done.created, done.updated, done.left_out) == (1, 2, 0)
    assert (now["J-1"]["beds"], now["J-2"]["address"], now["J-3"]["beds"]) == (20, None, 44)
    assert (now["J-4"]["area_code"], now["J-5"]["deleted"]) == (EAST_SOUTH, False)
    (new,) = [one for one in now.values() if one["name"] == "新院"]
    assert new["area_code"] == EAST_NORTH
    put_back_save(sent, SYSTEM, str(done.batch), reason="整批撤回试一次")
    again = stored(sent)
    assert (again["J-1"]["beds"], again["J-2"]["address"]) == (10, "演示路2号")


def test_a_row_in_two_files_is_refused_on_both(sent: Store, tmp_path: Path) -> None:
    copied = {"编号": "J-1", "*机构名称": "第1院", "床位数": 12}
    path = back(sent, tmp_path / "a.zip", {THREE: add(copied)}, {})
    report = import_file(sent, SYSTEM, "institutions", path, accept_valid=True)
    assert [str(one) for one in report.problems] == [
        f"第2行“编号”列：“{ONE}”：与“{THREE}”第3行是同一条记录，请只留一行；要新增记录请清空编号",
        f"第3行“编号”列：“{THREE}”：与“{ONE}”第2行是同一条记录，请只留一行；要新增记录请清空编号",
    ]
    assert (report.rejected, report.unchanged, stored(sent)["J-1"]["beds"]) == (2, 4, 10)


def test_a_column_that_one_village_deleted_empties_nothing(sent: Store, tmp_path: Path) -> None:
    edits = {TWO: lambda sheet: sheet.delete_cols(column(sheet, "床位数"))}
    report = import_file(sent, SYSTEM, "institutions", back(sent, tmp_path / "a.zip", edits, {}))
    assert (report.updated, report.unchanged, report.problems) == (0, 5, ())


def test_what_cannot_be_read_stops_the_batch_until_it_is_accepted(
    sent: Store, tmp_path: Path
) -> None:
    more = {"坏.xlsx": b"PK\x03\x04 nothing", "自己的表.csv": "机构名称\n某院\n".encode()}
    path = back(sent, tmp_path / "a.zip", {ONE: put("J-1", "床位数", 20)}, more)
    report = import_file(sent, SYSTEM, "institutions", path)
    assert (report.rejected, report.written) == (2, False)
    assert [one.message.partition("，")[0] for one in report.problems] == [
        "“坏.xlsx”没有读入：已损坏或不完整",
        "“自己的表.csv”不是从这里下载的表格",
    ]
    assert import_file(sent, SYSTEM, "institutions", path, accept_valid=True).updated == 1


def test_words_of_offices_are_understood_as_in_any_file(sent: Store, tmp_path: Path) -> None:
    edits = {ONE: put("J-1", "许可备案情况", "正在办")}
    found = check(sent, SYSTEM, "institutions", back(sent, tmp_path / "a.zip", edits, {}))
    assert (len(found.changed), len(found.blocked)) == (1, 0)
    assert len(told(found, "doubtful")) == 1


def test_a_cell_is_mended_and_a_row_left_out_in_its_own_file(sent: Store, tmp_path: Path) -> None:
    edits = {TWO: both(put("J-3", "床位数", "很多"), put("J-4", "床位数", "更多"))}
    path = back(sent, tmp_path / "a.zip", edits, {})
    first = check(sent, SYSTEM, "institutions", path)
    mended, dropped = sorted(first.blocked)
    corrections = Corrections({(mended, "beds"): "12"}, frozenset({dropped}))
    again = check(sent, SYSTEM, "institutions", path, corrections=corrections)
    assert (again.read, again.changed, again.blocked) == (4, {mended}, frozenset())
    assert not told(again, "doubtful"), "a row that is left out is not missing"


def test_what_is_wrong_goes_back_to_its_own_village(sent: Store, tmp_path: Path) -> None:
    edits = {TWO: both(lambda sheet: sheet.delete_cols(1), put_first("床位数", "很多"))}
    path = back(sent, tmp_path / "收回.zip", edits, {})
    made = marked_up(path, check(sent, SYSTEM, "institutions", path))
    assert (made.filename, made.comments) == ("收回_标注.zip", 1)
    with zipfile.ZipFile(io.BytesIO(made.content)) as whole:
        (name,) = whole.namelist()
        sheet = openpyxl.load_workbook(io.BytesIO(whole.read(name)))["填写"]
    assert name == f"{TWO}_养老服务机构(场所)_标注.xlsx"
    (cell,) = [one for line in sheet.iter_rows() for one in line if one.comment]
    assert (cell.coordinate, cell.value) == (first(sheet, "床位数"), "很多")


def test_other_tables_in_a_zip_are_read_as_one(store: Store, tmp_path: Path) -> None:
    parts = {
        "演示一村 养老机构.csv": "机构名称,床位数\n甲院,10\n".encode(),
        "东边/演示二村.csv": "机构名称,床位数\n乙院,x\n".encode("gb18030"),
    }
    path = tmp_path / "a.zip"
    path.write_bytes(packed(parts))
    report = import_file(store, SYSTEM, "institutions", path, accept_valid=True)
    assert (report.read, report.created, report.rejected) == (2, 1, 1)
    (problem,) = report.problems
    assert (problem.row, problem.message.partition("：")[0]) == (2, "“演示二村.csv”")
    assert stored(store).popitem()[1]["area_code"] == WEST_VILLAGE


def locked(content: bytes) -> bytes:
    """The same zip, its only member said to be encrypted."""
    changed = bytearray(content)
    changed[6] |= 1
    changed[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


REFUSED = {
    "nested": ({"a.csv": b"x", "b.zip": packed({"c.csv": b"x"})}, "里面还有压缩包“b.zip”"),
    "empty": ({"读我.txt/": b""}, "没有表格"),
    "many": ({f"{at}.csv": b"x" for at in range(600)}, "超过 500 个"),
    "twice": ({"a/甲.csv": b"x", "b/a/甲.csv": b"x"}, "两个“a／甲.csv”"),
    "bomb": ({"a.csv": bytes(3 << 20)}, "解开后过大"),
    "damaged": (b"PK\x03\x04 no zip", "已损坏"),
    "locked": (locked(packed({"a.csv": b"x"})), "设有密码"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_zip_from_outside_is_not_trusted(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setenv("LEDGER_MAX_UNPACKED_MEGABYTES", "2")
    settings.cache_clear()
    parts, message = REFUSED[case]
    path = tmp_path / "a.zip"
    path.write_bytes(parts if isinstance(parts, bytes) else packed(parts))
    with pytest.raises(InvalidFile, match=message):
        import_file(store, SYSTEM, "institutions", path)


class Old(zipfile.ZipInfo):
    """A member named in GBK, as old Chinese programs write it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gb18030"), self.flag_bits


def test_names_lead_nowhere_and_are_read_as_gbk(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as target:
        target.writestr(Old("../../演示一村.csv"), "机构名称\n甲院\n".encode())
        target.writestr("__MACOSX/._演示一村.csv", b"x")
        target.writestr("~$演示一村.xlsx", b"x")
    report = import_file(store, SYSTEM, "institutions", path)
    assert (report.created, stored(store).popitem()[1]["area_code"]) == (1, WEST_VILLAGE)
    assert not list(tmp_path.rglob("*.csv"))


def test_a_table_of_somebodys_own_is_left_out_by_word_and_taken_by_itself(
    sent: Store, tmp_path: Path
) -> None:
    more = {f"{name}.csv": f"机构名称,床位数\n{name}院,5\n".encode() for name in ("甲", "乙")}
    path = back(sent, tmp_path / "a.zip", {ONE: put("J-1", "床位数", 20)}, more)
    checked = check(sent, SYSTEM, "institutions", path)
    with pytest.raises(InvalidFile, match=r"“乙[.]csv”不是从这里下载的表格，没有读入"):
        take(sent, SYSTEM, checked, path, Choices(), batch="b")
    assert take(sent, SYSTEM, checked, path, Choices(), batch="b", leave_out=True).updated == 1
    name, content = picked(path, checked.foreign)
    rest = tmp_path / f"{name}.zip"
    rest.write_bytes(content)
    report = import_file(sent, SYSTEM, "institutions", rest)
    assert (name, report.created, report.problems) == ("2 份表格.zip", 2, ())
    assert picked(path, checked.foreign[:1]) == ("乙.csv", more["乙.csv"])
