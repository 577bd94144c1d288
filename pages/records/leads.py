"""台账 · 线索: every lead from its registration to the archive."""

from __future__ import annotations

from pages._ui.ledger_page import ledger_page

ledger_page(
    "leads",
    shown=(
        "state",
        "due_on",
        "due_label",
        "registered_at",
        "source",
        "fraud_type",
        "major",
        "institution_name",
        "area_code",
        "handler",
        "finding",
    ),
)
