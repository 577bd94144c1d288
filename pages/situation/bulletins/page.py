"""态势 · 通报: what was issued, a new one, its next steps, and the paper itself."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.records.person_names import person_names
from ledger.reporting.bulletins import archive
from pages._ui import guard, notices
from pages.situation.bulletins.bulletin_list import answer_html, list_html
from pages.situation.bulletins.bulletin_making import show_making
from pages.situation.bulletins.bulletin_one import show_one
from pages.situation.bulletins.bulletin_paper import style

_LISTED = 100
_HOW = (
    "通报由镇(街道)经办在本页“制作通报”里制作：选种类、截止日期和范围，填写下一步工作后签发。"
    "签发后在这里查看、下载。"
)


def show_page(actor: Actor) -> None:
    """One bulletin if the address names one, else all of them."""
    wanted = _number("id")
    if wanted is not None:
        show_one(actor, wanted, _number("rows"))
        return
    entries = archive.listed(guard.store(), actor, limit=_LISTED)
    st.markdown("# 通报")
    notices.show_kept()
    st.html(f'{style()}<p class="paper-facts">{answer_html(entries)}</p>')
    if actor.may(Action.MAKE_BULLETIN):
        show_making(actor)
    else:
        st.caption(_HOW)
    if entries:
        people = [who for one in entries for who in (one.made_by, one.issued_by)]
        st.html(list_html(entries, person_names(guard.store(), people)))
    else:
        notices.nothing_here("辖区内还没有通报。", next_step=_HOW)


def _number(name: str) -> int | None:
    """A number that the address says; None for anything else."""
    text = st.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


who = guard.visitor(Action.READ_BULLETIN)
try:
    show_page(who.actor)
except LedgerError as error:
    guard.refused(error)
