"""The panel beside the risk map: what is chosen, in words; the map's content as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st
from markupsafe import Markup

from geo.atlas import Atlas
from ledger.casework.map_overview import Situation, TierCounts, area_path
from ledger.domain.access import Actor
from ledger.domain.errors import NotFound
from ledger.domain.timing import clock
from ledger.domain.timing.deadline import days_late, late_words
from ledger.records import assessments
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from ledger.storage import Store
from pages._text import attribute, markup, plain, safe
from pages._ui.badges import LOOKS, tier_badge
from pages._views.map_view import MapView, shown_areas
from pages._views.rows_link import area_rows, number_link, rows_address

_ORDERS = {"tier": "按等级", "due": "按超期"}
_SORTS: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "tier": (("tier", True), ("name", False)),
    "due": (("due_on", False), ("tier", True)),
}
LISTED = 12
AREAS_LISTED = 10
LEVELS_BELOW = {"county": "镇(街道)", "township": "村(社区)", "village": "网格"}
Go = Callable[[MapView], None]


def show_panel(
    store: Store, actor: Actor, atlas: Atlas, view: MapView, found: Situation, go: Go
) -> None:
    """The chosen institution, the chosen area, or the ranking of what the map shows."""
    if view.institution is not None:
        show_institution(store, actor, atlas, view, go)
    elif view.area is not None:
        _area(store, actor, atlas, view, found, go)
    else:
        _ranking(atlas, view, found, go)
        alone = view.under is not None and not atlas.has_children(view.under)
        if alone and found.on is None:
            _institutions(store, actor, atlas, view, str(view.under))


def tier_line(atlas: Atlas, found: Situation, code: str, counts: TierCounts) -> str:
    """All tiers that occur with their numbers, as HTML badges; each opens its rows."""
    links = [
        number_link(
            tier_badge(tier, f" {number} 家"),
            rows_address("institutions", area_rows(atlas, code, found.tier_rows(tier))),
            number,
        )
        for tier, number in counts.present()
    ]
    return f'<p class="map-tiers">{" ".join(links)}</p>' if links else ""


def _ranking(atlas: Atlas, view: MapView, found: Situation, go: Go) -> None:
    shown = shown_areas(atlas, view.under)
    names = {area.code: area.name for area in shown}
    ranked = sorted(
        (code for code in found.drawn if code in names),
        key=lambda code: (found.drawn[code].order, code),
    )
    if not ranked:
        panel_title("哪里风险最高", "这里还没有登记机构。")
        return
    panel_title(
        "哪里风险最高",
        "点一行或点地图上的区域，查看其机构和判定理由。",
        rest=f"其余 {len(shown) - len(ranked)} 个区域无机构。" if len(shown) > len(ranked) else "",
    )
    lines = []
    for code in ranked:
        counts = found.drawn[code]
        lines.append((code, names[code], _summary(counts), f"rank-{counts.worst or 'none'}"))
    area_buttons(lines, view, go)


def area_buttons(lines: Sequence[tuple[str, str, str, str]], view: MapView, go: Go) -> None:
    """One button an area, first come first: (code, name, what is said of it, what it looks like).

    Buttons, not a table widget: that one weighs more than the whole map and would come first.
    """
    more = f"map-ranked-{view.layer}-{view.under}"
    size = st.session_state.get(more, AREAS_LISTED)
    for code, name, said, looks in lines[:size]:
        st.button(
            f"**{plain(name, 40)}** \u2002 {said}",
            key=f"map-{looks}-{code}",
            width="stretch",
            on_click=go,
            args=(view.chosen(area=code),),
        )
    if len(lines) > size:
        st.button(
            f"再列 {min(AREAS_LISTED, len(lines) - size)} 个(共 {len(lines)} 个)",
            key="map-more-areas",
            on_click=lambda: st.session_state.update({more: size + AREAS_LISTED}),
        )


def _summary(counts: TierCounts) -> str:
    worst = counts.worst
    rest = f" · 三四类 {counts.serious}" if counts.serious > counts.of(worst) else ""
    return f"{LOOKS[worst].word} {counts.of(worst)} 家{rest} · 机构 {counts.total}"


def _area(
    store: Store, actor: Actor, atlas: Atlas, view: MapView, found: Situation, go: Go
) -> None:
    area = atlas[str(view.area)]
    counts = found.drawn.get(area.code, TierCounts())
    panel_head(area.name, view, go)
    said = f"在册机构 {counts.total} 家" if counts.total else "这里没有登记机构。"
    if found.on is not None:
        said = f"截至 {found.on}：{said}"
    st.html(f'<p class="map-said">{said}</p>{tier_line(atlas, found, area.code, counts)}')
    enter_button(atlas, area.code, view, go)
    if counts.total and found.on is None:
        _institutions(store, actor, atlas, view, area.code)


def panel_title(title: str, said: str = "", body: str = "", rest: str = "") -> None:
    """What is listed, its numbers (HTML), how to go on and what is not listed: one element, for
    each costs a switch of layers a third of a millisecond."""
    hint = f'<p class="map-said">{attribute(said + rest)}</p>' if said or rest else ""
    st.html(f'<h2 class="map-title">{attribute(title)}</h2>{body}{hint}')


def panel_head(name: str, view: MapView, go: Go) -> None:
    """What is chosen, and the way back to the list."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f'<h2 class="map-title">{safe(name)}</h2>')
        _close(view, go)


