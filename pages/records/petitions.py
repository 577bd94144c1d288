"""台账 · 信访事项: matters under the legal clock, by matter and place, never by person."""

from __future__ import annotations

from pages._ui.ledger_page import ledger_page

ledger_page(
    "petitions",
    shown=(
        "state",
        "due_on",
        "due_label",
        "legal_due_on",
        "registered_on",
        "channel",
        "field",
        "repeat",
        "people",
        "elder_care",
        "area_code",
        "responsible_unit",
    ),
)
