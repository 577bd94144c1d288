"""态势 · 排查覆盖率: which institutions are not inspected in the round, and where outreach was."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from geo.atlas import Area, Atlas
from ledger.casework import coverage
from ledger.casework.coverage import Coverage, OutreachCoverage, Reach, Row, Uninspected
from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.domain.ledgers.outreach import STAGE
from pages._text import safe
from pages._ui import guard, notices
from pages._ui.badges import tier_badge
from pages._ui.paging import page_number, paged
from pages._views.rows_link import number_link
from pages.situation.coverage.coverage_style import STYLE

_LISTED = 200
LEVELS = {"village": "村(社区)", "grid": "网格"}


def show_page(actor: Actor) -> None:
    """The answer in one line, then by village or grid, then who is still to be visited."""
    store, atlas = guard.store(), guard.atlas()
    number = coverage.current_round(store)
    level = "grid" if st.query_params.get("level") == "grid" else "village"
    area = _asked_area(atlas, actor)
    covered = coverage.coverage(store, actor, atlas, number, level=level)
    st.html(STYLE)
    st.markdown("# 排查覆盖率")
    st.html(answer_html(covered))
    if not covered.total.institutions:
        notices.nothing_here(
            "辖区内还没有养老服务机构。", next_step="请先到台账登记或导入机构，再看覆盖率。"
        )
    chosen = st.segmented_control(
        "按哪一级看",
        list(LEVELS),
        default=level,
        required=True,
        format_func=LEVELS.__getitem__,
        key="coverage-level",
    )
    if chosen != level:
        st.query_params["level"] = str(chosen)
        st.rerun()
    st.html(rows_html(covered, level, area, page_number(st.query_params.get("page", ""))))
    if "area" in st.query_params:
        _show_missing(actor, atlas, covered, area)
    st.markdown("## 宣传覆盖")
    reached = coverage.outreach_coverage(store, actor, atlas)
    st.html(outreach_html(reached, level, page_number(st.query_params.get("outreach-page", ""))))


def _asked_area(atlas: Atlas, actor: Actor) -> Area | None:
    """The area of the address, if it is one of the visitor's; None: all of theirs."""
    area = atlas.get(st.query_params.get("area", ""))
    return area if area is not None and actor.sees(area.path) else None


def percent(share: float | None) -> str:
    """A share in words; without anything to inspect there is none."""
    return "暂无数据" if share is None else f"{share:.1%}"


def answer_html(covered: Coverage) -> str:
    """The whole in one line."""
    total = covered.total
    left = total.institutions - total.inspected
    return (
        f'<p class="coverage-said">第 {covered.round} 轮：应排查 <b>{total.institutions:,}</b> 家，'
        f"已排查 <b>{total.inspected:,}</b> 家，未排查 "
        f"{number_link(f'{left:,} 家', missing_link(None, 'village'), left)}，"
        f"覆盖率 <b>{percent(total.share)}</b></p>"
    )


def missing_link(area: Area | None, level: str) -> str:
    """The address that lists what is not inspected in an area; without one, in all of them."""
    parts = {"level": level, "area": area.code if area else "all"}
    return "coverage?" + urlencode(parts)


def rows_html(covered: Coverage, level: str, chosen: Area | None, page: int = 1) -> str:
    """One row an area; the least covered first, those without institutions last; a page of them."""
    rows = sorted(covered.rows, key=lambda row: (row.share is None, row.share or 0))
    shown = paged(rows, page)
    lines = [_row_html(row, level, row.area == chosen and chosen is not None) for row in shown.rows]
    if covered.unplaced.institutions and shown.number == shown.pages:
        lines.append(_row_html(covered.unplaced, level, False))
    head = (
        f"<tr><th>{LEVELS[level]}</th><th>应排查</th><th>已排查</th><th>未排查</th>"
        "<th>覆盖率</th></tr>"
    )
    pages = shown.html(lambda number: _page_link(level, page=number))
    return f'<div class="coverage"><table>{head}{"".join(lines)}</table></div>{pages}'


def _page_link(level: str, **at: int) -> str:
    """The address of another page of one of the tables."""
    numbers = {key.replace("_", "-"): str(number) for key, number in at.items()}
    return "coverage?" + urlencode({"level": level, **numbers})


