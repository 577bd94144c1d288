"""导入, step 2: which column of the file is which of the ledger, to be corrected and remembered."""

from __future__ import annotations

import streamlit as st

from ledger.exchange.importing.first_look import AREA, Arrival
from pages._text import plain
from pages.admin.exchange.column_choice import choose, needs_a_look, say_what_follows
from pages.admin.exchange.columns_settled import go_on
from pages.admin.exchange.import_run import Import
from pages.admin.exchange.import_state import Wizard
from pages.admin.exchange.import_system import ask_system
from pages.admin.exchange.mapping_file import show_mapping_file
from pages.admin.exchange.own_words_box import show_own_words

_MOST = 120


def show(page: Import) -> None:
    """The columns, those that need a look first; then on to the check."""
    wizard, ledger = page.wizard, page.ledger
    arrival = wizard.arrival
    if arrival is None:
        wizard.step = "file"
        st.rerun()
    if arrival.problem:
        st.warning(
            f"有的列分不清：{plain(arrival.problem, 400)} 也可以在下面直接选定。",
            icon=":material/help:",
        )
    if arrival.remembered is not None:
        st.info(
            f"这种表格以前对应过，用的是记住的“{plain(arrival.remembered.name)}”。",
            icon=":material/history:",
        )
    columns = [column for column in arrival.columns if column.extra is None][:_MOST]
    look_at = [c for c in columns if needs_a_look(c)]
    sure = [column for column in columns if column not in look_at]
    if look_at:
        st.subheader(f"请看这 {len(look_at)} 列", anchor=False)
        st.caption("没有对上的列不会导入；要导入的，选它在台账里叫什么。")
        choose(wizard, ledger, look_at)
    with st.expander(f"其余 {len(sure)} 列已对好(可更改)", expanded=not look_at):
        choose(wizard, ledger, sure)
    say_what_follows(wizard, ledger, arrival)
    known_area = _ask_area(wizard, arrival)
    known_system = ask_system(wizard)
    go_on(page, arrival, known_area and known_system)
    show_own_words(page)
    show_mapping_file(page, arrival)


def _ask_area(wizard: Wizard, arrival: Arrival) -> bool:
    """Where no column names an area but something around the table does: whether it is meant."""
    said = arrival.said
    if said is None or AREA in wizard.chosen.values():
        wizard.area = None
        return True
    answers = {said.code: f"全部归入{said.name}", "": "不归入，逐条核对"}
    chosen = st.radio(
        f"{said.where}写的是“{plain(said.name)}”，表中没有所属区域一列。各行是否都归入那里？",
        list(answers),
        format_func=answers.__getitem__,
        index=None,
        key=f"import-area-said-{wizard.generation}",
        horizontal=True,
    )
    wizard.area = chosen
    return chosen is not None
