"""The findings of one rule as HTML: each with its facts and the records that say them."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from geo.atlas import Atlas
from ledger.casework.contradictions import Finding
from ledger.casework.coverage import name_of
from ledger.domain.ledgers import LEDGERS
from pages._text import attribute, safe, shortened
from pages._ui import html_table as tables
from pages._ui.html_table import html_table
from pages.records.consistency.finding_tables import PAGE, View


def findings_html(
    found: Sequence[Finding], view: View, atlas: Atlas, *, may_settle: bool
) -> Markup:
    """The findings of one rule: the record, where it lies, what it says, and what to do."""
    heads = ["编号", "名称", "区域", "情况", *(["核对结果"] if view.settled else [])]
    rows = [_finding_row(one, view, atlas, may_settle) for one in found]
    return html_table([*heads, *([""] if may_settle else [])], rows, frame=PAGE)


def _finding_row(one: Finding, view: View, atlas: Atlas, may_settle: bool) -> tables.Row:
    cells: list[object] = [
        tables.Cell(record_link(one.rule.ledger, one.record_id, one.number), look="number"),
        shortened(one.title, 40),
        name_of(atlas, one.area_code),
        facts_html(one),
    ]
    if view.settled:
        kept = one.settled
        cells.append(f"{kept.reason}（{kept.on}，{kept.by}）" if kept else "")
    if may_settle:
        address = attribute(view.address(record=str(one.record_id)))
        word = "撤回" if view.settled else "核对"
        cells.append(Markup('<a href="{}" target="_self">{}</a>').format(address, word))
    return tables.Row(cells, look="chosen" if one.record_id == view.record else "")


def facts_html(one: Finding) -> Markup:
    """What a record says, and the records of other ledgers beside it, each a link."""
    parts = [safe(one.said)] if one.said else []
    for beside in one.naming:
        link = record_link(beside.ledger, beside.record_id, beside.number)
        said = f"（{beside.said}）" if beside.said else ""
        parts.append(safe(LEDGERS[beside.ledger].label) + link + safe(said))
    return Markup("；").join(parts)


def record_link(ledger: str, record_id: int, number: str) -> Markup:
    """A record's 编号 as the link to it."""
    return Markup('<a href="{}?record={}" target="_self">{}</a>').format(
        ledger, int(record_id), safe(number)
    )
