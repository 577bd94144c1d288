"""A database says whether it is a demo; accounts whose password was changed are demo no more"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

OPTIONS = sa.table("options", sa.column("key", sa.String), sa.column("value", sa.JSON))


def upgrade() -> None:
    connection = op.get_bind()
    loaded = connection.execute(sa.text("SELECT count(*) FROM options WHERE key = 'demo'"))
    accounts = connection.execute(sa.text("SELECT count(*) FROM users WHERE demo"))
    is_demo = bool(loaded.scalar() or accounts.scalar())
    op.bulk_insert(OPTIONS, [{"key": "purpose", "value": "demo" if is_demo else "earnest"}])
    # The sign-in page shows the demo accounts with the password that all of them have.
    changed = sa.text(
        "UPDATE users SET demo = :no WHERE demo AND id IN (SELECT record_id FROM changes "
        "WHERE ledger = 'users' AND action = 'user' AND after LIKE :password)"
    )
    connection.execute(changed, {"no": False, "password": '%"password"%'})


def downgrade() -> None:
    op.get_bind().execute(sa.text("DELETE FROM options WHERE key = 'purpose'"))
