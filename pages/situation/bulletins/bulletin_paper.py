"""A bulletin as HTML: the same outline as the Word file, with everything made inert."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from ledger.reporting.bulletins.counted_rows import Counted
from ledger.reporting.bulletins.model import Block, Heading, Picture, Table, Text
from ledger.reporting.bulletins.outline import Outline
from pages._text import markup, safe
from pages._ui.html_table import Cell, html_table
from pages._ui.stylesheet import stylesheet
from pages.situation.bulletins.counted_links import counted_link

_STYLE = Path(__file__).with_name("bulletins.css")


def style() -> str:
    """How bulletins look on the page."""
    return stylesheet(_STYLE)


_PICTURE = """<figure><img src="/bulletin/{}/{}.png" alt="{}"></figure><p class="caption">{}</p>"""


def paper_html(outline: Outline, bulletin_id: int) -> Markup:
    """The whole paper; its pictures are asked for by a route that checks who asks."""
    parts = [markup("<h2>{}</h2>", safe(outline.title))]
    parts += [markup('<p class="number">{}</p>', safe(line)) for line in outline.subtitles]
    for heading, blocks in outline.sections:
        parts.append(markup("<h3>{}</h3>", safe(heading)))
        parts += [_block(block, outline.counted, bulletin_id) for block in blocks]
    if outline.annex:
        parts.append(markup("<p>{}</p>", safe(outline.annex)))
    signed = (outline.signature, outline.dated)
    parts += [markup('<p class="signed">{}</p>', safe(line)) for line in signed]
    return markup('<article class="paper">{}</article>', Markup().join(parts))


def _block(block: Block, counted: Sequence[Counted], bulletin_id: int) -> Markup:
    match block:
        case Heading(text):
            return markup("<h4>{}</h4>", safe(text))
        case Text():
            return markup("<p>{}</p>", _sentence(block, counted, bulletin_id))
        case Picture(name, caption):
            return markup(_PICTURE, bulletin_id, name, caption, safe(caption))
        case Table():
            return _table(block, counted, bulletin_id)


def _sentence(block: Text, counted: Sequence[Counted], bulletin_id: int) -> Markup:
    """A paragraph; each of its numbers opens the rows that it counted."""
    parts, done = [], 0
    for start, end, at in block.counted:
        parts.append(safe(block.text[done:start]))
        parts.append(counted_link(block.text[start:end], counted, at, bulletin_id))
        done = end
    return Markup().join([*parts, safe(block.text[done:])])


def _table(table: Table, counted: Sequence[Counted], bulletin_id: int) -> Markup:
    heads = [field.header for field in table.fields]
    links = {(row, column): at for row, column, at in table.counted}

    def cell(row: int, column: int, text: str) -> Cell:
        at, look = links.get((row, column)), "n" if table.fields[column].centred else ""
        if at is None:
            return Cell(text, look=look)
        unit = table.unit_at(table.rows[row], column)
        return Cell(counted_link(text, counted, at, bulletin_id, unit), look=look)

    rows = [
        [cell(at, column, text) for column, text in enumerate(table.texts(row))]
        for at, row in enumerate(table.on_paper)
    ]
    note = markup('<p class="note">{}</p>', safe(table.note)) if table.note else ""
    wide = html_table(heads, rows, frame="wide", label=table.caption)
    return markup('<p class="caption">{}</p>{}{}', safe(table.caption), wide, note)
