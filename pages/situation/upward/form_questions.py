"""上级报表: what is open is asked once, with proposals; the answers are kept for the form."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Actor
from ledger.reporting.forms.filled import OpenCell
from ledger.reporting.forms.filling import FilledForm
from ledger.reporting.forms.form_answers import FormAnswers
from ledger.reporting.forms.kept_forms import KeptForm, answer_form
from ledger.reporting.forms.siblings import Question, nearest_sibling
from ledger.reporting.forms.source_sheet import alike, places_of
from pages._text import plain
from pages._ui import guard, notices
from pages._ui.html_table import html_table
from pages.situation.upward.asking import Asking
from pages.situation.upward.read_beside import beside

_ASKED = ("stock", "headers", "fields", "list", "areas", "record")


def show_questions(actor: Actor, kept: KeptForm, filled: FilledForm) -> None:
    """The open words with what they may be, and below them what cannot be asked."""
    asked: dict[Question, list[OpenCell]] = {}
    for one in filled.open:
        if one.about in _ASKED and one.asks:
            word = "" if one.about == "stock" else one.asks  # one answer for all of them
            asked.setdefault((one.about, word), []).append(one)
    if asked:
        proposed = _proposed(actor, kept, asked)
        with st.form(f"forms-answers-{kept.id}"):
            st.subheader(f"有 {len(asked)} 处请您选定", anchor=False)
            if proposed is not None:
                st.caption(plain(proposed[0]))
            asking = Asking(actor, kept, proposed[1] if proposed else FormAnswers())
            answers = kept.answers
            for (about, word), cells in asked.items():
                answers = asking.ask(answers, about, word, cells)
            if st.form_submit_button("记住并重新填", type="primary"):
                answer_form(guard.store(), actor, kept.id, answers)
                notices.keep("已记住，下次填这张表不再问。")
                st.rerun()
    rest = [one for one in filled.open if not (one.about in _ASKED and one.asks)]
    if rest:
        with st.expander(f"没有填的 {len(rest)} 处和原因", expanded=not asked):
            rows = [(places_of(some), some[0].header, some[0].message) for some in alike(rest)]
            st.html(html_table(("单元格", "表头", "原因"), rows, frame="forms-list"))
    if kept.answers != FormAnswers() and st.button(
        "重新对照（忘记以前的选定）", type="tertiary", key=f"forms-again-{kept.id}"
    ):
        answer_form(guard.store(), actor, kept.id, FormAnswers())
        st.rerun()


def _proposed(
    actor: Actor, kept: KeptForm, asked: dict[Question, list[OpenCell]]
) -> tuple[str, FormAnswers] | None:
    """What the form most like this one was told, and the words that say so."""
    if kept.answers != FormAnswers():
        return None
    with beside("正在找相近的报表…") as through:
        found = nearest_sibling(guard.store(), actor, kept.id, list(asked), through=through)
    if found is None:
        return None
    return f"与“{found.name}”几乎一样，已照那张表的选定先选好，请核对。", found.answers
