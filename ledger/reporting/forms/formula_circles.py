"""Find formulas of a form that use their own result.

A formula leads to the ranges that it takes, a range to the formulas that stand in it: what lies on
a way back to itself is a circle (strongly connected components; Tarjan, SIAM J. Comput. 1, 1972).
Formulas that take the same range share it, so that a sheet full of look-ups costs no more than
its cells.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import lru_cache

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import CellCoordinatesException

from ledger.reporting.forms.form_grid import FormGrid, Place

# What Excel says itself when it opens the file is not looked for at any price.
_MOST_STEPS = 1_000_000
_Box = tuple[int, int, int, int]


def circles_in(grid: FormGrid) -> list[Place]:
    """The cells of a sheet whose formula leads back to itself, in the order of the sheet; none of a
    sheet whose formulas take one another more than a million times."""
    formulas = {
        (row, at): cell.formula
        for row, cells in enumerate(grid.rows)
        for at, cell in enumerate(cells)
        if cell.formula
    }
    rows_of: defaultdict[int, list[int]] = defaultdict(list)
    for row, at in formulas:
        rows_of[at].append(row)
    leads: dict[Hashable, Sequence[Hashable]] = {}
    steps = 0
    for place, formula in formulas.items():
        boxes = tuple(dict.fromkeys(used_by(formula, grid)))
        leads[place] = boxes
        for box in boxes:
            if box not in leads:
                leads[box] = tuple(_formulas_in(box, rows_of))
                steps += len(leads[box])
        if steps > _MOST_STEPS:
            return []
    circling = {one for group in _components(leads) if len(group) > 1 for one in group}
    return [place for place in formulas if place in circling]


def used_by(formula: str, grid: FormGrid) -> Iterator[_Box]:
    """The ranges of its own sheet that a formula takes: its first row and column, and those behind
    its last, from 0."""
    for token in Tokenizer(formula).items:
        if token.type != Token.OPERAND or token.subtype != Token.RANGE:
            continue
        where, mark, text = token.value.rpartition("!")
        if mark and where.strip("'") != grid.name:
            continue
        box = _box(text.replace("$", ""))
        if box is not None:
            left, top, right, bottom = box
            last_row, last = len(grid.rows), grid.width
            yield top - 1, left - 1, min(bottom or last_row, last_row), min(right or last, last)


@lru_cache(maxsize=10_000)
def _box(text: str) -> tuple[int, int, int | None, int | None] | None:
    """Left, top, right, bottom from 1; what reaches to the end of the sheet has no end."""
    try:
        left, top, right, bottom = range_boundaries(text)
    except (ValueError, CellCoordinatesException):
        return None
    return left or 1, top or 1, right, bottom


def _formulas_in(box: _Box, rows_of: Mapping[int, Sequence[int]]) -> Iterator[Place]:
    top, left, bottom, right = box
    for at, rows in rows_of.items():
        if left <= at < right:
            for row in rows[bisect_left(rows, top) : bisect_right(rows, bottom - 1)]:
                yield row, at


def _components(leads: Mapping[Hashable, Sequence[Hashable]]) -> Iterator[list[Hashable]]:
    """The strongly connected components of a graph, without recursion."""
    number: dict[Hashable, int] = {}
    lowest: dict[Hashable, int] = {}
    waiting: list[Hashable] = []
    on_stack: set[Hashable] = set()
    for start in leads:
        if start in number:
            continue
        way = [(start, iter(leads[start]))]
        number[start] = lowest[start] = len(number)
        waiting.append(start)
        on_stack.add(start)
        while way:
            here, further = way[-1]
            for one in further:
                if one not in number:
                    number[one] = lowest[one] = len(number)
                    waiting.append(one)
                    on_stack.add(one)
                    way.append((one, iter(leads[one])))
                    break
                if one in on_stack:
                    lowest[here] = min(lowest[here], number[one])
            else:
                way.pop()
                if way:
                    lowest[way[-1][0]] = min(lowest[way[-1][0]], lowest[here])
                if lowest[here] == number[here]:
                    group = [waiting.pop()]
                    while group[-1] != here:
                        group.append(waiting.pop())
                    on_stack.difference_update(group)
                    yield group
