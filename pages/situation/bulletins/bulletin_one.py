"""One bulletin: the paper, its facts and files, and its next steps until it is issued."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.records.history.drafts import form_name
from ledger.records.person_names import person_names
from ledger.reporting.bulletins import archive
from ledger.reporting.bulletins.archive import LONGEST_STEPS
from ledger.reporting.bulletins.kept_bulletin import Bulletin
from ledger.reporting.bulletins.outline import outline_of
from pages._text import markup, safe
from pages._ui import guard, notices
from pages._ui.drafts import Draft
from pages.situation.bulletins.bulletin_list import by_whom, days
from pages.situation.bulletins.bulletin_paper import paper_html, style
from pages.situation.bulletins.counted_links import shared_html


def show_one(actor: Actor, bulletin_id: int, rows: int | None = None) -> None:
    """The bulletin of that id, or what its number ``rows`` counted. Raises `NotFound`."""
    back = Markup('<p class="bulletins"><a href="bulletins" target="_self">← 全部通报</a></p>')
    try:
        found = archive.read(guard.store(), actor, bulletin_id)
    except LedgerError:
        st.html(f"{style()}{back}")
        raise
    if rows is not None and rows < len(found.content.counted):
        st.html(f"{style()}{shared_html(found, rows)}")
        return
    title = markup('<h1 class="bulletin-title">{}</h1>', safe(found.entry.label))
    st.html(f"{style()}{back}{title}")
    notices.show_kept()
    left, right = st.columns([2, 1], gap="medium")
    with right:
        st.html(facts_html(found, files=actor.may(Action.EXPORT)))
        if actor.may(Action.MAKE_BULLETIN) and found.entry.state == "draft":
            _show_steps(actor, found)
    with left:
        st.html(paper_html(outline_of(found.paper), bulletin_id))


_FILE = '<a href="/bulletin/{}.{}" target="_blank" rel="noopener">{}</a>'
_FILES = {"docx": "下载 Word 文件", "xlsx": "下载附件（Excel）"}
_ROWS = "下载各数所计记录（内部核对）"


def facts_html(found: Bulletin, *, files: bool) -> Markup:
    """State, who and when, and the files."""
    one = found.entry
    names = person_names(guard.store(), (one.made_by, one.issued_by))
    lines = [
        markup("状态：<b>{}</b>", one.state_label),
        markup("统计时段：{}", safe(days(one))),
        markup("数据截至：{}（已存档，重印不变）", clock.local_text(found.content.as_of)),
        markup("制作：{}", safe(by_whom(names[one.made_by], one.made_at))),
        markup("签发：{}", safe(by_whom(names[one.issued_by or ""], one.issued_at))),
    ]
    facts = markup('<p class="paper-facts">{}</p>', Markup("<br>").join(lines))
    if not files:
        return facts
    offered = _FILES | ({"rows.xlsx": _ROWS} if found.content.counted else {})
    links = Markup().join(markup(_FILE, one.id, suffix, said) for suffix, said in offered.items())
    return facts + markup('<div class="paper-links">{}</div>', links)


def _show_steps(actor: Actor, found: Bulletin) -> None:
    one = found.entry
    fields = {"steps": f"steps-{one.id}-{one.version}"}
    draft = Draft(guard.store(), actor, form_name("bulletins", one.id))
    draft.refill(fields)
    draft.show_restored()
    typed = st.text_area(
        "下一步工作（每行一段）",
        one.next_steps,
        height=200,
        max_chars=LONGEST_STEPS,
        placeholder="例如：督促逾期事项于下周五前办结……没有的写“无”",
        key=f"steps-{one.id}-{one.version}",
    )
    if typed != one.next_steps:
        draft.keep_fields(fields, one.version)
    else:
        draft.keep({})
    if st.button("保存下一步工作", key="bulletin-fill", width="stretch"):
        _done(actor, found, typed, issuing=False)
    with st.popover("签发", icon=":material/approval:", width="stretch"):
        st.markdown("签发后，内容和下一步工作都不能再改；需要更正的，只能另制一期。")
        if st.button("确认签发", type="primary", key="bulletin-issue"):
            _done(actor, found, typed, issuing=True)


def _done(actor: Actor, found: Bulletin, typed: str, *, issuing: bool) -> None:
    """Save what was typed and, if asked for, issue: pressing twice does it once."""
    store, one = guard.store(), found.entry
    try:
        version = archive.fill_in(store, actor, one.id, one.version, typed)
        if issuing:
            archive.issue(store, actor, one.id, version)
    except LedgerError as error:
        guard.refused(error)
        return
    Draft(store, actor, form_name("bulletins", one.id)).discard()
    notices.keep("已签发。" if issuing else "已保存下一步工作。")
    st.rerun()
