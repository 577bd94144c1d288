"""导入, step 3: conflicts of a returned workbook cell by cell, and likely duplicates row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.comparison_choices import Side, shown
from ledger.exchange.importing.row_comparison import Cell, Row
from pages._text import clip, plain, safe
from pages._ui.html_table import html_table
from pages.admin.exchange.import_run import Import
from pages.admin.exchange.import_state import Wizard

_AT_ONCE = 20
_SIDES: dict[Side, str] = {"file": "用文件中的", "ledger": "保留台账现在的"}
_ANSWERS = {False: "不导入", True: "仍然新增"}


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
    _all_at_once(
        wizard, "conflict", {side: f"全部{words}" for side, words in _SIDES.items()}, cells
    )
    for row, cell in _part(found, "conflict"):
        at = (row.row, cell.key)
        with st.container(border=True):
            name = str((row.current or {}).get(ledger.title) or "")
            where = _place(checked, row.row)
            st.html(_sides_table(ledger.label_of(cell.key), where, row, name, cell, page))
            _ask(_key(wizard, "conflict", at), _SIDES, wizard.cells, at)


def show_duplicates(page: Import, checked: Checked) -> None:
    """Each new row that is probably there already: to be added nevertheless, or not."""
    wizard = page.wizard
    rows = [row for row in checked.likely if row in checked.new]
    open_ = sum(row not in wizard.new for row in rows)
    st.markdown(
        f"这 {len(rows)} 行像是台账里已有的(或文件中前面的)，请逐行选定；"
        f"还有 **{open_}** 行没有选定。"
        "是同一条又要更新它时，按“更新这一条”，再按“按修改重新检查”。"
    )
    _all_at_once(wizard, "twin", {no: f"全部{words}" for no, words in _ANSWERS.items()}, rows)
    for row in _part(rows, "twin"):
        like = checked.likely[row]
        with st.container(border=True):
            st.markdown(
                f"{_place(checked, row)} **{plain(checked.names.get(row, ''))}**：可能与"
                f"{plain(like.what)}重复({plain(like.why)})"
            )
            _ask(_key(wizard, "twin", row), _ANSWERS, wizard.new, row)
            if checked.comparison is None and like.number:
                _offer_update(wizard, checked, row)


def _offer_update(wizard: Wizard, checked: Checked, row: int) -> None:
    """更新这一条, with what would change: the row gets the record's 编号 at the next check."""
    changes = checked.twins.get(row, ())
    number, place = checked.likely[row].number, (row, "number")
    if wizard.typed.get(place) == number:
        st.caption(f"将更新 {plain(number)}，请按“按修改重新检查”。")
        return
    if changes:
        lines = [[clip(text, 120) for text in change] for change in changes]
        table = html_table(("列", "台账现在", "文件中"), lines)
        st.html(f'<div class="import-table">{table}</div>')
    else:
        st.caption("文件中没有与它不同的内容。")
    if changes and st.button("更新这一条", key=_key(wizard, "update", row)):
        wizard.typed[place] = number
        wizard.new.pop(row, None)
        st.rerun()


def _sides_table(label: str, where: str, row: Row, name: str, cell: Cell, page: Import) -> str:
    words = [shown(page.ledger, cell.key, v) for v in (cell.exported, cell.now, cell.file)]
    table = html_table(("导出时", "台账现在", "文件中"), [[clip(text, 200) for text in words]])
    title = f"{where}　{row.number}　{name}　{label}"
    return f'<div class="import-table"><b>{safe(title)}</b>{table}</div>'


def _place(checked: Checked, row: int) -> str:
    return checked.place(row) if checked.origins else f"第 {row} 行"


def _key(wizard: Wizard, what: str, at: object) -> str:
    return f"import-{what}-{wizard.batch}-{at}"


def _ask(key: str, words: Mapping[Any, str], answers: dict[Any, Any], at: Any) -> None:
    """One choice, kept before the page runs, so that the numbers above it know it."""
    if key not in st.session_state:
        st.session_state[key] = answers.get(at)

    def keep() -> None:
        answers[at] = st.session_state[key]

    st.radio(
        "选定",
        list(words),
        index=None,
        format_func=words.__getitem__,
        key=key,
        on_change=keep,
        horizontal=True,
        label_visibility="collapsed",
    )


def _all_at_once(wizard: Wizard, what: str, answers: dict[Any, str], places: Sequence[Any]) -> None:
    """One press for all of them."""
    kept: dict[Any, Any] = wizard.cells if what == "conflict" else wizard.new

    def choose(answer: Any) -> None:
        for at in places:
            kept[at] = answer
            st.session_state[_key(wizard, what, at)] = answer

    if len(places) < 2:
        return
    with st.container(horizontal=True):
        for answer, words in answers.items():
            st.button(words, key=f"import-all-{what}-{answer}", on_click=choose, args=(answer,))


def _part(items: Sequence[Any], what: str) -> Sequence[Any]:
    """A few at a time."""
    pages = -(-len(items) // _AT_ONCE)
    if pages < 2:
        return items
    number = st.number_input(
        f"第几页(共 {pages} 页，每页 {_AT_ONCE} 项)", 1, pages, key=f"import-page-{what}"
    )
    start = (int(number) - 1) * _AT_ONCE
    return items[start : start + _AT_ONCE]
