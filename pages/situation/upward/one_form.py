"""上级报表: one form filled: what came of it, what is open, the form itself, what was sent."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from ledger.domain.access import Actor
from ledger.domain.small_counts import HIDDEN, LEAST
from ledger.reporting.forms.filling import FilledForm
from ledger.reporting.forms.kept_forms import forget_form, kept_form
from ledger.reporting.forms.sent_forms import mark_sent
from pages._text import attribute, markup, plain, safe
from pages._ui import guard, notices
from pages.situation.upward.form_preview import preview_html
from pages.situation.upward.form_questions import show_questions
from pages.situation.upward.form_terms import asked_terms
from pages.situation.upward.sent_list import show_sent
from pages.situation.upward.shown_form import SEND, ShownForm, Terms, shown_form


def show_form(actor: Actor, form_id: int) -> None:
    """One kept form, filled as the ledgers stand."""
    kept = kept_form(guard.store(), actor, form_id)
    st.title(plain(kept.name), anchor=False)
    st.html('<a class="forms-back" href="forms" target="_self">返回上级报表</a>')
    notices.show_kept()
    area, period, replace = asked_terms(actor, kept)
    shown = shown_form(actor, kept, Terms(area, period, replace))
    filled = shown.filled
    st.html(_answer_html(filled))
    _show_ways_out(actor, form_id, shown)
    show_questions(actor, kept, filled)
    st.header("填好的样子", anchor=False)
    st.caption("点一格打开它所数的记录；灰底的是表上原有的公式，用 Excel 打开时算出。")
    for at in range(len(filled.form.grids)):
        st.html(preview_html(filled, at))
    show_sent(actor, form_id, filled)
    if kept.own and st.button("忘记这张报表", type="tertiary", key="forms-forget"):
        forget_form(guard.store(), actor, form_id)
        notices.keep("已忘记这张报表和它的报送记录。")
        st.query_params.clear()
        st.rerun()


def _answer_html(filled: FilledForm) -> Markup:
    said = markup(
        '<p class="forms-said"><b>填了 {} 格</b>，{} 处没有填（{}，{}）。</p>',
        len(filled.cells),
        len(filled.open),
        safe(filled.area),
        safe(filled.when),
    )
    notes = Markup().join(markup("<li>{}</li>", safe(one)) for one in filled.notes)
    return said + (markup('<ul class="forms-notes">{}</ul>', notes) if notes else Markup())


def _show_ways_out(actor: Actor, form_id: int, shown: ShownForm) -> None:
    terms = shown.terms
    query = {
        "area": terms.area or "",
        "period": terms.period,
        "replace": "1" if terms.replace else "",
    }
    given = urlencode({key: value for key, value in query.items() if value})
    address = f"/forms/{form_id}/filled" + (f"?{given}" if given else "")
    left, right = st.columns([1, 1])
    with left:
        st.html(
            f'<a class="forms-download" href="{attribute(address)}" target="_blank" '
            f'rel="noopener">下载填好的表（.{shown.filled.suffix}，附数据来源）</a>'
        )
        st.caption(f"用于报送：各区域的信访、线索少于{LEAST}件的写“{HIDDEN}”。")
    with right:
        if not st.button("记为已报送", icon=":material/send:", key=SEND):
            return
        if shown.unseen:
            st.warning("区域或统计期刚改过，请先核对新填的数，再记为已报送。")
            return
        with shown.written():
            mark_sent(guard.store(), actor, form_id, shown.filled)
        notices.keep("已记下这次报送；台账以后变了，会在下面列出哪些数不同。")
        st.rerun()
