"""Petitions carry their way, refusal, hearings and next legal deadline; notes on open holidays

Refusals that stand already get the day on which they were told, which the step demanded. What is
worked out from clocks is filled in when deadlines are next worked out for the whole office.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

DATES = (
    "refused_on",
    "review_hearing_from",
    "review_hearing_to",
    "rereview_hearing_from",
    "rereview_hearing_to",
    "legal_due_on",
)
INDEX = "ix_petitions_deleted_legal_due_on_area_path"


def upgrade() -> None:
    for key in DATES:
        op.add_column("petitions", sa.Column(key, sa.Date()))
    op.add_column("petitions", sa.Column("way", sa.Text()))
    for table in ("petitions", "dispositions"):
        op.add_column(table, sa.Column("due_note", sa.Text()))
    op.create_index(INDEX, "petitions", ["deleted", "legal_due_on", "area_path"])
    petitions = sa.table(
        "petitions",
        *(sa.column(key, sa.Date()) for key in ("refused_on", "acceptance_told_on", "finished_on")),
        sa.column("state", sa.Text()),
    )
    refused = petitions.c.state.in_(("refused", "closed")) & petitions.c.finished_on.is_(None)
    change = sa.update(petitions).where(refused)
    op.get_bind().execute(change.values(refused_on=petitions.c.acceptance_told_on))


def downgrade() -> None:
    op.drop_index(INDEX, "petitions")
    for key in (*DATES, "way", "due_note"):
        op.drop_column("petitions", key)
    op.drop_column("dispositions", "due_note")
