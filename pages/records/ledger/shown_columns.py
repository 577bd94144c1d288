"""Which columns the table of a ledger shows, in which order: chosen here, or drawn in the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from ledger.domain.columns import OVERDUE_DAYS, Ledger
from ledger.people.own_columns import columns_of, keep_columns
from ledger.records.due import DAYS_LABEL
from pages._views.filters_in_words import SYSTEM_LABELS
from pages.records.ledger.session import Desk


def column_labels(ledger: Ledger) -> dict[str, str]:
    """What a table can show of a ledger: the key of each column → its label."""
    labels = {column.key: column.label for column in ledger.columns}
    if "due_on" in labels:
        labels[OVERDUE_DAYS] = DAYS_LABEL
    return {**labels, **SYSTEM_LABELS}


def column_chooser(desk: Desk, default: Sequence[str], pinned: Sequence[str]) -> list[str]:
    """Which columns the table shows, remembered for whoever chose them; the pinned ones always."""
    labels, memory, widget = column_labels(desk.ledger), desk.memory, f"columns-{desk.ledger.key}"
    offered = [key for key in labels if key not in pinned]
    before, memory.own = memory.own, columns_of(desk.store, desk.actor, desk.ledger.key)
    drawn = before is not None and before.shown != memory.own.shown
    if before is None or drawn:
        memory.columns = tuple(default) if memory.own.shown is None else memory.own.shown
    kept = [key for key in memory.columns if key in offered]
    if drawn or widget not in st.session_state:
        st.session_state[widget] = kept
    if drawn and memory.sheet is not None:  # as the visitor's browser shows it already
        memory.sheet = replace(memory.sheet, asked=(*pinned, *kept))

    def keep() -> None:
        memory.columns = tuple(st.session_state[widget])
        keep_columns(desk.store, desk.actor, desk.ledger.key, shown=memory.columns)
        memory.own = columns_of(desk.store, desk.actor, desk.ledger.key)

    with st.popover("显示列", icon=":material/view_column:", key="columns-popover"):
        chosen = st.multiselect(
            "表中显示哪些列，按所选的先后排列，下次打开还是这样(编号、名称等前几列始终显示并固定在左侧)；"
            "也可以在表头上拖动改列宽和先后",
            offered,
            format_func=labels.__getitem__,
            placeholder="选择列",
            key=widget,
            on_change=keep,
            persist_state="session",
        )
    return [*pinned, *chosen]
