"""What came of filling a form: the cells filled, the cells left blank and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from ledger.reporting.figures.model import Rows
from ledger.reporting.forms.form_grid import Place

Written = int | float | str | date


@dataclass(frozen=True)
class FilledCell:
    """A cell and what was written into it.

    ``rows`` is how many records it rests on, ``opens`` which; ``number_format`` replaces the
    cell's own where it would not show the value. ``old`` is what stood there before.
    """

    grid: int
    at: Place
    header: str
    means: str
    value: Written
    rows: int = 0
    opens: Rows | None = None
    number_format: str = ""
    note: str = ""
    old: str = ""


@dataclass(frozen=True)
class OpenCell:
    """A cell that stays as it was, and why.

    ``asks`` is the word that an answer is about, ``proposals`` what it may be (key, label), and
    ``about`` the part of the answers that it belongs to."""

    grid: int
    at: Place
    header: str
    message: str
    asks: str = ""
    about: str = ""
    proposals: tuple[tuple[str, str], ...] = ()


@dataclass
class Outcome:
    """Everything that was found out about the cells of one form."""

    cells: list[FilledCell] = field(default_factory=list)
    open: list[OpenCell] = field(default_factory=list)
