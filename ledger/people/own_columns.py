"""Which columns of a ledger a person has on show, in which order and how wide: remembered for them
alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, bindparam, delete, insert, select

from ledger.domain.access import Action, Actor
from ledger.domain.columns import EVERY_RECORD, OVERDUE_DAYS
from ledger.domain.ledgers import ledger_named
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import own_columns as table

NARROWEST, WIDEST = 50, 1_000
"""Pixels: what the grid of the browser allows a column."""
# Read in every run of a ledger's page: built once.
_KEPT = select(table.c.shown, table.c.widths).where(
    table.c.user_id == bindparam("whose"), table.c.ledger == bindparam("which")
)


@dataclass(frozen=True)
class OwnColumns:
    """``shown``: the keys of the columns that a person chose, in their order; None if they chose
    none. ``widths``: the pixels of those that they drew wider or narrower."""

    shown: tuple[str, ...] | None = None
    widths: Mapping[str, int] = field(default_factory=dict)


def columns_of(store: Store, actor: Actor, ledger_key: str) -> OwnColumns:
    """What the actor chose of a ledger's columns.

    Keys that the ledger no longer has are left out. Raises `Refused`.
    """
    actor.require(Action.READ, ledger_key)
    asked = {"whose": actor.user_id, "which": ledger_key}
    with store.reading() as connection:
        kept = connection.execute(_KEPT, asked).one_or_none()
    return OwnColumns() if kept is None else _read(ledger_key, kept.shown, kept.widths)


@tried_again
def keep_columns(
    store: Store,
    actor: Actor,
    ledger_key: str,
    *,
    shown: Sequence[str] | None = None,
    widths: Mapping[str, int] | None = None,
) -> None:
    """Remember the columns that the actor has on show, or how wide some are; what is None stays.

    Without an account nothing is kept. Unknown keys are left out, widths are kept within
    `NARROWEST` and `WIDEST`. Raises `Refused`.
    """
    actor.require(Action.READ, ledger_key)
    if actor.user_id is None:
        return
    known, mine = _known(ledger_key), _mine(actor, ledger_key)
    with store.writing() as connection:
        query = select(table.c.shown, table.c.widths).where(mine)
        there = connection.execute(query).one_or_none()
        kept, drawn = (None, None) if there is None else (there.shown, there.widths)
        if shown is not None:
            kept = ",".join(dict.fromkeys(key for key in shown if key in known))
        if widths is not None:
            pixels = {**pixels_in(drawn), **widths}
            drawn = ",".join(
                f"{key}:{min(WIDEST, max(NARROWEST, pixels[key])):d}"
                for key in pixels
                if key in known
            )
        connection.execute(delete(table).where(mine))
        values = {"user_id": actor.user_id, "ledger": ledger_key, "shown": kept, "widths": drawn}
        connection.execute(insert(table).values(values))


def _read(ledger_key: str, shown: str | None, widths: str | None) -> OwnColumns:
    known = _known(ledger_key)
    keys = None if shown is None else tuple(key for key in shown.split(",") if key in known)
    return OwnColumns(keys, {key: wide for key, wide in pixels_in(widths).items() if key in known})


def pixels_in(text: str | None) -> dict[str, int]:
    """``phone:120,beds:80`` as pixels by key; what is no such pair is left out."""
    pairs = (one.partition(":") for one in (text or "").split(","))
    return {
        key: int(wide)
        for key, _, wide in pairs
        if wide.isascii() and wide.isdigit() and len(wide) <= 6
    }


def _mine(actor: Actor, ledger_key: str) -> ColumnElement[bool]:
    return and_(table.c.user_id == actor.user_id, table.c.ledger == ledger_key)


def _known(ledger_key: str) -> frozenset[str]:
    return frozenset((*ledger_named(ledger_key).by_key, *EVERY_RECORD, OVERDUE_DAYS))
