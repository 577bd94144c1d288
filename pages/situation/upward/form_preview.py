"""上级报表: the form in its own layout, filled; each number opens the rows that it counts."""

from __future__ import annotations

from markupsafe import Markup

from ledger.reporting.forms.filled import FilledCell, OpenCell
from ledger.reporting.forms.filling import FilledForm
from ledger.reporting.forms.form_grid import FormGrid
from ledger.reporting.forms.old_and_new import shown
from pages._text import attribute, markup, safe
from pages._ui.html_table import Cell, html_table
from pages._views.rows_link import number_link, rows_address

_MOST_ROWS = 300


def preview_html(filled: FilledForm, at: int) -> Markup:
    """One table of the form with merged cells as they are, its first 300 rows."""
    grid = filled.form.grids[at]
    cells = {one.at: one for one in filled.cells if one.grid == at}
    opened = {one.at: one for one in filled.open if one.grid == at}
    last = max([row for row in range(len(grid.rows)) if grid.filled(row)] or [0])
    last = max([last, *(row for row, _ in cells)])
    rows = []
    for row in range(min(last + 1, _MOST_ROWS)):
        line = []
        for column in range(grid.width):
            if grid.is_first(row, column):
                line.append(_cell(grid, row, column, cells, opened))
        rows.append(line)
    more = last + 1 - _MOST_ROWS
    note = markup("<p>还有 {} 行，请下载查看。</p>", more) if more > 0 else Markup()
    name = markup('<p class="forms-sheet">{}</p>', safe(grid.name))
    return name + html_table((), rows, frame="forms-preview", label=f"{grid.name}填好的样子") + note


def _cell(
    grid: FormGrid,
    row: int,
    column: int,
    cells: dict[tuple[int, int], FilledCell],
    opened: dict[tuple[int, int], OpenCell],
) -> Cell:
    top, left, bottom, right = grid.span(row, column)
    span, down = right - left + 1, bottom - top + 1
    here = (row, column)
    if here in cells:
        return Cell(_number(cells[here]), "forms-filled", span, down=down)
    own = grid.at(row, column)
    if own.formula:
        return Cell("＝", "forms-formula", span, down=down)
    if here in opened:
        why = markup(
            '<span title="{}">{}</span>', attribute(opened[here].message), own.text or "？"
        )
        return Cell(why, "forms-open", span, down=down)
    return Cell(safe(own.text), "", span, down=down)


def _number(cell: FilledCell) -> Markup:
    """What was written, as a link to its rows."""
    if cell.opens is None or not cell.rows:
        return markup('<span title="{}">{}</span>', attribute(cell.means), shown(cell))
    address = rows_address(cell.opens.ledger, cell.opens.selection)
    return number_link(shown(cell), address, cell.rows, {"title": cell.means})
