"""Every kind of rule file has a text in force: besides the tiers deadlines, figures, rating"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    kind = sa.Column("kind", sa.String(length=20), nullable=False, server_default="tiers")
    op.add_column("rule_sets", kind)


def downgrade() -> None:
    op.execute("DELETE FROM rule_sets WHERE kind <> 'tiers'")
    op.drop_column("rule_sets", "kind")
