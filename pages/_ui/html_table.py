"""HTML tables: one way to write them, and one place where their texts are made inert.

A cell holds a text, or HTML that says so itself (`markupsafe.Markup`: what `pages._text.safe`,
`pages._views.rows_link.number_link` and the like return). Every text becomes the letters it
consists of; a number keeps its form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup

from pages._text import attribute, safe

# Digits with what stands in and around them need no direction of their own.
_NUMBER = re.compile(r"[\d,.%+-]*")


@dataclass(frozen=True)
class Cell:
    """A cell that looks otherwise (a CSS class), is several columns wide, or heads its row."""

    said: object
    look: str = ""
    span: int = 1
    head: bool = False


@dataclass(frozen=True)
class Row:
    """A row that looks otherwise (a CSS class)."""

    cells: Sequence[object]
    look: str = ""


def html_table(
    heads: Sequence[object],
    rows: Iterable[Row | Sequence[object]],
    *,
    look: str = "",
    frame: str = "",
    label: str = "",
) -> Markup:
    """A table as HTML.

    Parameters
    ----------
    heads
        What stands above the columns; empty for a table without.
    rows
        Each a `Row` or its cells; each cell a `Cell` or what it says.
    look, frame
        CSS classes of the table, and of the box around it (empty: none).
    label
        What the box is called where it scrolls by itself; then it can be reached by keyboard.
    """
    table = Markup(  # noqa: S704 - the template makes every text inert
        _template().render(
            heads=[_cell(one) for one in heads],
            rows=[_row(one) for one in rows],
            look=look,
        )
    )
    if not frame:
        return table
    named = Markup(' tabindex="0" role="region" aria-label="{}"').format(attribute(label))
    box = Markup('<div class="{}"{}>{}</div>')
    return box.format(attribute(frame), named if label else "", table)


def _row(row: Row | Sequence[object]) -> Row:
    given = row if isinstance(row, Row) else Row(row)
    return Row([_cell(one) for one in given.cells], given.look)


def _cell(said: object) -> Cell:
    return said if isinstance(said, Cell) else Cell(said)


def _inert(said: object) -> Markup:
    if isinstance(said, Markup):
        return said
    text = str(said)
    return attribute(text) if _NUMBER.fullmatch(text) else safe(text)


@lru_cache(maxsize=1)
def _template() -> Template:
    folder = Path(__file__).with_name("templates")
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True)
    environment.filters |= {"inert": _inert, "attribute": attribute}
    return environment.get_template("table.html")
