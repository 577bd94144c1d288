"""The panel beside the map for leads, dispositions and outreach: every number opens its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from geo.atlas import Area, Atlas
from ledger.casework.awaiting import due_words
from ledger.casework.by_area import (
    Cases,
    CasesByArea,
    OutreachByArea,
    Reached,
    open_rows,
    overdue_rows,
)
from ledger.casework.map_overview import area_path
from ledger.domain.access import Actor
from ledger.domain.ledgers import ledger_named
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from ledger.storage import Store
from pages._text import clip, markup, safe
from pages._ui.html_table import Cell, html_table
from pages._views.map_view import MapView, shown_areas
from pages._views.rows_link import area_rows, number_link, rows_address
from pages.situation.risk_map.map_cases import (
    WORDS,
    areas_drawn,
    class_of_cases,
    reached_words,
    stage_words,
)
from pages.situation.risk_map.map_panel import (
    LISTED,
    Go,
    area_buttons,
    enter_button,
    panel_head,
    show_institution,
)

TABLED = 120
_CASE_HEAD = ("未办结", "超期", "全部")


# ---- leads and dispositions ---------------------------------------------------------------------


def show_cases(
    store: Store, actor: Actor, atlas: Atlas, view: MapView, found: CasesByArea, go: Go
) -> None:
    """The chosen institution or area, or where most is overdue."""
    if view.institution is not None:
        show_institution(store, actor, atlas, view, go)
        return
    code = view.area
    if code is not None:
        cases = found.here if code == view.under else found.areas.get(code, Cases())
        panel_head(atlas[code].name, view, go)
        st.html(_numbers(atlas, found, code, cases))
        enter_button(atlas, code, view, go)
        _overdue(store, actor, atlas, found, code, cases)
        return
    st.html(f'<h2 class="map-title">{WORDS[found.ledger].name}：哪里超期最多</h2>')
    st.html(_numbers(atlas, found, view.under, found.here))
    if found.areas:
        _ranking(atlas, view, found, go)
    elif view.under is not None:
        _overdue(store, actor, atlas, found, view.under, found.here)
    drawn = areas_drawn(found, view.under)
    st.html(_table(_named(atlas, view, drawn), _case_cells(atlas, found, drawn), _CASE_HEAD))


def _numbers(atlas: Atlas, found: CasesByArea, code: str | None, cases: Cases) -> str:
    """The numbers of an area, each a link to its rows."""
    return f'<p class="map-numbers">{"".join(_links(atlas, found, code, cases))}</p>'


def _links(atlas: Atlas, found: CasesByArea, code: str | None, cases: Cases) -> list[str]:
    unit = WORDS[found.ledger].unit
    parts = [
        ("未办结", cases.open, open_rows(found.ledger)),
        ("超期", cases.overdue, overdue_rows(found.ledger)),
        ("全部", cases.total, ()),
    ]
    said = "{} <b>{:,}</b> {}"
    return [
        _rows(markup(said, word, number, unit), atlas, found.ledger, code, number, conditions)
        for word, number, conditions in parts
    ]


def _ranking(atlas: Atlas, view: MapView, found: CasesByArea, go: Go) -> None:
    unit = WORDS[found.ledger].unit
    names = {area.code: area.name for area in shown_areas(atlas, view.under)}
    still = [code for code, cases in found.areas.items() if cases.open]
    still.sort(key=lambda code: (*_order(found.areas[code]), code))
    if still:
        st.caption("点一行或点地图上的区域，查看超期的各条；数字都可以点开。")
    lines = []
    for code in still:
        cases = found.areas[code]
        late = f"▲ 超期 {cases.overdue} · " if cases.overdue else ""
        looks = f"cases-{found.ledger}-{class_of_cases(found.ledger, cases)}"
        lines.append((code, names[code], f"{late}未办结 {cases.open} {unit}", looks))
    area_buttons(lines, view, go)
    rest = len(names) - len(still)
    if rest:
        st.caption(f"其余 {rest} 个区域没有未办结的{WORDS[found.ledger].name}。")


def _order(cases: Cases) -> tuple[int, int, int]:
    """More overdue first, then more open, then more at all."""
    return -cases.overdue, -cases.open, -cases.total


def _overdue(
    store: Store, actor: Actor, atlas: Atlas, found: CasesByArea, code: str, cases: Cases
) -> None:
    """The records that are overdue in an area, the longest first."""
    if not cases.overdue:
        return
    selection = Selection(
        conditions=overdue_rows(found.ledger),
        area_path=area_path(actor, atlas, code),
        sort=(("due_on", False),),
    )
    page = records.search(store, actor, found.ledger, selection, size=LISTED)
    items = "".join(_item(found, row) for row in page.rows)
    rest = f"，先列 {LISTED} {WORDS[found.ledger].unit}" if page.total > LISTED else ""
    st.html(f'<h3 class="map-sub">已超期的{rest}</h3><ul class="map-list">{items}</ul>')


def _item(found: CasesByArea, row: dict[str, Any]) -> str:
    ledger = ledger_named(found.ledger)
    title = clip(row[ledger.title] or row["number"], 40)
    what = [safe(row["due_label"])] if row["due_label"] else []
    if found.ledger == "dispositions":
        measure = next(one for one in ledger.by_key["measure"].choices if one.key == row["measure"])
        what.insert(0, safe(measure.label))
    late = f"▲ {due_words(row['due_on'], found.today)}"
    link = f"{found.ledger}?record={int(row['id'])}"
    return (
        f'<li><a href="{link}" target="_self">{safe(title)}</a>'
        f'<p class="map-said">{" · ".join(filter(None, (late, *what)))}</p></li>'
    )


def _case_cells(atlas: Atlas, found: CasesByArea, drawn: Any) -> dict[str, list[str]]:
    """The numbers of every area as links, the worst area first."""
    cells = {}
    for code in sorted(drawn, key=lambda code: (*_order(drawn[code]), code)):
        cases: Cases = drawn[code]
        parts = [
            (cases.open, open_rows(found.ledger)),
            (cases.overdue, overdue_rows(found.ledger)),
            (cases.total, ()),
        ]
        cells[code] = [
            _cell(atlas, found.ledger, code, number, conditions) for number, conditions in parts
        ]
    return cells


# ---- outreach -----------------------------------------------------------------------------------


def show_outreach(
    store: Store, actor: Actor, atlas: Atlas, view: MapView, found: OutreachByArea, go: Go
) -> None:
    """The chosen institution or area, or where outreach is still missing."""
    if view.institution is not None:
        show_institution(store, actor, atlas, view, go)
        return
    code = view.area
    if code is not None:
        reached = found.here if code == view.under else found.areas.get(code, Reached())
        panel_head(atlas[code].name, view, go)
        st.html(_stages(atlas, atlas.get(code), reached, kept=found.kept))
        enter_button(atlas, code, view, go)
        return
    st.html('<h2 class="map-title">宣传：哪里还没有开展</h2>')
    kept = found.kept or code == view.under
    st.html(_stages(atlas, atlas.get(view.under), found.here, kept=kept))
    if found.kept and found.areas:
        _missing(atlas, view, found, go)
        names = _named(atlas, view, found.areas)
        st.html(_table(names, _reached_cells(atlas, found), ("村(社区)", "活动")))
    st.html(
        '<p><a class="map-open" href="coverage" target="_self">打开排查覆盖率，看各阶段</a></p>'
    )


def _stages(atlas: Atlas, area: Area | None, reached: Reached, *, kept: bool) -> str:
    """The outreach of an area: in words, then the activities of every stage with their rows."""
    code = area.code if area else None
    village = area is not None and area.level == "village"
    said = reached_words(reached, village=village) if kept or village else "宣传覆盖不按网格统计"
    links = [
        _rows(
            markup("{} <b>{:,}</b> 场", safe(label), number),
            atlas,
            "outreach",
            code,
            number,
            [Condition("stage", "in", (key,))],
        )
        for key, label, number in stage_words(reached)
    ]
    if reached.held:
        every = markup("全部 <b>{:,}</b> 场", reached.held)
        links.append(_rows(every, atlas, "outreach", code, reached.held, ()))
    return f'<p class="map-said">{said}</p><p class="map-numbers">{"".join(links)}</p>'


def _missing(atlas: Atlas, view: MapView, found: OutreachByArea, go: Go) -> None:
    names = {area.code: area for area in shown_areas(atlas, view.under)}
    short = [code for code, one in found.areas.items() if one.reached < one.villages]
    short.sort(key=lambda code: (found.areas[code].share or 0, code))
    lines = []
    for code in short:
        village = names[code].level == "village"
        words = reached_words(found.areas[code], village=village)
        lines.append((code, names[code].name, words, "reach-short"))
    area_buttons(lines, view, go)
    full = sum(one.villages > 0 and one.reached == one.villages for one in found.areas.values())
    if full:
        st.caption(f"{full} 个区域已全部开展。")
    empty = sum(not one.villages for one in found.areas.values())
    if empty:
        st.caption(f"{empty} 个区域没有村(社区)，暂无数据。")


def _reached_cells(atlas: Atlas, found: OutreachByArea) -> dict[str, list[str]]:
    cells = {}
    for code in sorted(found.areas, key=lambda code: (found.areas[code].share or 0, code)):
        one = found.areas[code]
        share = "暂无数据" if one.share is None else f"{one.reached}/{one.villages}"
        if atlas[code].level == "village":
            share = "已开展" if one.reached else "未开展"
        cells[code] = [share, _cell(atlas, "outreach", code, one.held, ())]
    return cells


# ---- the map as a table -------------------------------------------------------------------------


def _named(atlas: Atlas, view: MapView, codes: Iterable[str]) -> dict[str, str]:
    names = {area.code: area.name for area in shown_areas(atlas, view.under)}
    return {code: names[code] for code in codes if code in names}


def _cell(
    atlas: Atlas, ledger: str, code: str, number: int, conditions: Iterable[Condition]
) -> str:
    return _rows(f"{number:,}", atlas, ledger, code, number, conditions) if number else "0"


def _rows(
    said: object,
    atlas: Atlas,
    ledger: str,
    code: str | None,
    number: int,
    conditions: Iterable[Condition],
) -> str:
    """A number with the link to its rows under an area."""
    return number_link(said, rows_address(ledger, area_rows(atlas, code, conditions)), number)


def _table(names: dict[str, str], cells: dict[str, list[str]], head: Sequence[str]) -> str:
    """Everything on the map as a table, for those who cannot or will not use a map."""
    rows = [(Cell(names[code], head=True), *line) for code, line in list(cells.items())[:TABLED]]
    rest = len(cells) - TABLED
    note = f"<p>其余 {rest} 个区域请进入下一级查看。</p>" if rest > 0 else ""
    table = html_table(("区域", *head), rows, look="map-table")
    return (
        f'<details class="map-more"><summary>以表格查看 {len(cells)} 个区域</summary>'
        f"{table}{note}</details>"
    )
