"""台账 · 处置: what confirmed tiers and leads demand, until it is closed with evidence."""

from __future__ import annotations

from pages._ui.ledger_page import ledger_page

ledger_page(
    "dispositions",
    shown=(
        "state",
        "measure",
        "due_on",
        "due_label",
        "tier",
        "area_code",
        "responsible",
        "lead_official",
        "opened_on",
        "refund_due",
        "refunded",
    ),
)
