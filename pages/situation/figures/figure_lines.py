"""One figure of the figures page taken apart, line by line."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from ledger.domain.timing.clock import today
from ledger.reporting.figures import FigureValue, Line
from pages._text import markup, safe
from pages._ui.html_table import Cell, Row, html_table
from pages._views.rows_link import number_link, rows_address
from pages.situation.figures.figures_view import FigureView, link

NO_NAME = {"area": "未细分到下级", "official": "未指定包案领导"}


def number_html(value: FigureValue, *, count: bool = False) -> Markup:
    """The number; it opens the rows that it counted."""
    text = f"{value.numerator:,}" if count else value.text
    address = rows_address(value.rows.ledger, value.rows.selection)
    look = {"class": "big", "data-figure": value.key, "title": "查看这些记录"}
    return number_link(safe(text), address, value.counted, look)


def lines_html(lines: Iterable[Line], view: FigureView) -> str:
    """The breakdown of one figure: every line links to its part, every number to its rows."""
    return html_table((), [_line(line, view) for line in lines], frame="lines")


def _line(line: Line, view: FigureView) -> Row:
    name = safe(line.name or NO_NAME.get(view.by, ""))
    changed: dict[str, object] = {}
    if line.area is not None:
        changed = {"area": line.area}
    elif line.period is not None:
        changed = {"period": line.period}
    elif line.name:
        changed = {"official": line.name}
    if changed:
        name = markup('<a href="{}" target="_self">{}</a>', link(view, **changed), name)
    here = "chosen" if line.period == view.period and view.by == "period" else ""
    return Row((Cell(name, head=True), number_html(line.value), line.value.fraction), look=here)


def shown_as_of() -> str:
    """The day on which the numbers were taken."""
    day = today()
    return f"数据截至{day.year}年{day.month}月{day.day}日"
