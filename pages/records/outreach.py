"""台账 · 宣传活动: what was held where, and how many people it reached."""

from __future__ import annotations

from pages._ui.ledger_page import ledger_page

ledger_page(
    "outreach",
    shown=(
        "held_on",
        "stage",
        "kind",
        "area_code",
        "people_reached",
        "elders_reached",
        "materials",
        "organiser",
    ),
)
