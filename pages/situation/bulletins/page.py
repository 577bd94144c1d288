"""态势 · 通报: what was issued, a new one, its next steps, and the paper itself."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.reporting.bulletins import archive
from pages._ui import guard, notices
from pages.situation.bulletins.bulletin_list import answer_html, list_html
from pages.situation.bulletins.bulletin_making import show_making
from pages.situation.bulletins.bulletin_one import show_one
from pages.situation.bulletins.bulletin_paper import style

_LISTED = 100


def show_page(actor: Actor) -> None:
    """One bulletin if the address names one, else all of them."""
    wanted = st.query_params.get("id", "")
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 18:
        show_one(actor, int(wanted))
        return
    entries = archive.listed(guard.store(), actor, limit=_LISTED)
    st.markdown("# 通报")
    notices.show_kept()
    st.html(f'{style()}<p class="paper-facts">{answer_html(entries)}</p>')
    if actor.may(Action.MAKE_BULLETIN):
        show_making(actor)
    if entries:
        st.html(list_html(entries))
    else:
        notices.nothing_here("辖区内还没有通报。", next_step="由镇(街道)经办在本页制作。")


who = guard.visitor(Action.READ_BULLETIN)
try:
    show_page(who.actor)
except LedgerError as error:
    guard.refused(error)
