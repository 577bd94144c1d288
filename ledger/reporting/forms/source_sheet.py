"""The sheet 数据来源: what each cell means, of when, from how many records; and what is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from openpyxl.utils import get_column_letter

from ledger.domain.timing import clock
from ledger.reporting.forms.filled import FilledCell, OpenCell, Outcome, Written
from ledger.reporting.forms.form_grid import Place
from ledger.reporting.forms.form_shapes import Form

WIDTHS = [12, 10, 34, 60, 14, 10, 40]


def place_name(at: Place) -> str:
    """What Excel calls a cell: (4, 2) → C5."""
    return f"{get_column_letter(at[1] + 1)}{at[0] + 1}"


def source_rows(
    form: Form, outcome: Outcome, area: str, when: str
) -> tuple[list[list[Written]], list[int]]:
    """The rows of the sheet and the widths of its columns.

    A column of a list is one line: its cells are each from the one record of their row.
    """
    rows: list[list[Written]] = [
        [f"数据来源：{area}，{when}，由养老服务风险台账于{clock.today()}填写"],
        [f"已填 {len(outcome.cells)} 格，没有填的 {len(outcome.open)} 处列在下面"],
        [],
        ["工作表", "单元格", "表头", "含义和统计期", "数值", "记录数", "说明"],
    ]
    for cells in _lines(outcome.cells):
        first, last = cells[0], cells[-1]
        place = place_name(first.at)
        if len(cells) > 1:
            place += f":{place_name(last.at)}"
        means = (
            first.means if len(cells) == 1 else f"{first.header}：每行一条，{_common(first.means)}"
        )
        value: Written = first.value if len(cells) == 1 else f"{len(cells)}格"
        if isinstance(value, date):
            value = value.isoformat()
        note = first.note + (f"原来填着“{first.old}”" if first.old else "")
        sheet = form.grids[first.grid].name
        rows.append([sheet, place, first.header, means, value, sum(c.rows for c in cells), note])
    if outcome.open:
        rows += [[], ["没有填的"], ["工作表", "单元格", "表头", "原因"]]
        rows += [
            [form.grids[cells[0].grid].name, places_of(cells), cells[0].header, cells[0].message]
            for cells in alike(outcome.open)
        ]
    return rows, WIDTHS


def alike(open_cells: Sequence[OpenCell]) -> list[list[OpenCell]]:
    """Open cells of one column with one reason together, in the order in which they came."""
    found: dict[tuple[int, int, str], list[OpenCell]] = {}
    for one in open_cells:
        found.setdefault((one.grid, one.at[1], one.message), []).append(one)
    return list(found.values())


def places_of(cells: Sequence[OpenCell]) -> str:
    """Where cells of one column are: "C5", "C5:C9" or "C5等3格"."""
    first, last = cells[0].at, cells[-1].at
    if len(cells) == 1:
        return place_name(first)
    if last[0] - first[0] == len(cells) - 1:
        return f"{place_name(first)}:{place_name(last)}"
    return f"{place_name(first)}等{len(cells)}格"


def _lines(cells: Sequence[FilledCell]) -> list[list[FilledCell]]:
    """Cells of one column of a list together; all others each by itself."""
    found: list[list[FilledCell]] = []
    kept: dict[tuple[int, int, str], list[FilledCell]] = {}
    for cell in cells:
        if cell.opens is not None and not _single(cell):
            found.append([cell])
            continue
        key = (cell.grid, cell.at[1], cell.header)
        if key not in kept:
            kept[key] = []
            found.append(kept[key])
        kept[key].append(cell)
    return found


def _single(cell: FilledCell) -> bool:
    return cell.opens is not None and any(
        one.key == "number" and one.operator == "eq" for one in cell.opens.selection.conditions
    )


def _common(means: str) -> str:
    """Without the number of the one record."""
    label, _, rest = means.partition("（")
    _, _, listed = rest.partition("）")
    return f"{label}{listed}"
