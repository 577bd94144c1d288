"""Find formulas of a form that use their own result."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import CellCoordinatesException

from ledger.reporting.forms.form_grid import FormGrid, Place

_LARGEST = 20_000


def circles_in(grid: FormGrid) -> list[Place]:
    """The cells of a sheet whose formula leads back to itself, in the order of the sheet."""
    uses = {
        (row, at): set(used_by(cell.formula, grid))
        for row, cells in enumerate(grid.rows)
        for at, cell in enumerate(cells)
        if cell.formula
    }
    return [place for place in uses if _reaches(place, uses)]


def _reaches(start: Place, uses: dict[Place, set[Place]]) -> bool:
    seen: set[Place] = set()
    waiting = [one for one in uses[start] if one in uses]
    while waiting:
        place = waiting.pop()
        if place == start:
            return True
        if place not in seen:
            seen.add(place)
            waiting += [one for one in uses[place] if one in uses]
    return False


def used_by(formula: str, grid: FormGrid) -> Iterator[Place]:
    """The cells of its own sheet that a formula takes."""
    for token in Tokenizer(formula).items:
        if token.type != Token.OPERAND or token.subtype != Token.RANGE:
            continue
        where, mark, text = token.value.rpartition("!")
        if mark and where.strip("'") != grid.name:
            continue
        try:
            left, top, right, bottom = range_boundaries(text.replace("$", ""))
        except (ValueError, CellCoordinatesException):
            continue
        bottom, right = bottom or len(grid.rows), right or grid.width
        left, top = left or 1, top or 1
        if (bottom - top + 1) * (right - left + 1) > _LARGEST:
            bottom = min(bottom, len(grid.rows))
        for row in range(top - 1, min(bottom, len(grid.rows))):
            for at in range(left - 1, min(right, grid.width)):
                yield row, at
