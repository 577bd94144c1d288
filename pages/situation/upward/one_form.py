"""上级报表: one form filled: what came of it, what is open, the form itself, what was sent."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from ledger.domain.access import Actor
from ledger.domain.small_counts import HIDDEN, LEAST
from ledger.domain.timing import clock
from ledger.records.person_names import person_names
from ledger.reporting.forms.filling import FilledForm
from ledger.reporting.forms.kept_forms import KeptForm, fill_kept, forget_form, kept_form
from ledger.reporting.forms.sent_forms import changed_since, mark_sent, sent_of
from pages._text import attribute, markup, plain, safe
from pages._ui import guard, notices
from pages._ui.area_picker import choose_area
from pages._ui.html_table import html_table
from pages.situation.upward.form_preview import preview_html
from pages.situation.upward.form_questions import show_questions

_PERIODS = {
    "": "按表上写的",
    "本周": "本周",
    "上周": "上周",
    "本月": "本月",
    "上月": "上月",
    "本季度": "本季度",
    "本年": "本年",
    "own": "自己填",
}
_MOST_CHANGES = 50


def show_form(actor: Actor, form_id: int) -> None:
    """One kept form, filled as the ledgers stand."""
    kept = kept_form(guard.store(), actor, form_id)
    st.title(plain(kept.name), anchor=False)
    st.html('<a class="forms-back" href="forms" target="_self">返回上级报表</a>')
    notices.show_kept()
    area, period, replace = _asked(actor, kept)
    with st.spinner("正在从台账填数…"):
        filled = fill_kept(
            guard.store(), actor, form_id, scope_code=area, period=period, overwrite=replace
        )
    st.html(_answer_html(filled))
    _show_ways_out(actor, form_id, filled, area, period, replace=replace)
    show_questions(actor, kept, filled)
    st.header("填好的样子", anchor=False)
    st.caption("点一格打开它所数的记录；灰底的是表上原有的公式，用 Excel 打开时算出。")
    for at in range(len(filled.form.grids)):
        st.html(preview_html(filled, at))
    _show_sent(actor, form_id, filled)
    if kept.own and st.button("忘记这张报表", type="tertiary", key="forms-forget"):
        forget_form(guard.store(), actor, form_id)
        notices.keep("已忘记这张报表和它的报送记录。")
        st.query_params.clear()
        st.rerun()


def _asked(actor: Actor, kept: KeptForm) -> tuple[str | None, str, bool]:
    """Area, period, and whether old numbers are replaced."""
    with st.expander("填哪里、填哪一期", icon=":material/tune:"):
        st.caption("区域：表上写了填报单位的按表上写的；要另填一处时一级一级往下选。")
        other = st.checkbox("另选区域", key=f"forms-other-{kept.id}")
        area = choose_area(guard.atlas(), actor, f"forms-area-{kept.id}") if other else None
        chosen = st.selectbox(
            "统计期",
            list(_PERIODS),
            format_func=_PERIODS.__getitem__,
            key=f"forms-period-{kept.id}",
        )
        own = ""
        if chosen == "own":
            own = st.text_input(
                "统计期（如 2026-11、2026-W48、2026Q4、2026-11-23_2026-11-29）",
                key=f"forms-own-{kept.id}",
            )
        replace = st.checkbox("原来填着别的数的，换成台账的数", key=f"forms-replace-{kept.id}")
    return area, own if chosen == "own" else str(chosen), replace


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


def _show_ways_out(
    actor: Actor, form_id: int, filled: FilledForm, area: str | None, period: str, *, replace: bool
) -> None:
    query = {"area": area or "", "period": period, "replace": "1" if replace else ""}
    given = urlencode({key: value for key, value in query.items() if value})
    address = f"/forms/{form_id}/filled" + (f"?{given}" if given else "")
    left, right = st.columns([1, 1])
    with left:
        st.html(
            f'<a class="forms-download" href="{attribute(address)}" target="_blank" '
            f'rel="noopener">下载填好的表（.{filled.suffix}，附数据来源）</a>'
        )
        st.caption(f"用于报送：各区域的信访、线索少于{LEAST}件的写“{HIDDEN}”。")
    with right:
        if st.button("记为已报送", icon=":material/send:", key="forms-send"):
            mark_sent(guard.store(), actor, form_id, scope_code=area, period=period)
            notices.keep("已记下这次报送；台账以后变了，会在下面列出哪些数不同。")
            st.rerun()


def _show_sent(actor: Actor, form_id: int, filled: FilledForm) -> None:
    """What was sent, and which cells would be otherwise now."""
    sent = sent_of(guard.store(), actor, form_id)
    if not sent:
        return
    st.header("报送记录", anchor=False)
    names = person_names(guard.store(), {one.by for one in sent})
    for one in sent[:10]:
        who, when = names.get(one.by) or one.by, clock.local_text(one.at)
        same = (one.area, one.when) == (filled.area, filled.when)
        changes = changed_since(one, filled) if same else ()
        said = "区域或统计期与上面不同" if not same else f"{len(changes)}格与现在不同"
        st.markdown(plain(f"{when} {who}报送：{one.area}，{one.when}，{len(one.cells)}格；{said}"))
        if changes:
            rows = [(c.cell, c.header, c.then, c.now) for c in changes[:_MOST_CHANGES]]
            st.html(html_table(("单元格", "表头", "报送时", "现在"), rows, frame="forms-list"))
