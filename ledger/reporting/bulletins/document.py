"""A bulletin as a Word file in the layout of official documents."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.table import _Row as WordRow

from ledger.reporting.bulletins import layout
from ledger.reporting.bulletins.model import Field, Heading, Picture, Table, Text
from ledger.reporting.bulletins.outline import Outline, Paper, outline_of

# Tables of more columns are set in smaller letters.
_ROOMY = 6
# Millimetres between a line and the letters beside it.
_BESIDE = 1


def word_file(paper: Paper, pictures: Mapping[str, bytes]) -> bytes:
    """The Word file of a bulletin.

    ``pictures`` are PNG files by name. The same paper and pictures give the same bytes.

    Raises
    ------
    KeyError
        If a picture that the content names is missing.
    """
    outline = outline_of(paper)
    document = layout.new_document(outline.title, outline.signature, paper.made_at)
    _head(document, outline)
    for heading, blocks in outline.sections:
        document.add_paragraph(heading, "Heading 1")
        for block in blocks:
            if isinstance(block, Heading):
                document.add_paragraph(block.text, "Heading 2")
            elif isinstance(block, Text):
                document.add_paragraph(block.text, "Body Text")
            elif isinstance(block, Table):
                _table(document, block)
            else:
                _picture(document, block, pictures[block.name])
    _foot(document, outline)
    return layout.file_of(document)


def _head(document: WordDocument, outline: Outline) -> None:
    document.add_paragraph(outline.title, "Title")
    for line in outline.subtitles:
        document.add_paragraph(line, "Subtitle")
    document.add_paragraph("", "Body Text")


def _foot(document: WordDocument, outline: Outline) -> None:
    document.add_paragraph("", "Body Text").paragraph_format.keep_with_next = True
    if outline.annex:
        document.add_paragraph(outline.annex, "Body Text").paragraph_format.keep_with_next = True
        document.add_paragraph("", "Body Text").paragraph_format.keep_with_next = True
    signature = document.add_paragraph(outline.signature, "Signature")
    signature.paragraph_format.keep_with_next = True
    layout.indent_characters(signature, right=4)
    layout.indent_characters(document.add_paragraph(outline.dated, "Signature"), right=4)


def _picture(document: WordDocument, block: Picture, content: bytes) -> None:
    paragraph = document.add_paragraph(style="Caption")
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(6)
    inline = paragraph.add_run().add_picture(io.BytesIO(content), width=Mm(block.width))
    inline._inline.docPr.set("descr", block.caption)
    below = document.add_paragraph(block.caption, "Caption")
    below.paragraph_format.space_after = Pt(10)


def _table(document: WordDocument, block: Table) -> None:
    caption = document.add_paragraph(block.caption, "Caption")
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before = Pt(8)
    caption.paragraph_format.space_after = Pt(4)
    table = document.add_table(rows=1, cols=len(block.fields))
    _look(table, block.fields)
    name = "Table Text" if len(block.fields) <= _ROOMY else "Dense Table Text"
    style = document.styles[name].style_id
    for cell, field in zip(table.rows[0].cells, block.fields, strict=True):
        _write(cell, field.header, style, centred=True, font=layout.FIRST)
    _mark(table.rows[0], "w:tblHeader")
    for values in block.on_paper:
        row = table.add_row()
        texts = block.texts(values)
        for cell, field, text in zip(row.cells, block.fields, texts, strict=True):
            _write(cell, text, style, centred=field.centred)
    widths = _widths(block.fields)
    for row in table.rows:
        _mark(row, "w:cantSplit")
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    below = document.add_paragraph(block.note, "Note")
    below.paragraph_format.space_after = Pt(4)


def _look(table: WordTable, fields: Sequence[Field]) -> None:
    """Thin lines, fixed widths, as wide as the text block."""
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    properties = table._tbl.tblPr
    properties.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{sides}</w:tblBorders>"))
    margins = "".join(f'<w:{side} w:w="57" w:type="dxa"/>' for side in ("left", "right"))
    properties.append(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{margins}</w:tblCellMar>"))
    for column, width in zip(table.columns, _widths(fields), strict=True):
        column.width = Mm(width)


def _widths(fields: Sequence[Field]) -> list[float]:
    """Millimetres per column, in proportion to the characters that each asks for."""
    whole = sum(field.width for field in fields)
    # Borders and the room beside the letters lie outside of a column's own width.
    room = layout.BLOCK[0] - 2 * _BESIDE
    return [room * field.width / whole for field in fields]


def _write(cell: WordCell, text: str, style: str, *, centred: bool, font: str = "") -> None:
    paragraph = cell.paragraphs[0]
    # By its id: looked up by name, every cell would walk through all styles of the document.
    paragraph._p.style = style
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    if font:
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER


def _mark(row: WordRow, name: str) -> None:
    mark: Any = OxmlElement(name)
    row._tr.get_or_add_trPr().append(mark)
