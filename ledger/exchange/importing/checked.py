"""The result of checking a file, and what would be written after the user's choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ledger.domain.errors import Problem
from ledger.exchange.importing.comparison_choices import Choices, Comparison
from ledger.exchange.importing.duplicates import Likeness
from ledger.exchange.importing.findings import Finding, Findings
from ledger.exchange.reading.sheet import Origin


@dataclass(frozen=True)
class Checked:
    """The result of a check. Rows are counted as in Excel.

    ``new``, ``changed`` are rows that could be written, ``blocked`` those that cannot; ``names``
    call the rows that look like a duplicate (``likely``). ``places`` are the positions of the
    columns in the sheet, by key. ``stand`` is how everything stood: equal means nothing moved.
    ``is_history``: its new cases are cases of the past. ``origins`` tell where each row stands in
    the file, where rows were put together. ``twins``: what would change in the record that a row
    probably repeats, as (label, now, in the file).
    """

    ledger: str
    filename: str
    sheet: str
    read: int
    new: frozenset[int]
    changed: frozenset[int]
    blocked: frozenset[int]
    likely: Mapping[int, Likeness]
    names: Mapping[int, str]
    ignored: tuple[str, ...]
    places: Mapping[str, int]
    header: int
    findings: Findings = field(default_factory=Findings)
    stand: str = ""
    comparison: Comparison | None = None
    is_history: bool = False
    origins: Sequence[Origin] = ()
    twins: Mapping[int, tuple[tuple[str, str, str], ...]] = field(default_factory=dict)

    @property
    def unread(self) -> tuple[str, ...]:
        """Why tables that came in one zip with others were not read, one sentence each."""
        return self.comparison.returned.unread if self.comparison is not None else ()

    @property
    def foreign(self) -> tuple[int, ...]:
        """The places of those tables in the zip that never went out from here."""
        return self.comparison.returned.foreign if self.comparison is not None else ()

    def place(self, row: int) -> str:
        """Where a row stands in the file, in words where rows were put together."""
        if self.origins and 0 < row <= len(self.origins):
            return str(self.origins[row - 1])
        return str(row)

    def undecided(self, choices: Choices) -> frozenset[int]:
        """Rows with a conflict or a likely duplicate for which nothing was chosen."""
        rows = {row for row in self.likely if row in self.new and row not in choices.new}
        if self.comparison is not None:
            for row, cell in self.comparison.conflicts:
                if (row.row, cell.key) not in choices.cells:
                    rows.add(row.row)
        return frozenset(rows)

    def outcome(self, choices: Choices) -> Outcome:
        """The numbers of rows that would be written or not after these choices."""
        undecided = self.undecided(choices)
        refused = frozenset(row for row, added in choices.new.items() if not added) & self.new
        new = self.new - undecided - refused
        changed = (self.changed | self._chosen(choices)) - undecided
        left = self.blocked | undecided
        unchanged = self.read - len(new) - len(changed) - len(left) - len(refused)
        return Outcome(
            len(new), len(changed), unchanged, len(refused), len(self.blocked), len(undecided)
        )

    def _chosen(self, choices: Choices) -> frozenset[int]:
        """Rows that change because the file's side of a conflict was chosen."""
        if self.comparison is None:
            return frozenset()
        chosen = ((row.row, cell.key) for row, cell in self.comparison.conflicts)
        return frozenset(at[0] for at in chosen if choices.cells.get(at) == "file")


@dataclass(frozen=True)
class Outcome:
    """Rows by what becomes of them: ``refused`` by choice, ``blocked`` by their problems,
    ``undecided`` until somebody chooses."""

    created: int
    updated: int
    unchanged: int
    refused: int
    blocked: int
    undecided: int

    @property
    def waiting(self) -> int:
        """The number of records that would be written."""
        return self.created + self.updated


def problem_list(checked: Checked) -> list[Problem]:
    """What was found, as the rows of a list of problems."""
    return [_problem(checked, found) for found in checked.findings.kept]


def _problem(checked: Checked, found: Finding) -> Problem:
    row = None if checked.origins else found.row
    severity: Literal["error", "warning"] = "error" if found.blocks else "warning"
    return Problem(row, found.column or None, _said(checked, found), severity)


def _said(checked: Checked, found: Finding) -> str:
    is_elsewhere = bool(checked.origins) and found.row is not None
    return f"{checked.place(found.row or 0)}：{found.message}" if is_elsewhere else found.message
