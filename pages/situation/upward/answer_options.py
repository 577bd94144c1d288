"""上级报表: what the answer to a question about a form can be."""

from __future__ import annotations

from ledger.domain.ledgers import LEDGERS, ledger_named
from ledger.reporting.forms.filled import OpenCell
from ledger.reporting.forms.form_answers import LEAVE
from ledger.reporting.forms.form_words import form_words
from pages._ui import guard


def options_of(about: str, cell: OpenCell) -> dict[str, str]:
    """Proposals first, then 留空, then everything else that it can be: key → label."""
    found = dict(cell.proposals)
    if about == "list":
        return found
    found[LEAVE] = "留空，不填这一列"
    if about == "headers":
        counts = form_words(guard.store()).counts
        for key, count in counts.items():
            label = f"{count.label}（{ledger_named(count.ledger).label}）"
            found.setdefault(key, label)
        return found
    for ledger in LEDGERS.values():
        if ledger.key == "areas":
            continue
        for column in ledger.columns:
            found.setdefault(f"{ledger.key}.{column.key}", f"{ledger.label}：{column.label}")
    return found
