"""A bulletin as HTML: the same outline as the Word file, with everything made inert."""

from __future__ import annotations

from pathlib import Path

from ledger.reporting.bulletins.model import Block, Heading, Picture, Table, Text
from ledger.reporting.bulletins.outline import Outline
from pages._text import attribute, safe
from pages._ui.html_table import Cell, html_table
from pages._ui.stylesheet import stylesheet

_STYLE = Path(__file__).with_name("bulletins.css")


def style() -> str:
    """How bulletins look on the page."""
    return stylesheet(_STYLE)


def paper_html(outline: Outline, bulletin_id: int) -> str:
    """The whole paper; its pictures are asked for by a route that checks who asks."""
    head = "".join(f'<p class="number">{safe(line)}</p>' for line in outline.subtitles)
    parts = [f"<h2>{safe(outline.title)}</h2>{head}"]
    for heading, blocks in outline.sections:
        parts.append(f"<h3>{safe(heading)}</h3>")
        parts += [_block(block, bulletin_id) for block in blocks]
    if outline.annex:
        parts.append(f"<p>{safe(outline.annex)}</p>")
    parts += [f'<p class="signed">{safe(line)}</p>' for line in (outline.signature, outline.dated)]
    return f'<article class="paper">{"".join(parts)}</article>'


def _block(block: Block, bulletin_id: int) -> str:
    match block:
        case Heading(text):
            return f"<h4>{safe(text)}</h4>"
        case Text(text):
            return f"<p>{safe(text)}</p>"
        case Picture(name, caption):
            address = f"/bulletin/{bulletin_id}/{attribute(name)}.png"
            picture = f'<img src="{address}" alt="{attribute(caption)}">'
            return f'<figure>{picture}</figure><p class="caption">{safe(caption)}</p>'
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    heads = [field.header for field in table.fields]
    rows = [_row(table, at) for at in range(len(table.on_paper))]
    note = f'<p class="note">{safe(table.note)}</p>' if table.note else ""
    wide = html_table(heads, rows, frame="wide", label=table.caption)
    return f'<p class="caption">{safe(table.caption)}</p>{wide}{note}'


def _row(table: Table, at: int) -> list[Cell]:
    texts = table.texts(table.rows[at])
    return [
        Cell(text, look="n" if field.centred else "")
        for field, text in zip(table.fields, texts, strict=True)
    ]
