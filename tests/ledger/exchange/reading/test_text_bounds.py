"""Endless texts in workbooks: reading stops at the first of them, and names the cell."""

from __future__ import annotations

import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.domain.errors import Invalid
from ledger.domain.settings import settings
from ledger.exchange.reading.tables_in import read_sheet
from tests.ledger.sheets import HEADER, ROWS, workbook

STRINGS, SHEET = "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"
LONG = 600_000
VALUE = b'<c r="E2"><v>10</v></c>'
NAME = "<si><t>甲院</t></si>".encode()
Change = Callable[[dict[str, bytes]], None]


def changed(path: Path, change: Change) -> Path:
    """A workbook whose parts were changed by hand."""
    workbook(path, [HEADER, *ROWS])
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return path


def put(part: str, old: bytes, new: bytes, *, name: str | None = None) -> Change:
    """Something else in one part, which may get another name."""

    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[part]
        parts[name or part] = parts.pop(part).replace(old, new, 1)

    return change


def moved_sheet(parts: dict[str, bytes]) -> None:
    """A sheet that is no .xml by its name and lies elsewhere."""
    put(SHEET, b"<v>10</v>", b"<v>" + b"9" * LONG + b"</v>", name="xl/media/image1.png")(parts)
    relations = "xl/_rels/workbook.xml.rels"
    parts[relations] = parts[relations].replace(b"worksheets/sheet1.xml", b"media/image1.png")


def runs(letters: int) -> bytes:
    run = b"<r><rPr><b/></rPr><t>" + b"A" * 100 + b"</t></r>"
    return b"<si>" + run * (letters // 100) + b"</si>"


@pytest.mark.parametrize(
    ("change", "cell"),
    [
        (put(STRINGS, NAME, b"<si><t>" + b"A" * LONG + b"</t></si>"), "工作表“台账”第2行“B”列"),
        (put(STRINGS, NAME, runs(20 * LONG)), "工作表“台账”第2行“B”列"),
        (put(SHEET, b"<v>10</v>", b"<v>" + b"9" * LONG + b"</v>"), "工作表“台账”第2行“E”列"),
        (
            put(
                SHEET, VALUE, b'<c r="E2" t="inlineStr"><is>' + runs(20 * LONG)[4:-5] + b"</is></c>"
            ),
            "工作表“台账”第2行“E”列",
        ),
        (put(SHEET, b'<c r="E2"', b'<c r="E2" x="' + b"A" * LONG + b'"'), "第2行“E”列"),
        (moved_sheet, "第2行“E”列"),
        (
            put(
                STRINGS, NAME, b"<si><t>" + b"A" * LONG + b"</t></si>", name="XL/SHAREDSTRINGS.XML"
            ),
            "工作表“台账”第2行“B”列",
        ),
    ],
    ids=["shared", "runs", "value", "inline", "attribute", "renamed", "capitals"],
)
def test_a_text_that_no_cell_can_hold_is_refused_with_its_cell(
    change: Change, cell: str, tmp_path: Path
) -> None:
    path = changed(tmp_path / "a.xlsx", change)
    with pytest.raises(Invalid) as refused:
        read_sheet(path)
    assert "“a.xlsx”" in str(refused.value)
    assert cell in str(refused.value)
    assert "超过 32,767 个字" in str(refused.value)


def test_a_text_as_long_as_excel_allows_is_read(tmp_path: Path) -> None:
    longest = "长" * 32_767
    path = workbook(tmp_path / "a.xlsx", [HEADER, ("J-1", longest, 127.02, 29.05, 1)])
    assert read_sheet(path).rows[1][1] == longest


def test_one_long_text_that_a_hundred_thousand_cells_show_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_MAX_UNPACKED_MEGABYTES", "10")
    settings.cache_clear()

    def change(parts: dict[str, bytes]) -> None:
        put(STRINGS, NAME, b"<si><t>" + b"A" * 200_000 + b"</t></si>")(parts)
        rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>6</v></c></row>' for n in range(5, 105))
        put(SHEET, b"</sheetData>", rows.encode() + b"</sheetData>")(parts)

    path = changed(tmp_path / "a.xlsx", change)
    with pytest.raises(Invalid, match="解压后超过 10 MB"):
        read_sheet(path)
    settings.cache_clear()


def test_one_long_text_shown_once_among_many_cells_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_MAX_UNPACKED_MEGABYTES", "1")
    settings.cache_clear()
    rows = [(f"J-{n}", f"院{n}", 127.02, 29.05, 1) for n in range(100)]
    path = workbook(tmp_path / "a.xlsx", [HEADER, ("J", "长" * 30_000, 127.02, 29.05, 1), *rows])
    assert len(read_sheet(path).rows) == 102
    settings.cache_clear()


@pytest.mark.parametrize("quotes", [b"'%s'", b' = "%s"'], ids=["single", "blanks"])
@pytest.mark.parametrize("cell", [b"XFD1048576", b"B1048576"])
def test_a_far_cell_is_seen_however_it_is_written(
    quotes: bytes, cell: bytes, tmp_path: Path
) -> None:
    written = quotes % cell if quotes.startswith(b" =") else b"=" + quotes % cell
    path = changed(tmp_path / "a.xlsx", put(SHEET, b'<c r="E2"', b"<c r" + written))
    with pytest.raises(Invalid, match=r"用到了"):
        read_sheet(path)


def test_definitions_of_its_own_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    late = b"<!-- " + b"x" * 2_000_000 + b' --><!DOCTYPE x [<!ENTITY a "b">]>'
    for part in (STRINGS, SHEET, "docProps/app.xml"):
        path = changed(tmp_path / "a.xlsx", put(part, b"?>", b"?>" + late))
        with pytest.raises(Invalid, match=r"已损坏|超过"):
            read_sheet(path)


def open_document(path: Path, rows: str) -> Path:
    office = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{office}:office:1.0" '
        f'xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0"><office:body>'
        f'<office:spreadsheet><table:table table:name="台账">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        target.writestr("content.xml", content)
    return path


def document_row(text: str, *, columns: int = 1, rows: int = 1) -> str:
    return (
        f'<table:table-row table:number-rows-repeated="{rows}">'
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}">'
        f"<text:p>{text}</text:p></table:table-cell></table:table-row>"
    )


def test_an_open_document_with_an_endless_text_is_refused_with_its_cell(tmp_path: Path) -> None:
    runs = "".join(f"<text:span>{'A' * 1000}</text:span>" for _ in range(100))
    for text in ("A" * LONG, runs):
        path = open_document(tmp_path / "a.ods", document_row("名称") + document_row(text))
        with pytest.raises(Invalid, match=r"工作表“台账”第2行“A”列：文字超过"):
            read_sheet(path)


def test_a_repeated_text_counts_as_often_as_it_is_repeated(tmp_path: Path) -> None:
    row = document_row("A" * 30_000, columns=200, rows=1000)
    with pytest.raises(Invalid, match="解压后超过"):
        read_sheet(open_document(tmp_path / "a.ods", document_row("名称") + row))


def test_ninety_million_letters_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, [HEADER, *ROWS])
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    before, after = parts.pop(STRINGS).split("甲院".encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for name, data in parts.items():
            target.writestr(name, data)
        with target.open(STRINGS, "w", force_zip64=True) as stream:
            stream.write(before)
            for _ in range(10):
                stream.write(b"A" * 9_000_000)
            stream.write(after)
    held, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(Invalid, match="工作表“台账”第2行“B”列"):
        read_sheet(path)
    assert time.process_time() - begun < 1.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < 40 << 10
