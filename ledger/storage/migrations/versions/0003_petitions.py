"""Petitions, outreach and new market entities"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "entities",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("placement", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("institution", sa.Text(), nullable=True),
        sa.Column("institution_name", sa.Text(), nullable=True),
        sa.Column("match_score", sa.BigInteger(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verification", sa.Text(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column(
            "area_path", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=80), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entities")),
        sa.UniqueConstraint("number", name=op.f("uq_entities_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("entities", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_entities_deleted_area_path"), ["deleted", "area_path"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_entities_deleted_status"), ["deleted", "status"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_entities_deleted_updated_at_id"),
            ["deleted", "updated_at", "id"],
            unique=False,
        )

    op.create_table(
        "outreach",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("people_reached", sa.BigInteger(), nullable=True),
        sa.Column("elders_reached", sa.BigInteger(), nullable=True),
        sa.Column("materials", sa.BigInteger(), nullable=True),
        sa.Column("organiser", sa.Text(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column(
            "area_path", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=80), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach")),
        sa.UniqueConstraint("number", name=op.f("uq_outreach_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outreach", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outreach_deleted_area_path"), ["deleted", "area_path"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_outreach_deleted_updated_at_id"),
            ["deleted", "updated_at", "id"],
            unique=False,
        )

    op.create_table(
        "petitions",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("repeat", sa.Boolean(), nullable=True),
        sa.Column("earlier", sa.Text(), nullable=True),
        sa.Column("people", sa.BigInteger(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("elder_care", sa.Boolean(), nullable=True),
        sa.Column("institution", sa.Text(), nullable=True),
        sa.Column("institution_name", sa.Text(), nullable=True),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("petitioner", sa.Text(), nullable=True),
        sa.Column("petitioner_phone", sa.Text(), nullable=True),
        sa.Column("lead_official", sa.Text(), nullable=True),
        sa.Column("responsible_unit", sa.Text(), nullable=True),
        sa.Column("responded_on", sa.Date(), nullable=True),
        sa.Column("contact_slip_on", sa.Date(), nullable=True),
        sa.Column("village_checked_on", sa.Date(), nullable=True),
        sa.Column("transferred_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("objected_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("acceptance_told_on", sa.Date(), nullable=True),
        sa.Column("extension_days", sa.BigInteger(), nullable=True),
        sa.Column("extension_approved_on", sa.Date(), nullable=True),
        sa.Column("extension_approved_by", sa.Text(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("reply_received_on", sa.Date(), nullable=True),
        sa.Column("review_requested_on", sa.Date(), nullable=True),
        sa.Column("review_opinion_on", sa.Date(), nullable=True),
        sa.Column("review_received_on", sa.Date(), nullable=True),
        sa.Column("rereview_requested_on", sa.Date(), nullable=True),
        sa.Column("rereview_opinion_on", sa.Date(), nullable=True),
        sa.Column("rating", sa.Text(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_label", sa.Text(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.Column(
            "area_path", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=True
        ),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=80), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_petitions")),
        sa.UniqueConstraint("number", name=op.f("uq_petitions_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("petitions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_petitions_deleted_area_path"), ["deleted", "area_path"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_petitions_deleted_registered_on"),
            ["deleted", "registered_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_petitions_deleted_state_due_on"),
            ["deleted", "state", "due_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_petitions_deleted_updated_at_id"),
            ["deleted", "updated_at", "id"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("petitions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_petitions_deleted_updated_at_id"))
        batch_op.drop_index(batch_op.f("ix_petitions_deleted_state_due_on"))
        batch_op.drop_index(batch_op.f("ix_petitions_deleted_registered_on"))
        batch_op.drop_index(batch_op.f("ix_petitions_deleted_area_path"))

    op.drop_table("petitions")
    with op.batch_alter_table("outreach", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outreach_deleted_updated_at_id"))
        batch_op.drop_index(batch_op.f("ix_outreach_deleted_area_path"))

    op.drop_table("outreach")
    with op.batch_alter_table("entities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entities_deleted_updated_at_id"))
        batch_op.drop_index(batch_op.f("ix_entities_deleted_status"))
        batch_op.drop_index(batch_op.f("ix_entities_deleted_area_path"))

    op.drop_table("entities")
