"""态势 · 上级报表: blank forms of higher offices, filled from the ledgers in their own layout."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.operations import apart
from pages._ui import guard, notices
from pages._ui.stylesheet import stylesheet
from pages.situation.upward.form_list import show_forms
from pages.situation.upward.one_form import show_form

STYLE = Path(__file__).with_name("upward.css")


def show_page(actor: Actor) -> None:
    """One form if the address names one, else all that are kept and the way to bring another."""
    st.html(stylesheet(STYLE))
    apart.warm()
    wanted = st.query_params.get("form", "")
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 18:
        show_form(actor, int(wanted))
        return
    st.title("上级报表", anchor=False)
    notices.show_kept()
    show_forms(actor)


who = guard.visitor(Action.EXPORT)
try:
    show_page(who.actor)
except LedgerError as error:
    guard.refused(error)
    if st.button("返回上级报表", icon=":material/arrow_back:", key="forms-back"):
        st.query_params.clear()
        st.rerun()
