"""导入, step 3: conflicts of a returned workbook, cell by cell."""

from __future__ import annotations

import streamlit as st

from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.comparison_choices import Side, shown
from ledger.exchange.importing.row_comparison import Cell, Row
from pages._text import clip, safe
from pages._ui.html_table import html_table
from pages.admin.exchange.import_choices import all_at_once, ask, key_of, part, place_of
from pages.admin.exchange.import_run import Import

_SIDES: dict[Side, str] = {"file": "用文件中的", "ledger": "保留台账现在的"}


def show_conflicts(page: Import, checked: Checked) -> None:
    """Each cell that both sides changed: as exported, now, in the file; whose counts."""
    wizard, ledger = page.wizard, page.ledger
    if checked.comparison is None:
        return
    found = checked.comparison.conflicts
    open_ = sum((row.row, cell.key) not in wizard.cells for row, cell in found)
    st.markdown(
        f"导出之后，文件和台账都改了这 {len(found)} 格，改得不一样。请逐格选定用哪个；"
        f"还有 **{open_}** 格没有选定。"
    )
    cells = [(row.row, cell.key) for row, cell in found]
    all_at_once(wizard, "conflict", {side: f"全部{words}" for side, words in _SIDES.items()}, cells)
    for row, cell in part(found, "conflict"):
        at = (row.row, cell.key)
        with st.container(border=True):
            name = str((row.current or {}).get(ledger.title) or "")
            where = place_of(checked, row.row)
            st.html(_sides_table(ledger.label_of(cell.key), where, row, name, cell, page))
            ask(key_of(wizard, "conflict", at), _SIDES, wizard.cells, at)


def _sides_table(label: str, where: str, row: Row, name: str, cell: Cell, page: Import) -> str:
    words = [shown(page.ledger, cell.key, v) for v in (cell.exported, cell.now, cell.file)]
    table = html_table(("导出时", "台账现在", "文件中"), [[clip(text, 200) for text in words]])
    title = f"{where}　{row.number}　{name}　{label}"
    return f'<div class="import-table"><b>{safe(title)}</b>{table}</div>'
