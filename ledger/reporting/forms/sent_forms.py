"""What was sent up when, and what the ledgers say otherwise since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from ledger.domain.access import Action, Actor
from ledger.domain.errors import NotFound
from ledger.domain.timing import clock
from ledger.records.history import audit
from ledger.reporting.forms.filled import FilledCell
from ledger.reporting.forms.filling import FilledForm
from ledger.reporting.forms.kept_forms import kept_form
from ledger.reporting.forms.old_and_new import shown
from ledger.reporting.forms.source_sheet import place_name
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import sent_forms as table


@dataclass(frozen=True)
class Sent:
    """One form as it was sent: ``cells`` are place → (header, what stood there)."""

    id: int
    at: datetime
    by: str
    area: str
    when: str
    cells: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Change:
    """A cell of which the ledgers say something else than what was sent."""

    cell: str
    header: str
    then: str
    now: str


@tried_again
def mark_sent(store: Store, actor: Actor, form_id: int, filled: FilledForm) -> int:
    """Put on record that a kept form was sent as it was filled; returns the id of the report.

    Raises
    ------
    Refused
        If the actor may not export.
    NotFound
        If there is no such form, or it was filled for an area outside the actor's scope.
    """
    actor.require(Action.EXPORT)
    name = kept_form(store, actor, form_id).name
    if not actor.sees(filled.path):
        raise NotFound("区域")
    values = {
        "form_id": form_id,
        "scope_path": actor.scope_path,
        "at": clock.now(),
        "by": actor.name,
        "area": filled.area,
        "days": filled.when,
        "cells": {key: [head, value] for key, (head, value) in cells_of(filled).items()},
    }
    with store.writing() as connection:
        query = insert(table).values(values).returning(table.c.id)
        found = int(connection.execute(query).scalar_one())
        after = {"cells": len(filled.cells), "open": len(filled.open)}
        audit.append(connection, actor, [audit.Change("send_form", number=name[:80], after=after)])
    return found


def sent_of(store: Store, actor: Actor, form_id: int) -> tuple[Sent, ...]:
    """What the actor's office sent of a form, the last first. Raises `NotFound`."""
    kept_form(store, actor, form_id)
    with store.reading() as connection:
        own = (table.c.form_id == form_id, table.c.scope_path == actor.scope_path)
        rows = connection.execute(select(table).where(*own).order_by(table.c.id.desc())).all()
    return tuple(
        Sent(
            row.id,
            row.at,
            row.by,
            row.area,
            row.days,
            {key: (value[0], value[1]) for key, value in row.cells.items()},
        )
        for row in rows
    )


def changed_since(sent: Sent, filled: FilledForm) -> tuple[Change, ...]:
    """The cells that would be filled otherwise than they were sent."""
    now = cells_of(filled)
    return tuple(
        Change(key, head, then, now.get(key, ("", "（没有填）"))[1])
        for key, (head, then) in sent.cells.items()
        if now.get(key, ("", ""))[1] != then
    )


def cells_of(filled: FilledForm) -> dict[str, tuple[str, str]]:
    """Sheet and place of each cell → its header and what stands in it."""
    return {_key(filled, one): (one.header, shown(one)) for one in filled.cells}


def _key(filled: FilledForm, cell: FilledCell) -> str:
    return f"{filled.form.grids[cell.grid].name}!{place_name(cell.at)}"
