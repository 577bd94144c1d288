"""What figures count by: outcomes of clocks in petitions, when a matter came back, and indexes

Whether petitions that stand already came back is told here; what rests on clocks is worked out
when the program starts (`ledger.reckoning.settle`).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

KEPT = ("acceptance_due_on", "accepted_in_time", "reply_due_on", "replied_in_time")
INDEXES = {
    "registered": "registered_on area_path channel field kind repeat people",
    "acceptance": "acceptance_due_on area_path accepted_in_time",
    "reply": "reply_due_on area_path replied_in_time",
    "finished": (
        "finished_on area_path registered_on state kind repeat rating returned_on transferred_on "
        "acceptance_told_on accepted_on"
    ),
}


def upgrade() -> None:
    for key in ("acceptance_due_on", "reply_due_on", "returned_on"):
        op.add_column("petitions", sa.Column(key, sa.Date()))
    for key in ("accepted_in_time", "replied_in_time"):
        op.add_column("petitions", sa.Column(key, sa.Boolean()))
    op.create_index(op.f("ix_petitions_earlier"), "petitions", ["earlier"])
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
    dates = [sa.column(key, sa.Date()) for key in ("registered_on", "finished_on", "returned_on")]
    texts = [sa.column(key, sa.Text()) for key in ("number", "earlier")]
    return sa.table("petitions", *dates, *texts, sa.column("deleted", sa.Boolean()))


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
