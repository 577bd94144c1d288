"""The points of one village as HTML, line by line."""

from __future__ import annotations

from decimal import Decimal

from markupsafe import Markup

from ledger.domain.ledgers import LEDGERS
from ledger.reporting.rating.measures import number_words
from ledger.reporting.rating.model import Part, Rating, Scored, VillageRating
from pages._text import markup, safe
from pages._ui.html_table import Cell, Row, html_table
from pages._views.rows_link import number_link, rows_address
from pages.situation.rating.rating_html import signed


def explanation_html(rating: Rating, one: VillageRating) -> str:
    """Start, every line with its rows, and the sum; each number of rows opens them."""
    rules = rating.rules
    rows = [Row((Cell("起评分", span=2), _points_cell(rules.start)))]
    for scored in one.lines:
        rows += _line_rows(scored)
    whole = Cell(markup("<b>{}</b>", number_words(one.points)), look="number")
    rows.append(Row((Cell("得分", span=2), whole), look="sum"))
    heads = ("计分项", Cell("件数", look="number"), Cell("分值", look="number"))
    return html_table(heads, rows, frame="rating")


def _line_rows(scored: Scored) -> list[Row]:
    line = scored.line
    notes = [line.basis]
    if line.cap is not None:
        notes.append(f"最多{number_words(line.cap)}分" + ("，已到上限" if scored.is_capped else ""))
    if not scored.count and line.none:
        notes.append(f"一件也没有，计{signed(line.none)}分")
    head = Row(
        (
            _with_note(line.label, "；".join(notes)),
            Cell(f"{scored.count:,}", look="number"),
            _points_cell(scored.points, sign=True),
        )
    )
    return [head, *(_part_row(part) for part in scored.parts if part.count)]


def _with_note(said: str, note: str) -> Markup:
    return markup("{}<small>{}</small>", safe(said), safe(note))


def _part_row(part: Part) -> Row:
    said = f"{LEDGERS[part.ledger].label}，{part.count}件，打开"
    address = rows_address(part.ledger, part.selection)
    number = number_link(f"{part.count:,} 件", address, part.count, {"aria-label": said})
    what = _with_note(part.label, f"每件{signed(part.each)}分")
    points = _points_cell(part.points, sign=True)
    return Row((what, Cell(number, look="number"), points), look="part")


def _points_cell(points: Decimal, *, sign: bool = False) -> Cell:
    look = "number minus" if points < 0 else "number"
    return Cell(signed(points) if sign else number_words(points), look=look)
