"""台账 · 排查走访: every visit, what was seen, and what has to be put right by when."""

from __future__ import annotations

from pages._ui.ledger_page import ledger_page

ledger_page(
    "inspections",
    shown=(
        "inspected_on",
        "round",
        "result",
        "findings",
        "rectify_by",
        "rectified_on",
        "due_on",
        "inspectors",
        "area_code",
        "institution",
    ),
)
