"""导入, step 2: the way on, with what is remembered of the columns for the next file."""

from __future__ import annotations

import streamlit as st

from ledger.domain.errors import LedgerError
from ledger.exchange.importing.first_look import BOTH, Arrival, SourceColumn
from ledger.exchange.reading.own_words import add_word
from ledger.exchange.reading.remembered import remember
from pages._text import plain
from pages._ui import guard
from pages.admin.exchange.import_run import Import, start_check
from pages.admin.exchange.import_state import Wizard
from pages.admin.exchange.mapping_file import settled

_LONGEST_WORD = 40


def go_on(page: Import, arrival: Arrival, known_system: bool) -> None:
    """Back, or on to the check; a name keeps the mapping, a tick the words."""
    wizard = page.wizard
    kept = arrival.remembered.name if arrival.remembered else ""
    name = st.text_input(
        "给这种表格起个名字，下次自动照此对应(可不填)",
        value=kept,
        max_chars=40,
        placeholder="例如：某某村民政月报",
        key=f"import-name-{wizard.generation}",
        autocomplete="off",
    )
    new = _newly_named(wizard, arrival)
    named = "、".join(f"“{_leaf(column.name)}”" for column in new[:6])
    teach = bool(new) and st.checkbox(
        f"把 {plain(named)} 记为常用的列名，以后各种表格都认",
        key=f"import-teach-{wizard.generation}",
    )
    with st.container(horizontal=True, key="import-ways"):
        if st.button("上一步", icon=":material/arrow_back:", key="import-back"):
            wizard.step = "file"
            st.rerun()
        forward = st.button(
            "下一步：检查", type="primary", key="import-next", disabled=not known_system
        )
    if not forward:
        return
    try:
        mapping = settled(wizard, page.ledger, arrival)
        if name.strip():
            # The next file of this kind may be another village's.
            everywhere = settled(wizard, page.ledger, arrival, everywhere=True)
            remember(page.store, page.actor, page.ledger, arrival.fingerprint, name, everywhere)
        for column in new if teach else ():
            key = str(wizard.chosen[column.position])
            add_word(page.store, page.actor, page.ledger, key, _leaf(column.name))
    except LedgerError as error:
        guard.refused(error)
        return
    wizard.mapping = mapping
    start_check(page)


def _newly_named(wizard: Wizard, arrival: Arrival) -> list[SourceColumn]:
    """The columns that were not recognised by their names and that somebody chose a key for."""
    keys = [key for key in wizard.chosen.values() if key]
    return [
        column
        for column in arrival.columns
        if column.key is None
        and (key := wizard.chosen.get(column.position)) not in (None, BOTH)
        and keys.count(key) == 1
        and 0 < len(_leaf(column.name)) <= _LONGEST_WORD
    ]


def _leaf(name: str) -> str:
    """A column's own name, without that of its group."""
    return name.rpartition("/")[2].strip()
