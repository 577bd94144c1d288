"""Tables of other programs: OpenDocument made by hand, with the limits of packed workbooks; old
binary workbooks and OpenDocument as LibreOffice writes them."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid
from ledger.domain.settings import settings
from ledger.exchange.reading.tables_in import read_sheet
from ledger.exchange.writing.exports import export_to
from ledger.records import service as records
from ledger.storage import Store
from tests.conftest import in_ci
from tests.ledger.exchange.taking import stored, take
from tests.ledger.sheets import HEADER, ROWS, workbook
from tests.thoroughly import thorough

_NAMES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)
_MANIFEST = "META-INF/manifest.xml"
_BLANKS = (
    '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
)


def cell(value: object, more: str = "") -> str:
    kind = "float" if isinstance(value, int | float) else "string"
    given = f' office:value="{value}"' if kind == "float" else ""
    return (
        f'<table:table-cell office:value-type="{kind}"{given}{more}>'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


def line(*cells: str, more: str = "") -> str:
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


PLAIN = [line(*map(cell, row)) for row in (HEADER, *ROWS)]


def ods(
    path: Path, rows: list[str], *, top: str = "", parts: dict[str, bytes] | None = None
) -> Path:
    """An OpenDocument table of these rows, with blank ones to the end of the sheet."""
    table = f'<table:table table:name="台账">{"".join(rows)}{_BLANKS}</table:table>'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{top}<office:document-content{_NAMES}>'
        f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        for name, held in {_MANIFEST: b"<manifest/>", **(parts or {})}.items():
            archive.writestr(name, held)
    return path


def test_an_open_document_is_taken_over(store: Store, tmp_path: Path) -> None:
    report = take(store, ods(tmp_path / "a.ods", PLAIN))
    assert (report.created, report.problems) == (3, ())
    assert stored(store)["J-2"]["beds"] == 20


def test_merged_cells_hidden_rows_and_formulas_of_an_open_document(tmp_path: Path) -> None:
    rows = [
        line(cell("村(社区)"), cell("机构名称"), cell("床位数")),
        line(
            cell("演示二村", ' table:number-rows-spanned="2"'),
            cell("甲院"),
            cell(3, ' table:formula="of:=WEBSERVICE(&quot;http://127.0.0.1/x&quot;)"'),
        ),
        line("<table:covered-table-cell/>", cell("乙院"), more=' table:visibility="collapse"'),
        line(cell("x"), '<table:table-cell table:formula="of:=1+1"/>'),
    ]
    sheet = read_sheet(ods(tmp_path / "a.ods", rows, parts={"Basic/script-lc.xml": b"<x/>"}))
    assert sheet.merged == (((1, 0), (2, 0)),)
    assert sheet.rows[1][2] == 3, "what stands in the file; nothing is worked out"
    told = "；".join(str(note) for note in sheet.notes)
    assert "宏" in told
    assert "第3行在文件中是隐藏的" in told
    assert "1个公式没有保存结果" in told


# What is wrong, the rows, further parts, what stands above the content, words of the message.
_LOCKED = {_MANIFEST: b"<manifest:encryption-data/>"}
BAD: list[tuple[str, list[str], dict[str, bytes], str, str]] = [
    ("far", [*PLAIN, _BLANKS, line(cell("x"))], {}, "", "1048005"),
    ("long", [*PLAIN, line(cell("x"), more=' table:number-rows-repeated="900"')], {}, "", "904"),
    ("wide", [line(cell("x", ' table:number-columns-repeated="16384"'))], {}, "", "XFD 列"),
    ("locked", PLAIN, _LOCKED, "", "密码"),
    ("bomb", PLAIN, {"Pictures/x.bin": bytes(3_000_000)}, "", "解压后超过"),
    ("entities", PLAIN, {}, '<!DOCTYPE x [<!ENTITY a "b">]>', "已损坏"),
    ("cut", ["<table:table-row>"], {}, "", "已损坏"),
    (
        "formulas",
        [line(cell(1, ' table:number-columns-repeated="200" table:formula="of:=1"'))] * 3,
        {},
        "",
        "公式超过",
    ),
]


@pytest.mark.parametrize(
    ("rows", "parts", "top", "words"), [item[1:] for item in BAD], ids=[item[0] for item in BAD]
)
def test_an_open_document_beyond_the_limits(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[str],
    parts: dict[str, bytes],
    top: str,
    words: str,
) -> None:
    monkeypatch.setenv("LEDGER_MAX_UNPACKED_MEGABYTES", "2")
    monkeypatch.setenv("LEDGER_MAX_IMPORT_ROWS", "500")
    monkeypatch.setenv("LEDGER_MAX_FORMULAS", "500")
    settings.cache_clear()
    with pytest.raises(Invalid) as caught:
        read_sheet(ods(tmp_path / "a.ods", rows, top=top, parts=parts))
    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["a.xlsb", "a.xlsx"])
def test_a_binary_workbook_is_named(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr("xl/workbook.bin", b"\x83\x01\x00")
    with pytest.raises(Invalid, match=r"二进制工作簿\(.xlsb\).*另存为"):
        read_sheet(tmp_path / name)


@pytest.fixture(scope="module")
def office() -> str:
    """Without LibreOffice these tests are passed over, and fail in CI."""
    found = shutil.which("soffice")
    if found is None:
        reason = "soffice missing: apt install libreoffice-calc-nogui"
        pytest.fail(reason) if in_ci() else pytest.skip(reason)
    return found


def converted(office: str, kind: str, *files: Path) -> list[Path]:
    """The files as LibreOffice saves them in another format; one start for all of them."""
    folder = files[0].parent
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    words = [office, profile, "--headless", "--convert-to", kind, "--outdir", str(folder / kind)]
    subprocess.run([*words, *map(str, files)], capture_output=True, timeout=300, check=True)
    return [folder / kind / f"{file.stem}.{kind}" for file in files]


@pytest.mark.parametrize("kind", [thorough("xls"), "ods"])
def test_what_libreoffice_writes_is_read_like_the_workbook(
    office: str, store: Store, tmp_path: Path, kind: str
) -> None:
    """A village's list with a title and a sum; and an export that comes back."""
    records.create(store, SYSTEM, "institutions", {"number": "J-9", "name": "早有的院", "beds": 9})
    export_to(store, SYSTEM, "institutions", tmp_path / "out.xlsx")
    rows = [("养老机构台账",), HEADER, *ROWS, ("合计", None, None, None, 60)]
    listed = workbook(tmp_path / "a.xlsx", rows)
    theirs, ours = converted(office, kind, listed, tmp_path / "out.xlsx")
    report = take(store, theirs)
    assert (report.created, report.problems) == (3, ())
    assert [item.row for item in report.left_out] == [6]
    found = stored(store)["J-3"]
    assert (found["name"], found["beds"], found["lon"]) == ("丙院", 30, 127.15)
    again = take(store, ours)
    assert (again.read, again.unchanged, again.problems) == (1, 1, ())


@pytest.mark.parametrize("kind", [thorough("xls"), "ods"])
def test_what_libreoffice_writes_tells_its_errors(office: str, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("一村", "二村"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["机构名称", "床位数", "被投诉举报"])
            sheet.write_row(1, 0, [f"{name}院", 3])
            sheet.write_formula(1, 2, "=1/0" if name == "一村" else "=NA()", None, "#N/A")
    (old,) = converted(office, kind, path)
    found = [read_sheet(old, name).rows[1] for name in ("一村", "二村")]
    assert found == [["一村院", 3, "#DIV/0!"], ["二村院", 3, "#N/A"]]
