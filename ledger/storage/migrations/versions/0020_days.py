"""Indexes of the days on which records came and were closed: counted without their ledger"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_index(
        op.f("ix_dispositions_deleted_closed_on_area_path_state_opened_on"),
        "dispositions",
        ["deleted", "closed_on", "area_path", "state", "opened_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dispositions_deleted_opened_on_area_path_state"),
        "dispositions",
        ["deleted", "opened_on", "area_path", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_entities_deleted_registered_on_area_path"),
        "entities",
        ["deleted", "registered_on", "area_path"],
        unique=False,
    )
    op.create_index(
        op.f("ix_inspections_deleted_inspected_on_area_path"),
        "inspections",
        ["deleted", "inspected_on", "area_path"],
        unique=False,
    )
    op.create_index(
        op.f("ix_leads_deleted_closed_on_area_path_state_registered_at"),
        "leads",
        ["deleted", "closed_on", "area_path", "state", "registered_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_leads_deleted_registered_at_area_path_state"),
        "leads",
        ["deleted", "registered_at", "area_path", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_measures_deleted_closed_on_area_path_state_proposed_on"),
        "measures",
        ["deleted", "closed_on", "area_path", "state", "proposed_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_measures_deleted_proposed_on_area_path_state"),
        "measures",
        ["deleted", "proposed_on", "area_path", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_outreach_deleted_held_on_area_path"),
        "outreach",
        ["deleted", "held_on", "area_path"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_outreach_deleted_held_on_area_path"), table_name="outreach")
    op.drop_index(op.f("ix_measures_deleted_proposed_on_area_path_state"), table_name="measures")
    op.drop_index(
        op.f("ix_measures_deleted_closed_on_area_path_state_proposed_on"), table_name="measures"
    )
    op.drop_index(op.f("ix_leads_deleted_registered_at_area_path_state"), table_name="leads")
    op.drop_index(
        op.f("ix_leads_deleted_closed_on_area_path_state_registered_at"), table_name="leads"
    )
    op.drop_index(op.f("ix_inspections_deleted_inspected_on_area_path"), table_name="inspections")
    op.drop_index(op.f("ix_entities_deleted_registered_on_area_path"), table_name="entities")
    op.drop_index(
        op.f("ix_dispositions_deleted_opened_on_area_path_state"), table_name="dispositions"
    )
    op.drop_index(
        op.f("ix_dispositions_deleted_closed_on_area_path_state_opened_on"),
        table_name="dispositions",
    )
