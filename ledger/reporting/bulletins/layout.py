"""The layout of official documents (GB/T 9704-2012) in the terms of a Word file.

A4; 37 mm above and 28 mm left of a text block of 156 x 225 mm; 22 lines of 28 characters of
三号 仿宋 on the document grid (4.2, 5.2); title 二号 小标宋 centred (7.3.1); headings of the first
rank 黑体, of the second 楷体 (7.3.3); page numbers 四号 宋体 between dashes, 7 mm below the text
block and one character from its outer edge (7.5). No font is shipped: a Word file names fonts,
with alternatives for machines that lack the first choice.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section as WordSection
from docx.shared import Length, Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

PAGE = (210, 297)
MARGIN_TOP, MARGIN_LEFT = 37, 28
BLOCK = (156, 225)
LINES, CHARACTERS = 22, 28
BODY_SIZE, TITLE_SIZE, NUMBER_SIZE, SMALL_SIZE, DENSE_SIZE = 16.0, 22.0, 14.0, 10.5, 9.0
BODY, TITLE, FIRST, SECOND, PLAIN = "仿宋", "方正小标宋简体", "黑体", "楷体", "宋体"
LATIN = "Times New Roman"
# What each font is called elsewhere, best first; Word and LibreOffice look for these in turn.
ALTERNATIVES: Mapping[str, str] = {
    BODY: "仿宋_GB2312,FangSong,Noto Serif CJK SC",
    TITLE: "方正小标宋_GBK,小标宋,华文中宋,宋体,Noto Serif CJK SC",
    FIRST: "SimHei,Noto Sans CJK SC",
    SECOND: "楷体_GB2312,KaiTi,Noto Serif CJK SC",
    PLAIN: "SimSun,Noto Serif CJK SC",
}
_TWIPS = 1440 / 25.4
# Zip entries carry a time; a fixed one makes the same bulletin the same file.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FOOT_LINE = 6


def new_document(title: str, author: str, at: datetime) -> WordDocument:
    """An empty official document with its page, grid, styles and page numbers."""
    document = Document()
    properties = document.core_properties
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties.title, properties.author, properties.language = title, author, "zh-CN"
    properties.last_modified_by, properties.comments, properties.revision = author, "", 1
    properties.created = properties.modified = moment
    _set_page(document.sections[0])
    _set_styles(document)
    _set_font_table(document)
    _set_page_numbers(document)
    return document


def file_of(document: WordDocument) -> bytes:
    """The document as a file; the same document is the same bytes, whenever it is written."""
    written, packed = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()


def style_fonts(style: ParagraphStyle, east: str, size: float, latin: str = LATIN) -> None:
    """Set a style's Chinese and Latin font and its size in points."""
    style.font.name, style.font.size = latin, Pt(size)
    style.font.bold, style.font.italic = False, False
    style.font.color.rgb = None
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if "Theme" in name:  # a theme's font would win over the one that is named
            del fonts.attrib[name]
    for script in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(script), latin)
    fonts.set(qn("w:eastAsia"), east)


def indent_characters(paragraph_or_style: Any, *, first: int = 0, right: int = 0) -> None:
    """Indent in whole characters, as Chinese documents do: the grid decides how wide one is."""
    properties = paragraph_or_style._element.get_or_add_pPr()
    indent = properties.get_or_add_ind()
    if first:
        indent.set(qn("w:firstLineChars"), str(first * 100))
        indent.set(qn("w:firstLine"), str(int(first * BODY_SIZE * 20)))
    if right:
        indent.set(qn("w:rightChars"), str(right * 100))
        indent.set(qn("w:right"), str(int(right * BODY_SIZE * 20)))


def off_the_grid(paragraph_or_style: Any) -> None:
    """Lines as high as their letters, for tables, captions and pictures."""
    properties = paragraph_or_style._element.get_or_add_pPr()
    for old in properties.findall(qn("w:snapToGrid")):
        properties.remove(old)
    switch = OxmlElement("w:snapToGrid")
    switch.set(qn("w:val"), "0")
    properties.insert_element_before(
        switch, "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr"
    )


def _set_page(section: WordSection) -> None:
    width, height = PAGE
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.top_margin, section.left_margin = Mm(MARGIN_TOP), Mm(MARGIN_LEFT)
    section.right_margin = Mm(width - MARGIN_LEFT - BLOCK[0])
    below = height - MARGIN_TOP - BLOCK[1]
    section.bottom_margin = Mm(below)
    section.footer_distance, section.header_distance = Mm(below - 7 - _FOOT_LINE), Mm(15)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    pitch = int(BLOCK[1] * _TWIPS / LINES)
    # Lines stand on the grid; characters are drawn together by the body's style (`_closer`). A
    # grid of characters narrower than the letters makes LibreOffice give each letter two places.
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(pitch))


