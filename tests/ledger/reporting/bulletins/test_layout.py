"""The Word file against GB/T 9704, measure by measure, as it stands in its XML."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from docx import Document
from docx.oxml.ns import qn

from ledger.domain.timing.periods import Period
from ledger.reporting.bulletins import layout
from ledger.reporting.bulletins.document import word_file
from ledger.reporting.bulletins.model import Content, Field, Heading, Section, Table, Text
from ledger.reporting.bulletins.outline import Paper, days_in_words, outline_of

MADE = datetime(2026, 5, 31, 8, tzinfo=UTC)


def paper(rows: int = 3, **more: object) -> Paper:
    table = Table(
        "list",
        "清单",
        (Field("编号", width=10), Field("件数", "count"), Field("比率", "share")),
        tuple((f"XF-{at:06d}", at, 0.5) for at in range(rows)),
        2,
    )
    sections = (
        Section("a", "总体情况", (Heading("机构"), Text("一段话。"))),
        Section("b", "清单", (table,)),
    )
    days = (date(2026, 5, 25), date(2026, 5, 31))
    content = Content(
        "weekly", "1", "甲云镇", *days, MADE, "甲云镇人民政府", "甲云镇周报", sections
    )
    given = {"state": "issued", "next_steps": "一是督促。\n二是走访。", "issued_at": MADE} | more
    return Paper(content, 2026, 12, made_at=MADE, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def document():
    return Document(io.BytesIO(word_file(paper(), {})))


def test_the_page_and_its_text_block(document) -> None:
    section = document.sections[0]
    sides = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(side.mm) for side in sides] == [210, 297, 37, 28]
    block = section.page_width.mm - section.left_margin.mm - section.right_margin.mm
    assert block == pytest.approx(156, abs=0.1)
    height = section.page_height.mm - section.top_margin.mm - section.bottom_margin.mm
    assert height == pytest.approx(225, abs=0.1)


def test_twenty_two_lines_of_twenty_eight_characters(document) -> None:
    grid = document.sections[0]._sectPr.find(qn("w:docGrid"))
    pitch = int(grid.get(qn("w:linePitch")))
    height, width = 225 / 25.4 * 1440, 156 / 25.4 * 1440
    assert (int(height // pitch), grid.get(qn("w:type"))) == (22, "lines")
    normal = document.styles["Normal"]
    spacing = normal.element.rPr.find(qn("w:spacing"))
    character = normal.font.size.pt * 20 + int(spacing.get(qn("w:val")))
    assert int(width // character) == 28


@pytest.mark.parametrize(
    ("style", "font", "size"),
    [
        ("Normal", "仿宋", 16),
        ("Title", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体", 16),
        ("Body Text", "仿宋", 16),
    ],
)
def test_fonts_and_sizes(document, style: str, font: str, size: int) -> None:
    found = document.styles[style]
    assert found.element.rPr.rFonts.get(qn("w:eastAsia")) == font
    assert not any("Theme" in name for name in found.element.rPr.rFonts.attrib)
    assert found.font.size.pt == size


def test_fonts_have_names_to_fall_back_on() -> None:
    with zipfile.ZipFile(io.BytesIO(word_file(paper(), {}))) as packed:
        table = packed.read("word/fontTable.xml").decode()
    for name in (layout.BODY, layout.TITLE, layout.FIRST, layout.SECOND, layout.PLAIN):
        assert f'w:name="{name}"><w:altName w:val="{layout.ALTERNATIVES[name]}"' in table


def test_page_numbers_stand_between_dashes_at_the_outer_edge(document) -> None:
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (paragraph,) = footer.paragraphs
        assert paragraph._p.pPr.jc.get(qn("w:val")) == side
        texts = [node.text for node in paragraph._p.iter(qn("w:t"))]
        assert "".join(texts) == "— 1 —"
        assert paragraph._p.find(qn("w:fldSimple")).get(qn("w:instr")).strip() == "PAGE"
        indent = paragraph.paragraph_format
        assert (indent.right_indent if side == "right" else indent.left_indent).pt == 14


def test_tables_repeat_their_header_and_keep_rows_whole(document) -> None:
    (table,) = document.tables
    marks = [[child.tag for child in row._tr.trPr] for row in table.rows]
    assert all(qn("w:cantSplit") in row for row in marks)
    assert [qn("w:tblHeader") in row for row in marks] == [True, False, False]
    assert "本表列前2项，其余1项见附件。" in [p.text for p in document.paragraphs]


def test_the_order_of_the_paper(document) -> None:
    texts = [p.text for p in document.paragraphs if p.text]
    assert texts[:5] == ["甲云镇周报", "2026年第12期", texts[2], "一、总体情况", "（一）机构"]
    assert texts[2] == "（2026年5月25日至5月31日）"
    assert texts[-6:] == [
        "三、下一步工作",
        "一是督促。",
        "二是走访。",
        "附件：主要指标和清单（电子表格）",
        "甲云镇人民政府",
        "2026年5月31日",
    ]
    right = document.paragraphs[-1]._p.pPr.ind.get(qn("w:rightChars"))
    assert right == "400", "the date stands four characters from the right edge (7.3.5)"


def test_the_days_of_a_bulletin_are_named_as_people_do() -> None:
    days = [
        ("2026-05-25", "2026-05-31", "2026年5月25日至5月31日"),
        ("2025-12-29", "2026-01-04", "2025年12月29日至2026年1月4日"),
        ("2026-05-31", "2026-05-31", "2026年5月31日"),
        ("2026-05-16", "2026-05-31", "2026年5月下半月"),
        ("2026-05-01", "2026-05-31", "2026年5月"),
        ("2026-05-06", "2026-05-20", "2026年5月6日至5月20日"),
    ]
    for start, end, said in days:
        period = Period(date.fromisoformat(start), date.fromisoformat(end))
        assert days_in_words(period) == said


def test_a_draft_says_so_and_asks_for_its_next_steps() -> None:
    outline = outline_of(paper(state="draft", next_steps=" \n", issued_at=None))
    assert outline.subtitles[0] == "2026年第12期（草稿，未签发）"
    assert outline.sections[-1][1] == (Text("（待填写）"),)


def test_the_same_paper_is_the_same_file() -> None:
    assert word_file(paper(), {}) == word_file(paper(), {})
    assert word_file(paper(), {}) != word_file(paper(rows=4), {})
