"""A point of every cell into which inequalities cut the space of some numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

from ledger.domain.tiers.linear import Inequality, solve


def points_of_cells(
    systems: Sequence[list[Inequality] | None], size: int
) -> Iterator[tuple[Fraction, ...]]:
    """A point of every cell into which the inequalities of all systems cut the space."""
    planes: dict[tuple[Fraction, ...], None] = {}
    for system in systems:
        for one in system or ():
            first = next((factor for factor in one.coefficients if factor), None)
            if first is not None:
                scaled = (*one.coefficients, one.constant)
                planes[tuple(part / first for part in scaled)] = None
    cells: list[list[Inequality]] = [[]]
    for plane in planes:
        up = Inequality(plane[:-1], plane[-1])
        down = Inequality(tuple(-part for part in plane[:-1]), -plane[-1])
        sides = ([down._replace(strict=True)], [up, down], [up._replace(strict=True)])
        longer = ([*cell, *side] for cell, side in product(cells, sides))
        cells = [cell for cell in longer if solve(cell, size) is not None]
    for cell in cells:
        point = solve(cell, size)
        if point is not None:
            yield point
