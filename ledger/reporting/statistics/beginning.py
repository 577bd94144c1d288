"""The first day of a ledger's records within an actor's scope."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from geo.atlas import Atlas
from ledger.domain.access import Actor, under
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing.clock import OFFICE
from ledger.records.query import unindexed
from ledger.reporting.statistics.counting import day_column
from ledger.storage.tables import LEDGER_TABLES, assessments, institutions


def first_day(
    connection: Connection, actor: Actor, atlas: Atlas, ledger_key: str, path: str
) -> date | None:
    """The day of the first record in the actor's scope, under an area or, of a village or a grid,
    in its whole township: that keeps the ledger. None if there is none.

    Institutions have no day of their own: of them it is the first judgement of a tier.
    """
    path = _kept_at(atlas, actor, path)
    if ledger_key == "institutions":
        return _first_judged(connection, actor, path)
    table = LEDGER_TABLES[ledger_key]
    column, moment = day_column(ledger_named(ledger_key))
    # The index of the day holds the answer at its end; told of the area, SQLite would go by that.
    sqlite = connection.dialect.name == "sqlite"
    lies: Any = unindexed(table.c.area_path) if sqlite else table.c.area_path
    query = (
        select(column)
        .where(
            table.c.deleted.is_(False),
            column.is_not(None),
            actor.scope_condition(lies),
            under(lies, path),
        )
        .order_by(column)
        .limit(1)
    )
    first = connection.execute(query).scalar()
    return first.astimezone(OFFICE).date() if moment and first is not None else first


def _kept_at(atlas: Atlas, actor: Actor, path: str) -> str:
    """The path of the township above an area, as far as the actor sees it."""
    above = (atlas.get(code) for code in path.strip("/").split("/"))
    office = next((one for one in above if one is not None and one.level == "township"), None)
    if office is None:
        return path
    return office.path if actor.sees(office.path) else actor.scope_path


def _first_judged(connection: Connection, actor: Actor, path: str) -> date | None:
    at = institutions.c.area_path
    query = (
        select(assessments.c.at)
        .join(institutions, institutions.c.id == assessments.c.record_id)
        .where(
            assessments.c.ledger == "institutions",
            institutions.c.deleted.is_(False),
            actor.scope_condition(at),
            under(at, path),
        )
        .order_by(assessments.c.id)
        .limit(1)
    )
    first = connection.execute(query).scalar()
    return None if first is None else first.astimezone(OFFICE).date()
