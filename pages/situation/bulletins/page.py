"""态势 · 通报: what was issued, a new one, its next steps, and the paper itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import streamlit as st

from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.domain.small_counts import HIDDEN, LEAST
from ledger.domain.timing import clock
from ledger.domain.timing.comparing import bases_of
from ledger.domain.timing.periods import Period
from ledger.records.history.drafts import form_name
from ledger.reporting.bulletins import archive
from ledger.reporting.bulletins.archive import LONGEST_STEPS, Bulletin, Entry
from ledger.reporting.bulletins.kinds import KINDS, covered
from ledger.reporting.bulletins.outline import days_in_words, outline_of
from pages._text import safe
from pages._ui import guard, notices
from pages._ui.area_picker import choose_area
from pages._ui.drafts import Draft
from pages.situation.bulletins.bulletin_paper import paper_html, style

_LISTED = 100


def show_page(actor: Actor) -> None:
    """One bulletin if the address names one, else all of them."""
    wanted = st.query_params.get("id", "")
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 18:
        _show_one(actor, int(wanted))
        return
    entries = archive.listed(guard.store(), actor, limit=_LISTED)
    st.markdown("# 通报")
    notices.show_kept()
    st.html(f'{style()}<p class="paper-facts">{answer_html(entries)}</p>')
    if actor.may(Action.MAKE_BULLETIN):
        _show_making(actor)
    if entries:
        st.html(list_html(entries))
    else:
        notices.nothing_here("辖区内还没有通报。", next_step="由镇(街道)经办在本页制作。")


def answer_html(entries: Sequence[Entry]) -> str:
    """What was issued last, and what waits to be issued."""
    issued = next((one for one in entries if one.state == "issued"), None)
    drafts = sum(one.state == "draft" for one in entries)
    last = (
        f"最近签发：{_link(issued, issued.label)}（{safe(_days(issued))}）"
        if issued
        else "还没有签发过通报"
    )
    return f"{last}；{drafts} 份草稿待签发。" if drafts else f"{last}。"


def list_html(entries: Sequence[Entry]) -> str:
    """All bulletins, the latest day first."""
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("期号", "标题", "统计时段", "状态", "制作", "签发")
    )
    lines = "".join(
        f"<tr><td>{_link(one, one.label)}</td><td>{safe(one.title)}</td><td>{safe(_days(one))}</td>"
        f"<td>{one.state_label}</td><td>{safe(_who(one.made_by, one.made_at))}</td>"
        f"<td>{safe(_who(one.issued_by, one.issued_at))}</td></tr>"
        for one in entries
    )
    return (
        '<div class="bulletins" tabindex="0"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _link(entry: Entry, text: str) -> str:
    return f'<a href="bulletins?id={entry.id}" target="_self">{safe(text)}</a>'


def _days(entry: Entry) -> str:
    return days_in_words(Period(entry.starts_on, entry.ends_on))


def _who(name: str | None, at: datetime | None) -> str:
    return f"{name} {clock.local_text(at)}" if name and at else "—"


def _show_making(actor: Actor) -> None:
    with st.expander("制作通报", icon=":material/post_add:"):
        kind = st.segmented_control(
            "种类",
            list(KINDS),
            default="weekly",
            required=True,
            format_func=lambda key: KINDS[key].label,
            key="bulletin-kind",
        )
        until = st.date_input(
            "截止日期",
            clock.today(),
            max_value=clock.today(),
            format="YYYY-MM-DD",
            key="bulletin-until",
        )
        st.caption("范围：一级一级往下选，停在哪一级就写哪一级的全部。")
        scope = choose_area(guard.atlas(), actor, "bulletin-scope", deepest="village")
        if isinstance(until, date):
            period = covered(KINDS[str(kind)], until)
            st.caption(
                f"统计时段：{period.start} 至 {period.end}，"
                f"{bases_of(period, clock.today()).in_days}。"
                f"通报用于报送：信访、线索少于{LEAST}件的写“{HIDDEN}”或不列。"
            )
            wanted = st.button("制作", type="primary", key="bulletin-make")
            if wanted and scope is not None:
                _make(actor, str(kind), until, scope)


def _make(actor: Actor, kind: str, until: date, scope: str) -> None:
    # Maps and statistics take seconds to import; only who makes a bulletin waits for them.
    with st.spinner("正在汇总数据、绘制地图和图表…"):
        from ledger.reporting.bulletins.making import make

        try:
            made = make(guard.store(), actor, kind, until, scope)
        except LedgerError as error:
            guard.refused(error)
            return
    notices.keep("已制作草稿：数据和图片已存档，以后重印不变。请填写下一步工作后签发。")
    st.query_params["id"] = str(made)
    st.rerun()


def _show_one(actor: Actor, bulletin_id: int) -> None:
    back = '<p class="bulletins"><a href="bulletins" target="_self">← 全部通报</a></p>'
    try:
        found = archive.read(guard.store(), actor, bulletin_id)
    except LedgerError:
        st.html(style() + back)
        raise
    st.html(f'{style()}{back}<h1 class="bulletin-title">{safe(found.entry.label)}</h1>')
    notices.show_kept()
    left, right = st.columns([2, 1], gap="medium")
    with right:
        st.html(facts_html(found, files=actor.may(Action.EXPORT)))
        if actor.may(Action.MAKE_BULLETIN) and found.entry.state == "draft":
            _show_steps(actor, found)
    with left:
        st.html(paper_html(outline_of(found.paper), bulletin_id))


def facts_html(found: Bulletin, *, files: bool) -> str:
    """State, who and when, and the files."""
    one = found.entry
    as_of = clock.local_text(found.content.as_of)
    lines = [
        f"状态：<b>{one.state_label}</b>",
        f"统计时段：{safe(_days(one))}",
        f"数据截至：{as_of}（已存档，重印不变）",
        f"制作：{safe(_who(one.made_by, one.made_at))}",
        f"签发：{safe(_who(one.issued_by, one.issued_at))}",
    ]
    links = "".join(
        f'<a href="/bulletin/{one.id}.{suffix}" target="_blank" rel="noopener">{label}</a>'
        for suffix, label in (("docx", "下载 Word 文件"), ("xlsx", "下载附件（Excel）"))
    )
    below = f'<div class="paper-links">{links}</div>' if files else ""
    return f'<p class="paper-facts">{"<br>".join(lines)}</p>{below}'


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


who = guard.visitor(Action.READ_BULLETIN)
try:
    show_page(who.actor)
except LedgerError as error:
    guard.refused(error)
