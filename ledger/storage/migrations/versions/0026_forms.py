"""Forms that an office keeps, and what was sent of them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PATH = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "kept_forms",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("scope_path", _PATH, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("suffix", sa.String(10), nullable=False),
        sa.Column("blank", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kept_forms"),
        sa.UniqueConstraint(
            "scope_path", "fingerprint", name="uq_kept_forms_scope_path_fingerprint"
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sent_forms",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("form_id", _ID, nullable=False),
        sa.Column("scope_path", _PATH, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("area", sa.String(120), nullable=False),
        sa.Column("days", sa.String(80), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["form_id"],
            ["kept_forms.id"],
            name="fk_sent_forms_form_id_kept_forms",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sent_forms"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sent_forms_form_id", "sent_forms", ["form_id"])


def downgrade() -> None:
    op.drop_table("sent_forms")
    op.drop_table("kept_forms")
