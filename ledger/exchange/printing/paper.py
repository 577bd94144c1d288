"""A paper as data: a title, a head, and parts of facts, tables, texts and room to write."""

from __future__ import annotations

from dataclasses import dataclass

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.timing import clock
from ledger.exchange.writing.table import Cell, Field, Share, Table

_RIGHT = frozenset({"integer", "number", "money", "position", "share", "figure"})


@dataclass(frozen=True)
class Part:
    """One part of a paper: a heading, and below it facts, lines, a table or lines to write on.

    ``facts`` are labels with their texts, two side by side; ``blank`` is a number of empty lines.
    """

    heading: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()
    table: Table | None = None
    blank: int = 0


@dataclass(frozen=True)
class Paper:
    """A paper of A4, on its side if it is ``wide``; ``head`` stands in one line below the title."""

    title: str
    head: tuple[str, ...]
    parts: tuple[Part, ...]
    wide: bool = False


def head_of(actor: Actor, atlas: Atlas, *said: str) -> tuple[str, ...]:
    """Whose paper it is, when it was printed and by whom, then what else is said."""
    own = atlas.get(actor.scope_code)
    return (
        f"单位：{own.name if own else '全部区域'}",
        f"打印时间：{clock.local_text(clock.now())}",
        f"打印人：{actor.display_name or actor.name}",
        *said,
    )


def cell_text(field: Field, cell: Cell) -> str:
    """A cell as it stands on paper: amounts with their thousands, positions in six decimals."""
    if cell is None:
        return ""
    if isinstance(cell, Share):
        return f"{cell:.1%}"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int | float):
        if field.kind == "position":
            return f"{cell:.6f}"
        if field.kind == "share":
            return f"{cell:.1%}"
        return f"{cell:,.0f}" if float(cell).is_integer() else f"{cell:,.2f}"
    return cell.isoformat()


def to_the_right(field: Field) -> bool:
    """Whether the cells of a column stand at its right edge."""
    return field.kind in _RIGHT
