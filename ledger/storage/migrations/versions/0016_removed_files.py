"""Removed attachments give up their content; what they were stays in the log"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    attachments = sa.table(
        "attachments", sa.column("content", sa.LargeBinary()), sa.column("deleted", sa.Boolean())
    )
    removed = sa.update(attachments).where(attachments.c.deleted.is_(sa.true()))
    op.get_bind().execute(removed.values(content=b""))


def downgrade() -> None:
    """What was removed does not come back."""
