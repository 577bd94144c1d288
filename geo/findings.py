"""What a check of boundaries found: one sentence per finding, with its row and column."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Severity = Literal["error", "warning"]
Position = int | np.integer[Any] | None
# Excel counts from 1 and its first row is the header, so the first feature stands in row 2.
FIRST_ROW = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend (error) or to know (warning).

    ``row`` counts as Excel does, header included (first feature: 2), and is None where the finding
    is about the whole file; ``column`` is the file's own column name, ``geometry`` for shapes.
    """

    severity: Severity
    row: int | None
    code: str | None
    column: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What is too little to mention. Overlaps and gaps must exceed both area and share.

    ``share`` is of the smaller area of an overlap and of the parent of a gap; ``outside_share`` is
    of the child, and a child with more than ``lost_share`` outside is an error. ``repair_loss`` is
    the share of its area that a repair may take from a shape without being an error.
    """

    area_m2: float = 100.0
    share: float = 1e-4
    outside_share: float = 0.01
    lost_share: float = 0.99
    repair_loss: float = 0.2


class Report:
    """Collects findings; knows the code of each position (0 = first feature that counts).

    ``places`` are the features' places in the file (0 = first), if some of the file's are left out.
    """

    def __init__(self, codes: Iterable[str], places: Sequence[int] | None = None) -> None:
        self._codes = list(codes)
        self._places = range(len(self._codes)) if places is None else places
        self._findings: list[Finding] = []
        self.broken: set[int] = set()
        """Positions of features with an error."""

    def error(self, position: Position, column: str | None, message: str) -> None:
        """Add an error about the feature at ``position`` (None: the file)."""
        if position is not None:
            self.broken.add(int(position))
        self._add("error", position, column, message)

    def warning(self, position: Position, column: str | None, message: str) -> None:
        """Add a warning about the feature at ``position`` (None: the file)."""
        self._add("warning", position, column, message)

    def row(self, position: int | np.integer[Any]) -> int:
        """The row of the feature at ``position``, as `Finding` counts rows."""
        return int(self._places[int(position)]) + FIRST_ROW

    def findings(self) -> tuple[Finding, ...]:
        """All findings: errors first, then by row, those about the whole file in front."""
        return tuple(
            sorted(self._findings, key=lambda item: (item.severity, item.row or 0, item.message))
        )

    def _add(
        self, severity: Severity, position: Position, column: str | None, message: str
    ) -> None:
        row = None if position is None else self.row(position)
        code = None if position is None else self._codes[int(position)] or None
        self._findings.append(Finding(severity, row, code, column, message))
