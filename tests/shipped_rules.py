"""The rules that ship, as the product reads them."""

from __future__ import annotations

from ledger.domain.timing.clockfile import read_clocks
from ledger.domain.timing.clocks import Clocks
from ledger.records.rulebook import DEADLINES, FIGURES, RATING, shipped
from ledger.reporting.figures.definitions import Book
from ledger.reporting.figures.rulefile import read_figures
from ledger.reporting.rating.rulefile import read_rating
from ledger.reporting.rating.rules import RatingRules


def shipped_clocks() -> Clocks:
    """The clocks of ``data/rules/deadlines.toml``."""
    return read_clocks(shipped(DEADLINES).read_text(encoding="utf-8"))


def shipped_rating() -> RatingRules:
    """The rating of ``data/rules/rating.toml``."""
    return read_rating(shipped(RATING).read_text(encoding="utf-8"))


def shipped_figures() -> Book:
    """The figures of ``data/rules/figures.toml``."""
    return read_figures(shipped(FIGURES).read_text(encoding="utf-8"))
