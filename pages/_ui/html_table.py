"""HTML tables: one way to write them, and one place where their texts are made inert.

A cell holds a text, or HTML that says so itself (`markupsafe.Markup`: what `pages._text.safe`,
`pages._views.rows_link.number_link` and the like return). Every text becomes the letters it
consists of. By hand, as a template of Jinja took three times as long for a page of a hundred areas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from markupsafe import Markup

from pages._text import attribute, safe

# ASCII, Chinese and its marks run one way only: such a text needs no direction of its own.
_RUNS_ONE_WAY = re.compile("[ -~·—‘-”…▲△\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]*")


class Cell(NamedTuple):
    """A cell that looks otherwise (a CSS class), is several columns wide or rows high, or heads its
    row."""

    said: object
    look: str = ""
    span: int = 1
    head: bool = False
    down: int = 1


class Row(NamedTuple):
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
    inert = cache(_inert)  # names and words recur down a column
    parts = [f"<table{_class(look)}>"]

    def add_row(cells: Sequence[object], look: str = "", scope: str = "") -> None:
        parts.append(f"<tr{_class(look)}>")
        usual = _tags("", 1, False, scope, 1)
        for given in cells:
            said, (opened, closed) = given, usual
            if isinstance(given, Cell):
                said = given.said
                opened, closed = _tags(given.look, given.span, given.head, scope, given.down)
            parts.extend((opened, said if isinstance(said, Markup) else inert(str(said)), closed))
        parts.append("</tr>")

    if heads:
        parts.append("<thead>")
        add_row(heads, scope="col")
        parts.append("</thead>")
    parts.append("<tbody>")
    for row in rows:
        if isinstance(row, Row):
            add_row(*row)
        else:
            add_row(row)
    parts.append("</tbody></table>")
    if frame:
        named = f' tabindex="0" role="region" aria-label="{attribute(label)}"' if label else ""
        parts = [f"<div{_class(frame)}{named}>", *parts, "</div>"]
    return Markup("".join(parts))  # noqa: S704 - texts go through `_inert`, the rest is ours


@lru_cache(maxsize=256)
def _tags(look: str, span: int, heads_row: bool, scope: str, down: int) -> tuple[str, str]:
    """The tags around a cell, of which a table has few kinds."""
    scope = "row" if heads_row else scope
    tag = "th" if scope else "td"
    told = f' scope="{scope}"' if scope else ""
    across = f' colspan="{span:d}"' if span > 1 else ""
    across += f' rowspan="{down:d}"' if down > 1 else ""
    return f"<{tag}{told}{_class(look)}{across}>", f"</{tag}>"


def _class(look: str) -> str:
    return f' class="{attribute(look)}"' if look else ""


def _inert(text: str) -> str:
    return attribute(text) if _RUNS_ONE_WAY.fullmatch(text) else safe(text)
