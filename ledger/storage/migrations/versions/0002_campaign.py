"""Inspections, leads, dispositions, attachments and drafts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("ledger", sa.String(length=40), nullable=False),
        sa.Column(
            "record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attachments_ledger_record_id"), ["ledger", "record_id"], unique=False
        )

    op.create_table(
        "dispositions",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("institution", sa.Text(), nullable=True),
        sa.Column("institution_name", sa.Text(), nullable=True),
        sa.Column("lead", sa.Text(), nullable=True),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("extension_days", sa.BigInteger(), nullable=True),
        sa.Column("extension_approved_on", sa.Date(), nullable=True),
        sa.Column("lead_official", sa.Text(), nullable=True),
        sa.Column("responsible", sa.Text(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("refund_due", sa.Float(), nullable=True),
        sa.Column("refunded", sa.Float(), nullable=True),
        sa.Column("people_resettled", sa.BigInteger(), nullable=True),
        sa.Column("police_transfer_on", sa.Date(), nullable=True),
        sa.Column("police_unit", sa.Text(), nullable=True),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispositions")),
        sa.UniqueConstraint("number", name=op.f("uq_dispositions_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("dispositions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_dispositions_deleted_area_path"), ["deleted", "area_path"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_dispositions_deleted_state_due_on"),
            ["deleted", "state", "due_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_dispositions_deleted_updated_at_id"),
            ["deleted", "updated_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_dispositions_institution"), ["institution"], unique=False
        )

    op.create_table(
        "inspections",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("institution_name", sa.Text(), nullable=True),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column("inspectors", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=True),
        sa.Column("rectify_by", sa.Date(), nullable=True),
        sa.Column("rectified_on", sa.Date(), nullable=True),
        sa.Column("filing", sa.Text(), nullable=True),
        sa.Column("beds", sa.BigInteger(), nullable=True),
        sa.Column("residents", sa.BigInteger(), nullable=True),
        sa.Column("marketing", sa.Text(), nullable=True),
        sa.Column("charging", sa.Text(), nullable=True),
        sa.Column("affiliates", sa.Text(), nullable=True),
        sa.Column("prepaid_service_fee", sa.Float(), nullable=True),
        sa.Column("prepaid_deposit", sa.Float(), nullable=True),
        sa.Column("prepaid_membership", sa.Float(), nullable=True),
        sa.Column("prepaid_people", sa.BigInteger(), nullable=True),
        sa.Column("prepaid_months", sa.Float(), nullable=True),
        sa.Column("monthly_bed_fee", sa.Float(), nullable=True),
        sa.Column("max_deposit", sa.Float(), nullable=True),
        sa.Column("prepaid_use", sa.Text(), nullable=True),
        sa.Column("custody", sa.Boolean(), nullable=True),
        sa.Column("net_fixed_assets", sa.Float(), nullable=True),
        sa.Column("assets_cover_debts", sa.Boolean(), nullable=True),
        sa.Column("stable_operation", sa.Boolean(), nullable=True),
        sa.Column("promised_returns", sa.Boolean(), nullable=True),
        sa.Column("rapid_expansion", sa.Boolean(), nullable=True),
        sa.Column("frequent_changes", sa.Boolean(), nullable=True),
        sa.Column("prosecuted", sa.Boolean(), nullable=True),
        sa.Column("complained", sa.Boolean(), nullable=True),
        sa.Column("blacklisted", sa.Boolean(), nullable=True),
        sa.Column("suspected_crime", sa.Boolean(), nullable=True),
        sa.Column("public_attention", sa.Boolean(), nullable=True),
        sa.Column("residents_interviewed", sa.BigInteger(), nullable=True),
        sa.Column("risk_told", sa.Boolean(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("placement", sa.Text(), nullable=True),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspections")),
        sa.UniqueConstraint("number", name=op.f("uq_inspections_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inspections_deleted_area_path"), ["deleted", "area_path"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_inspections_deleted_round"), ["deleted", "round"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_inspections_deleted_updated_at_id"),
            ["deleted", "updated_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_inspections_institution_inspected_on"),
            ["institution", "inspected_on"],
            unique=False,
        )

    op.create_table(
        "leads",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_number", sa.Text(), nullable=True),
        sa.Column("fraud_type", sa.Text(), nullable=True),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("major", sa.Boolean(), nullable=True),
        sa.Column("institution", sa.Text(), nullable=True),
        sa.Column("institution_name", sa.Text(), nullable=True),
        sa.Column("suspect", sa.Text(), nullable=True),
        sa.Column("amount", sa.Float(), nullable=True),
        sa.Column("people", sa.BigInteger(), nullable=True),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("informant", sa.Text(), nullable=True),
        sa.Column("informant_phone", sa.Text(), nullable=True),
        sa.Column("lead_official", sa.Text(), nullable=True),
        sa.Column("handler", sa.Text(), nullable=True),
        sa.Column("verification_started_on", sa.Date(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("verification", sa.Text(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("police_told_on", sa.Date(), nullable=True),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        sa.UniqueConstraint("number", name=op.f("uq_leads_number")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_leads_deleted_area_path"), ["deleted", "area_path"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_leads_deleted_state_due_on"),
            ["deleted", "state", "due_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_leads_deleted_updated_at_id"),
            ["deleted", "updated_at", "id"],
            unique=False,
        )

    op.create_table(
        "drafts",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form", sa.String(length=120), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_drafts_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "form", name=op.f("pk_drafts")),
    )
    with op.batch_alter_table("institutions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tier_confirmed", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("last_inspected_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("due_label", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("facts_as_of", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("institutions", schema=None) as batch_op:
        batch_op.drop_column("facts_as_of")
        batch_op.drop_column("due_label")
        batch_op.drop_column("due_on")
        batch_op.drop_column("last_inspected_on")
        batch_op.drop_column("tier_confirmed")

    op.drop_table("drafts")
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leads_deleted_updated_at_id"))
        batch_op.drop_index(batch_op.f("ix_leads_deleted_state_due_on"))
        batch_op.drop_index(batch_op.f("ix_leads_deleted_area_path"))

    op.drop_table("leads")
    with op.batch_alter_table("inspections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspections_institution_inspected_on"))
        batch_op.drop_index(batch_op.f("ix_inspections_deleted_updated_at_id"))
        batch_op.drop_index(batch_op.f("ix_inspections_deleted_round"))
        batch_op.drop_index(batch_op.f("ix_inspections_deleted_area_path"))

    op.drop_table("inspections")
    with op.batch_alter_table("dispositions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dispositions_institution"))
        batch_op.drop_index(batch_op.f("ix_dispositions_deleted_updated_at_id"))
        batch_op.drop_index(batch_op.f("ix_dispositions_deleted_state_due_on"))
        batch_op.drop_index(batch_op.f("ix_dispositions_deleted_area_path"))

    op.drop_table("dispositions")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_ledger_record_id"))

    op.drop_table("attachments")
