"""台账 · 养老服务机构: find, correct, add, delete and download institutions."""

from __future__ import annotations

from pages._ui.ledger_page import ledger_page

ledger_page(
    "institutions",
    shown=(
        "kind",
        "filing",
        "area_code",
        "beds",
        "residents",
        "prepaid_use",
        "assets_cover_debts",
        "suspected_crime",
        "address",
        "updated_at",
    ),
)
