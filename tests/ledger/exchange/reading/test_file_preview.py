"""The beginning of a Word or Excel file as text: read so far and no further, and nothing of it run.

Hostile files: a docx that unpacks to gigabytes, endless styles, definitions of its own, one text
without an end, a document that breaks off.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

import pytest
import xlsxwriter
from docx import Document

from ledger.domain.errors import Invalid
from ledger.exchange.reading import file_preview
from ledger.exchange.reading.file_preview import MOST_COLUMNS, MOST_LINES, preview
from ledger.records.file_kinds import EXCEL, OLD_EXCEL, OLD_WORD, WORD, media_type_of

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BEGINS, ENDS = f"<w:document {NAMESPACE}><w:body>", "</w:body></w:document>"


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def word(document: Iterable[str], **parts: str) -> bytes:
    """A package with that stream of text; ``parts`` are further parts of it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            package.writestr(f"word/{name}.xml", content)
        with package.open("word/document.xml", "w") as stream:
            for piece in document:
                stream.write(piece.encode())
    return made.getvalue()


def workbook(rows: Iterable[Iterable[object]], hidden: bool = False) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        if hidden:
            book.add_worksheet("底稿").hide()
        sheet = book.add_worksheet("名单")
        sheet.activate()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, list(row))
    return made.getvalue()


def test_paragraphs_and_tables_of_a_word_file() -> None:
    made, document = io.BytesIO(), Document()
    document.add_paragraph("关于某机构的情况说明")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("姓名", "金额", "某某", "1200元"), strict=True):
        cell.text = text
    document.add_paragraph("  以上情况属实。")
    document.save(made)
    assert media_type_of(made.getvalue()) == WORD
    found = preview(made.getvalue(), WORD)
    assert found.lines == (
        ("关于某机构的情况说明",),
        ("姓名", "金额"),
        ("某某", "1200元"),
        ("以上情况属实。",),
    )
    assert not found.more


def test_only_what_is_written_there_is_shown() -> None:
    twice = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{paragraph('一次')}</mc:Choice><mc:Fallback>{paragraph('一次')}</mc:Fallback>"
        "</mc:AlternateContent>"
    )
    gone = "<w:p><w:r><w:delText>删去的</w:delText><w:instrText>DDE cmd</w:instrText></w:r></w:p>"
    found = preview(word([BEGINS, twice, gone, paragraph("&lt;script&gt;"), ENDS]), WORD)
    assert found.lines == (("一次",), ("<script>",))


def test_the_first_lines_and_columns_of_a_workbook() -> None:
    rows = [[f"{row}-{column}" for column in range(MOST_COLUMNS + 5)] for row in range(200)]
    found = preview(workbook(rows, hidden=True), EXCEL)
    assert (found.sheet, len(found.lines), len(found.lines[0])) == ("名单", MOST_LINES, 20)
    assert found.more
    small = preview(workbook([["机构", "床位"], ["松鹤", 20]]), EXCEL)
    assert (small.lines, small.more) == ((("机构", "床位"), ("松鹤", "20")), False)


def test_a_long_text_is_read_no_further_than_it_is_shown() -> None:
    """Half a gigabyte of text in half a megabyte: the stream is left after the first lines."""
    piece = paragraph("某" * 100) * 1_000

    def endless() -> Iterable[str]:
        yield BEGINS
        for _ in range(200):
            yield piece

    found = preview(word(endless()), WORD)
    assert (len(found.lines), found.more) == (MOST_LINES, True)


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param([BEGINS, "<w:p><w:r><w:t>", *["某" * 100_000] * 60], id="one text"),
        pytest.param([BEGINS, *["<w:p><w:r>" * 20_000] * 20], id="nested without end"),
        pytest.param([f'<w:document {NAMESPACE} a="', *["x" * 100_000] * 100], id="one tag"),
    ],
)
def test_an_endless_text_ends(stream: list[str]) -> None:
    assert preview(word(stream), WORD).more


def test_styles_are_not_read() -> None:
    """A styles part that no reader could unpack or understand changes nothing."""
    styles = "<w:style>" * 600_000
    assert preview(word([BEGINS, paragraph("正文"), ENDS], styles=styles), WORD).lines == (
        ("正文",),
    )


def test_a_workbook_that_unpacks_to_more_than_a_look_needs_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_preview, "_MOST_UNPACKED_MB", 0)
    with pytest.raises(Invalid, match="解压后超过"):
        preview(workbook([["机构"]]), EXCEL)


BOMB = (
    '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        pytest.param(word([BOMB, BEGINS, paragraph("&b;&c;"), ENDS]), WORD, id="definitions"),
        pytest.param(word([BEGINS, "<w:p></w:r>"]), WORD, id="not well formed"),
        pytest.param(word([BEGINS, paragraph("正文")])[:-80], WORD, id="cut off"),
        pytest.param(workbook([["机构"]])[:-200], EXCEL, id="a workbook cut off"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, OLD_EXCEL, id="no xls"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_WORD, id="doc"),
        pytest.param(b"%PDF-1.7", "application/pdf", id="no text"),
    ],
)
def test_other_files_are_refused_in_one_sentence(content: bytes, media_type: str) -> None:
    with pytest.raises(Invalid) as refused:
        preview(content, media_type)
    assert "\n" not in str(refused.value)
