"""The figures an office is judged by: defined in a file, counted in the database, each with its
rows.

``figures(store, actor, period, area_code)`` gives every number of a period, ``breakdown`` one of
them by area, lead official or period. Knows no Streamlit. The door
of the room: pages, bulletins and exports import from here.
"""

from __future__ import annotations

from ledger.reporting.figures.breakdowns import breakdown, figure_named, ways_of
from ledger.reporting.figures.definitions import Book, Figure, Words
from ledger.reporting.figures.model import Breakdown, By, Figures, FigureValue, Line, Rows
from ledger.reporting.figures.rulefile import figures_in_force
from ledger.reporting.figures.service import figures

__all__ = [
    "Book",
    "Breakdown",
    "By",
    "Figure",
    "FigureValue",
    "Figures",
    "Line",
    "Rows",
    "Words",
    "breakdown",
    "figure_named",
    "figures",
    "figures_in_force",
    "ways_of",
]