def _row_html(row: Row, level: str, chosen: bool) -> str:
    left = row.institutions - row.inspected
    missing = f"{left:,}"
    if left and row.area is not None:
        missing = number_link(f"{left:,}<span> 家</span>", missing_link(row.area, level), left)
    mark = ' class="chosen"' if chosen else ""
    name = row.area.name if row.area else "未归入任何区域"
    return (
        f"<tr{mark}><td>{safe(name)}</td><td>{row.institutions:,}</td><td>{row.inspected:,}</td>"
        f"<td>{missing}</td><td>{percent(row.share)}</td></tr>"
    )


def _show_missing(actor: Actor, atlas: Atlas, covered: Coverage, area: Area | None) -> None:
    code, store = area.code if area else None, guard.store()
    found = coverage.uninspected(store, actor, atlas, covered.round, code, limit=_LISTED)
    where = area.name if area else "全部辖区"
    st.markdown("## 本轮未排查")
    if not found:
        notices.nothing_here(f"{where}：本轮已全部排查。")
        return
    total = _left_in(covered, area)
    visit = actor.may(Action.CREATE, "inspections")
    st.html(missing_html(found, where, max(total, len(found)), visit=visit))
    if total > len(found):
        st.caption(f"只列出前 {_LISTED} 家，请点具体的村(社区)或网格查看。")


def _left_in(covered: Coverage, area: Area | None) -> int:
    """How many are still to be visited in a row's area; in all of them without one."""
    row = next((one for one in covered.rows if one.area == area), covered.total)
    return row.institutions - row.inspected


def missing_html(found: Sequence[Uninspected], where: str, total: int, *, visit: bool) -> str:
    """The first of ``total`` institutions still to be visited, those never visited first."""
    lines = []
    for one in found:
        last = "从未走访" if one.days is None else f"上次走访 {one.days} 天前"
        refused = ",本轮拒绝检查" if one.refused else ""
        go = (
            f'<a class="go" href="inspect?{urlencode({"institution": one.number})}"'
            ' target="_self">走访</a>'
            if visit
            else ""
        )
        lines.append(
            f'<tr><td><a href="institutions?record={int(one.id)}" target="_self">'
            f"{safe(one.number)} {safe(one.name)}</a></td><td>{tier_badge(one.tier)}</td>"
            f"<td>{safe(one.area_name)}</td><td>{safe(last + refused)}</td><td>{go}</td></tr>"
        )
    head = "<tr><th>机构</th><th>等级</th><th>区域</th><th>走访</th><th></th></tr>"
    return (
        f'<p data-total="{total}">{safe(where)}，共 {total:,} 家。</p>'
        f'<div class="coverage"><table>{head}{"".join(lines)}</table></div>'
    )


def outreach_html(covered: OutreachCoverage, level: str, page: int = 1) -> str:
    """Activities and people by village, a page of them; those without any come first."""
    rows = sorted(covered.rows, key=lambda reach: sum(reach.activities.values()))
    reached = sum(bool(reach.activities) for reach in covered.rows)
    unstaged = any(None in reach.activities for reach in rows)
    stages = "".join(f"<th>{safe(stage.label)}</th>" for stage in STAGE)
    stages += "<th>未注明阶段</th>" if unstaged else ""
    shown = paged(rows, page)
    lines = "".join(_reach_html(reach, unstaged) for reach in shown.rows)
    pages = shown.html(lambda number: _page_link(level, outreach_page=number))
    head = f"<tr><th>村(社区)</th>{stages}<th>覆盖人次</th><th>其中老年人</th></tr>"
    return (
        f'<p class="coverage-said">已开展宣传的村(社区) <b>{reached} / {len(covered.rows)}</b></p>'
        f'<div class="coverage"><table>{head}{lines}</table></div>{pages}'
    )


def _reach_html(reach: Reach, unstaged: bool) -> str:
    name = reach.area.name if reach.area else "未归入任何区域"
    held = "".join(
        f"<td>{count:,} 场</td>" if count else '<td class="none">▲ 未开展</td>'
        for count in (reach.activities.get(stage.key, 0) for stage in STAGE)
    )
    if unstaged:
        held += f"<td>{reach.activities.get(None, 0):,} 场</td>"
    people, elders = (
        "暂无数据" if number is None else f"{number:,}" for number in (reach.people, reach.elders)
    )
    code = reach.area.code if reach.area else ""
    link = f'<a href="outreach?area={code}" target="_self">{safe(name)}</a>' if code else safe(name)
    return f"<tr><td>{link}</td>{held}<td>{people}</td><td>{elders}</td></tr>"


who = guard.visitor(Action.READ)
try:
    show_page(who.actor)
except LedgerError as error:
    guard.refused(error)
