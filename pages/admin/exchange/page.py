"""导入导出: a file comes in by four steps, nothing is written before the last; ledgers go out."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.ledgers import LEDGERS
from ledger.operations import apart
from pages._ui import guard, import_work, notices
from pages.admin.exchange import (
    export_section,
    import_cells,
    import_check,
    import_columns,
    import_file,
    import_list,
    import_run,
    import_steps,
    import_take,
)
from pages.admin.exchange.import_session import begin, lost, wizard

who = guard.visitor(Action.EXPORT)
store, actor = guard.store(), who.actor
OPEN = {
    key: ledger
    for key, ledger in LEDGERS.items()
    if ledger.geometry != "polygon" and actor.may(Action.EXPORT, key)
}
STEPS = {
    "file": import_file.show,
    "columns": import_columns.show,
    "check": import_check.show,
    "take": import_take.show,
}


def import_section(ledger_key: str) -> None:
    """Where the visitor is among the steps, and that step."""
    gone = lost()
    kept = wizard(ledger_key)
    if gone:
        kept.say("warning", gone)
    page = import_run.Import(store, actor, OPEN[ledger_key], kept)
    import_cells.absorb(kept)
    under_way = import_run.collect(kept)
    import_steps.show_steps(kept.step)
    import_steps.show_said(kept)
    if under_way and kept.work is not None:
        import_work.show(kept.work)
        return
    STEPS[kept.step](page)
    if kept.step in ("columns", "check") and st.button(
        "放弃这次导入", icon=":material/close:", type="tertiary", key="import-drop"
    ):
        begin(ledger_key)
        st.rerun()


st.title("导入导出", anchor=False)
notices.show_kept()
chosen = st.selectbox(
    "台账", list(OPEN), format_func=lambda key: OPEN[key].label, key="exchange-ledger"
)
if actor.may(Action.IMPORT, chosen):
    apart.warm()
    st.header("导入", anchor=False)
    import_section(chosen)
    import_list.show(store, actor, OPEN[chosen])
st.header("导出", anchor=False)
export_section.show(OPEN[chosen], actor)
