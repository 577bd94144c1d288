"""HTML tables: one way to write them, and one place where their texts are made inert.

A cell holds a text, or HTML that says so itself (`markupsafe.Markup`: what `pages._text.safe`,
`pages._views.rows_link.number_link` and the like return). Every text becomes the letters it
consists of; a number keeps its form. By hand, as a template of Jinja took three times as long for a
page of a hundred areas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
    above = "".join(_cell(one, "th", ' scope="col"') for one in heads)
    head = f"<thead><tr>{above}</tr></thead>" if above else ""
    body = "".join(map(_row, rows))
    table = f"<table{_class(look)}>{head}<tbody>{body}</tbody></table>"
    if frame:
        named = f' tabindex="0" role="region" aria-label="{attribute(label)}"' if label else ""
        table = f"<div{_class(frame)}{named}>{table}</div>"
    return Markup(table)  # noqa: S704 - every text in it went through `_inert` or `attribute`


def _row(row: Row | Sequence[object]) -> str:
    given = row if isinstance(row, Row) else Row(row)
    return f"<tr{_class(given.look)}>{''.join(map(_cell, given.cells))}</tr>"


def _cell(given: object, tag: str = "td", scope: str = "") -> str:
    if not isinstance(given, Cell):
        return f"<{tag}{scope}>{_inert(given)}</{tag}>"
    if given.head:
        tag, scope = "th", ' scope="row"'
    span = f' colspan="{given.span:d}"' if given.span > 1 else ""
    return f"<{tag}{scope}{_class(given.look)}{span}>{_inert(given.said)}</{tag}>"


def _class(look: str) -> str:
    return f' class="{attribute(look)}"' if look else ""


def _inert(said: object) -> Markup:
    if isinstance(said, Markup):
        return said
    text = str(said)
    return attribute(text) if _NUMBER.fullmatch(text) else safe(text)