def _closer() -> int:
    """Twips to take from every character so that 28 of them fill the 156 mm of a line.

    A character of 三号 is 16 pt wide, 28 of them 158 mm: two millimetres too many.
    """
    return math.floor(BLOCK[0] * _TWIPS / CHARACTERS - BODY_SIZE * 20)


def _set_styles(document: WordDocument) -> None:
    normal = cast(ParagraphStyle, document.styles["Normal"])
    style_fonts(normal, BODY, BODY_SIZE)
    _spacing(normal, 0)
    normal.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    normal.paragraph_format.widow_control = False
    _set_closeness(normal, _closer())
    _set_language(document)
    looks = {
        # name: font, size, alignment, indent, kept with the next, on the grid
        "Title": (TITLE, TITLE_SIZE, WD_ALIGN_PARAGRAPH.CENTER, 0, True, True),
        "Subtitle": (SECOND, BODY_SIZE, WD_ALIGN_PARAGRAPH.CENTER, 0, False, True),
        "Body Text": (BODY, BODY_SIZE, WD_ALIGN_PARAGRAPH.JUSTIFY, 2, False, True),
        "Heading 1": (FIRST, BODY_SIZE, WD_ALIGN_PARAGRAPH.LEFT, 2, True, True),
        "Heading 2": (SECOND, BODY_SIZE, WD_ALIGN_PARAGRAPH.LEFT, 2, True, True),
        "Signature": (BODY, BODY_SIZE, WD_ALIGN_PARAGRAPH.RIGHT, 0, False, True),
        "Caption": (FIRST, 12.0, WD_ALIGN_PARAGRAPH.CENTER, 0, False, False),
        "Table Text": (BODY, SMALL_SIZE, WD_ALIGN_PARAGRAPH.LEFT, 0, False, False),
        "Dense Table Text": (BODY, DENSE_SIZE, WD_ALIGN_PARAGRAPH.LEFT, 0, False, False),
        "Note": (BODY, SMALL_SIZE, WD_ALIGN_PARAGRAPH.LEFT, 0, False, False),
    }
    for name, (font, size, alignment, indent, kept, on_grid) in looks.items():
        style = _style(document, name)
        style.base_style = normal
        style_fonts(style, font, size)
        _spacing(style, 0)
        if size != BODY_SIZE:
            _set_closeness(style, 0)
        style.paragraph_format.alignment = alignment
        style.paragraph_format.keep_with_next = kept
        style.paragraph_format.keep_together = False
        for border in style.element.pPr.findall(qn("w:pBdr")):
            style.element.pPr.remove(border)
        if indent:
            indent_characters(style, first=indent)
        if not on_grid:
            off_the_grid(style)


def _set_closeness(style: ParagraphStyle, twips: int) -> None:
    spacing = parse_xml(f'<w:spacing {nsdecls("w")} w:val="{twips}"/>')
    style.element.get_or_add_rPr().insert_element_before(
        spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang"
    )


def _set_language(document: WordDocument) -> None:
    """Simplified Chinese, so that a font with many regions shows the forms of this one."""
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def _style(document: WordDocument, name: str) -> ParagraphStyle:
    styles = document.styles
    if name not in styles:
        styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    return cast(ParagraphStyle, styles[name])


def _spacing(style: ParagraphStyle, points: float) -> None:
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(points)
    style.paragraph_format.line_spacing = 1.0


def _set_font_table(document: WordDocument) -> None:
    """Name the fonts with their alternatives."""
    described = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/><w:pitch w:val="default"/></w:font>'
        for name, others in ALTERNATIVES.items()
    )
    table = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f"<w:fonts {nsdecls('w')}>{described}</w:fonts>"
    )
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            relation.target_part._blob = table.encode()


def _set_page_numbers(document: WordDocument) -> None:
    """— 1 — at the outer edge: right on odd pages, left on even ones."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, alignment in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = alignment
        off_the_grid(paragraph)
        one = Pt(NUMBER_SIZE)
        paragraph.paragraph_format.left_indent = one if alignment == 0 else Length(0)
        paragraph.paragraph_format.right_indent = Length(0) if alignment == 0 else one
        _page_number(paragraph)


def _page_number(paragraph: Paragraph) -> None:
    field = parse_xml(
        f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    )
    paragraph.add_run("— ")
    paragraph._p.append(field)
    paragraph.add_run(" —")
    for run in paragraph._p.iter(qn("w:r")):
        properties = run.get_or_add_rPr()
        fonts = properties.get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(script), PLAIN)
        properties.sz_val = Pt(NUMBER_SIZE)
