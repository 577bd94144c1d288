"""导入, step 3: findings by kind; they are corrected in place, checked again, or sent back."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from ledger.exchange.importing.checked import Checked
from ledger.records import historical
from pages._text import plain
from pages.admin.exchange.finding_kinds import choose_kind, counts_of, show_summary, show_table
from pages.admin.exchange.import_cells import EDITABLE, show_editable
from pages.admin.exchange.import_conflicts import show_conflicts
from pages.admin.exchange.import_duplicates import show_duplicates
from pages.admin.exchange.import_run import Import, start_check
from pages.admin.exchange.import_session import leave_mark
from pages.admin.exchange.import_ways import show_ways

_PAST = {False: "正在办理的", True: "历史数据"}


def show(page: Import) -> None:
    """What would become of the file, what stands in the way, and the ways on."""
    wizard = page.wizard
    checked = wizard.checked
    if checked is None:
        wizard.step = "file"
        st.rerun()
    leave_mark("open")
    show_summary(wizard, checked)
    _ask_history(page, checked)
    counts = counts_of(checked)
    if counts:
        kind = choose_kind(wizard, counts)
        if kind in EDITABLE:
            show_editable(page, checked, kind)
        elif kind == "conflict":
            show_conflicts(page, checked)
        elif kind == "duplicate":
            show_duplicates(page, checked)
        else:
            show_table(checked, [f for f in checked.findings.kept if f.kind == kind], counts[kind])
    else:
        st.success("没有发现问题，可以导入。", icon=":material/check:")
    if checked.ignored:
        st.caption(f"没有用到的列：{plain('、'.join(checked.ignored[:30]), 600)}")
    show_ways(page, checked)


def _ask_history(page: Import, checked: Checked) -> None:
    """Whether the new cases are cases of the past; another answer is another check."""
    wizard = page.wizard
    if historical.KEY not in page.ledger.by_key or not checked.new or wizard.mapping is None:
        return
    answer = st.segmented_control(
        "这些新增的记录是",
        list(_PAST),
        format_func=_PAST.__getitem__,
        default=checked.is_history,
        key=f"import-history-{wizard.generation}",
        required=True,
        help="历史数据不产生期限提醒、待办和考评；办理一步以后，按正在办理的对待",
    )
    if answer is not None and answer is not checked.is_history:
        wizard.mapping = replace(wizard.mapping, history="yes" if answer else "no")
        start_check(page)
