"""Sessions that began with single sign-on, each sign-on once"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("sign_on", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_sessions_sign_on"), "sessions", ["sign_on"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_sessions_sign_on"), "sessions")
    op.drop_column("sessions", "sign_on")
