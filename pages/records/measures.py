"""台账 · 村(社区)考评措施: notices, talks and corrections by a date, until they are closed."""

from __future__ import annotations

from pages._ui.ledger_page import ledger_page

ledger_page(
    "measures",
    shown=(
        "state",
        "kind",
        "area_code",
        "period",
        "points",
        "due_on",
        "due_label",
        "proposed_on",
        "issued_on",
        "correct_by",
        "follow_up",
        "result",
    ),
)
