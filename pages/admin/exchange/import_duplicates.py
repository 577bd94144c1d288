"""导入, step 3: new rows that are probably there already, row by row."""

from __future__ import annotations

import streamlit as st

from ledger.exchange.importing.checked import Checked
from pages._text import clip, plain
from pages._ui.html_table import html_table
from pages.admin.exchange.import_choices import all_at_once, ask, key_of, part, place_of
from pages.admin.exchange.import_run import Import
from pages.admin.exchange.import_state import Wizard

_ANSWERS = {False: "不导入", True: "仍然新增"}


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
    all_at_once(wizard, "twin", {no: f"全部{words}" for no, words in _ANSWERS.items()}, rows)
    for row in part(rows, "twin"):
        like = checked.likely[row]
        with st.container(border=True):
            st.markdown(
                f"{place_of(checked, row)} **{plain(checked.names.get(row, ''))}**：可能与"
                f"{plain(like.what)}重复({plain(like.why)})"
            )
            ask(key_of(wizard, "twin", row), _ANSWERS, wizard.new, row)
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
    if changes and st.button("更新这一条", key=key_of(wizard, "update", row)):
        wizard.typed[place] = number
        wizard.new.pop(row, None)
        st.rerun()
