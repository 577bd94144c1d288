"""Bad files and bad cells: one clear message each, and nothing changed."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.errors import Invalid
from ledger.domain.settings import settings
from ledger.storage import Store
from tests.ledger.exchange.taking import take
from tests.ledger.sheets import HEADER, ROWS, fingerprint, text_table, workbook


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


# Name of the file, what stands in it, and words that the one message must hold.
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
    monkeypatch.setenv("LEDGER_MAX_UPLOAD_MEGABYTES", "1")
    settings.cache_clear()
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
