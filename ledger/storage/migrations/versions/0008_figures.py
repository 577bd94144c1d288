"""What figures count by: outcomes of clocks in petitions, when a matter came back, and indexes

Petitions that stand already are given their columns as a save would give them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

from ledger.surroundings import calendar_in_force, clocks_in_force
from ledger.timing import clock
from ledger.timing.deadlines import deadlines_of
from ledger.timing.kept import kept_fields

revision = "0008"
down_revision = "0007"

KEPT = ("acceptance_due_on", "accepted_in_time", "reply_due_on", "replied_in_time")
DATES = (
    "registered_on",
    "received_on",
    "accepted_on",
    "acceptance_told_on",
    "extension_approved_on",
    "finished_on",
)
INDEXES = {
    "registered": "registered_on area_path channel field kind repeat people",
    "acceptance": "acceptance_due_on area_path accepted_in_time",
    "reply": "reply_due_on area_path replied_in_time",
    "finished": (
        "finished_on area_path registered_on state kind repeat rating returned_on transferred_on "
        "acceptance_told_on accepted_on"
    ),
}
AT_ONCE = 5_000


def upgrade() -> None:
    for key in ("acceptance_due_on", "reply_due_on", "returned_on"):
        op.add_column("petitions", sa.Column(key, sa.Date()))
    for key in ("accepted_in_time", "replied_in_time"):
        op.add_column("petitions", sa.Column(key, sa.Boolean()))
    op.create_index(op.f("ix_petitions_earlier"), "petitions", ["earlier"])
    _fill_clocks()
    _fill_returns()
    op.drop_index(op.f("ix_petitions_deleted_registered_on"), "petitions")
    for name, keys in INDEXES.items():
        columns = ["deleted", *keys.split(), "lead_official"]
        op.create_index(f"ix_petitions_{name}", "petitions", columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(f"ix_petitions_{name}", "petitions")
    op.create_index(
        op.f("ix_petitions_deleted_registered_on"), "petitions", ["deleted", "registered_on"]
    )
    op.drop_index(op.f("ix_petitions_earlier"), "petitions")
    for key in (*KEPT, "returned_on"):
        op.drop_column("petitions", key)


def _table() -> sa.TableClause:
    dates = [sa.column(key, sa.Date()) for key in (*DATES, *KEPT[::2], "returned_on")]
    flags = [sa.column(key, sa.Boolean()) for key in KEPT[1::2]]
    texts = [sa.column(key, sa.Text()) for key in ("number", "earlier", "kind", "channel")]
    numbers = [sa.column(key, sa.BigInteger()) for key in ("id", "extension_days")]
    deleted = sa.column("deleted", sa.Boolean())
    return sa.table("petitions", *dates, *flags, *texts, *numbers, deleted)


def _fill_clocks() -> None:
    connection, petitions = op.get_bind(), _table()
    clocks, calendar = clocks_in_force(connection), calendar_in_force(connection)
    asked = ("id", *DATES, "kind", "channel", "extension_days")
    change = (
        sa.update(petitions)
        .where(petitions.c.id == sa.bindparam("b_id"))
        .values({key: sa.bindparam(f"b_{key}") for key in KEPT})
    )
    last = 0
    while True:
        query = sa.select(*(petitions.c[key] for key in asked)).where(petitions.c.id > last)
        rows = connection.execute(query.order_by(petitions.c.id).limit(AT_ONCE)).mappings().all()
        if not rows:
            return
        last = rows[-1]["id"]
        filled = []
        for row in rows:
            found = deadlines_of("petitions", dict(row), clocks, calendar, on=clock.today())
            fields = kept_fields("petitions", found)
            filled.append({"b_id": row["id"], **{f"b_{key}": fields[key] for key in KEPT}})
        connection.execute(change, filled)


def _fill_returns() -> None:
    """The first day, after its answer, on which a matter was petitioned again."""
    connection, petitions = op.get_bind(), _table()
    keys = ("number", "earlier", "registered_on", "deleted")
    later = petitions.c.earlier.is_not(None)
    query = sa.select(*(petitions.c[key] for key in keys)).where(later)
    children: dict[str, list[dict[str, Any]]] = {}
    for row in connection.execute(query).mappings():
        children.setdefault(row["earlier"], []).append(dict(row))
    for number in children:
        finished = connection.execute(
            sa.select(petitions.c.finished_on).where(petitions.c.number == number)
        ).scalar()
        days = [day for day in _days_below(number, children) if finished and day >= finished]
        if days:
            change = sa.update(petitions).where(petitions.c.number == number)
            connection.execute(change.values(returned_on=min(days)))


def _days_below(number: str, children: dict[str, list[dict[str, Any]]]) -> list[date]:
    seen, waiting, days = {number}, [number], list[date]()
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child["number"] not in seen:
                seen.add(child["number"])
                waiting.append(child["number"])
                days += [] if child["deleted"] else [child["registered_on"]]
    return days
