"""Dispositions carry the deadline that holds and whether they were closed by it

Dispositions that stand already are given both as a save would give them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ledger.surroundings import calendar_in_force, clocks_in_force
from ledger.timing import clock
from ledger.timing.deadlines import deadlines_of
from ledger.timing.kept import kept_fields

revision = "0009"
down_revision = "0008"

KEPT = ("close_due_on", "closed_in_time")
DATES = ("opened_on", "deadline", "planned_on", "extension_approved_on", "closed_on")


def upgrade() -> None:
    op.add_column("dispositions", sa.Column("close_due_on", sa.Date()))
    op.add_column("dispositions", sa.Column("closed_in_time", sa.Boolean()))
    connection, table = op.get_bind(), _table()
    clocks, calendar = clocks_in_force(connection), calendar_in_force(connection)
    asked = ("id", *DATES, "tier", "extension_days")
    rows = connection.execute(sa.select(*(table.c[key] for key in asked))).mappings().all()
    filled = []
    for row in rows:
        found = deadlines_of("dispositions", dict(row), clocks, calendar, on=clock.today())
        fields = kept_fields("dispositions", found)
        filled.append({"b_id": row["id"], **{f"b_{key}": fields[key] for key in KEPT}})
    if filled:
        change = sa.update(table).where(table.c.id == sa.bindparam("b_id"))
        connection.execute(change.values({key: sa.bindparam(f"b_{key}") for key in KEPT}), filled)


def downgrade() -> None:
    for key in KEPT:
        op.drop_column("dispositions", key)


def _table() -> sa.TableClause:
    dates = [sa.column(key, sa.Date()) for key in (*DATES, "close_due_on")]
    numbers = [sa.column(key, sa.BigInteger()) for key in ("id", "extension_days")]
    return sa.table(
        "dispositions",
        *dates,
        *numbers,
        sa.column("tier", sa.Text()),
        sa.column("closed_in_time", sa.Boolean()),
    )