def enter_button(atlas: Atlas, code: str, view: MapView, go: Go) -> None:
    """The button to the next level below an area, if there is one."""
    area = atlas[code]
    if code == view.under or not atlas.has_children(code):
        return
    st.button(
        f"进入下一级：看各{LEVELS_BELOW.get(area.level, '下级区域')}",
        icon=":material/zoom_in:",
        type="primary",
        width="stretch",
        key="map-enter",
        on_click=go,
        args=(view.moved_to(code),),
    )


def _institutions(store: Store, actor: Actor, atlas: Atlas, view: MapView, code: str) -> None:
    """The institutions of an area, worst or longest overdue first, each with its reasons."""
    conditions: tuple[Condition, ...] = ()
    if view.tiers:
        wanted = tuple(None if tier == "none" else tier for tier in view.tiers)
        conditions = (Condition("tier", "in", wanted),)
    by_day = st.segmented_control(
        "机构的顺序",
        list(_ORDERS),
        default="tier",
        required=True,
        format_func=_ORDERS.__getitem__,
        key="map-order",
        label_visibility="collapsed",
        persist_state="page",
    )
    selection = Selection(
        conditions=conditions,
        area_path=area_path(actor, atlas, code),
        sort=_SORTS[str(by_day)],
    )
    more = f"map-more-{code}"
    size = st.session_state.get(more, LISTED)
    page = records.search(store, actor, "institutions", selection, size=size)
    items = "".join(_item(store, actor, row) for row in page.rows)
    st.html(f'<ul class="map-list">{items}</ul>')
    if not page.rows:
        st.caption("没有符合筛选条件的机构。可清除筛选后再看。")
    if page.total > size:
        st.button(
            f"再列 {min(LISTED, page.total - size)} 家(共 {page.total} 家)",
            key="map-more",
            on_click=lambda: st.session_state.update({more: size + LISTED}),
        )


def _item(store: Store, actor: Actor, row: Mapping[str, Any]) -> str:
    note = "(人工调整)" if row["tier_override"] else ""
    link = f'<a href="{_record(row["id"])}">{safe(row["name"])}</a>'
    return (
        f"<li>{tier_badge(row['tier'], note)} {link}{_late(row)}"
        f"<details><summary>为什么是这个等级</summary>{_why(store, actor, row)}</details></li>"
    )


def _late(row: Mapping[str, Any]) -> Markup:
    """How long the next visit is overdue; nothing while it is not."""
    days = 0 if row["due_on"] is None else days_late(row["due_on"], clock.today())
    if days <= 0:
        return Markup()
    return markup(' <span class="map-late">▲ 走访超期 {}</span>', late_words(days))


def _why(store: Store, actor: Actor, row: Mapping[str, Any]) -> str:
    lines = [safe(line) for line in assessments.why(store, actor, row).lines]
    if row["tier_override"]:
        word = LOOKS[row["tier_override"]].word
        said = markup("人工调整为{}：{}", word, safe(row["override_reason"] or ""))
        lines.insert(0, said)
    return f'<ul class="map-why">{"".join(f"<li>{line}</li>" for line in lines)}</ul>'


def show_institution(store: Store, actor: Actor, atlas: Atlas, view: MapView, go: Go) -> None:
    """What is known of the institution that was clicked, whatever the layer."""
    try:
        row = records.get(store, actor, "institutions", int(view.institution or 0))
    except NotFound as missing:
        st.info(plain(missing), icon=":material/info:")
        _close(view, go)
        return
    panel_head(row["name"], view, go)
    area = atlas.get(row["area_code"])
    chain = [*atlas.ancestors(area.code), area] if area else []
    place = " › ".join(safe(each.name) for each in chain if actor.sees(each.path))
    st.html(
        f'<p class="map-tiers">{tier_badge(row["tier"])}</p>'
        f'<p class="map-said">{place or "不在任何区域内"}</p>'
        f'<p class="map-said">{safe(row["address"] or "地址未填")}</p>'
        f'<h3 class="map-sub">为什么是这个等级</h3>{_why(store, actor, row)}'
        f'<p><a class="map-open" href="{_record(row["id"])}">打开台账记录</a></p>'
    )


def _close(view: MapView, go: Go) -> None:
    st.button(
        "返回列表",
        icon=":material/close:",
        key="map-close",
        type="tertiary",
        on_click=go,
        args=(view.chosen(),),
    )


def _record(record_id: int) -> str:
    return f"institutions?record={int(record_id)}"
