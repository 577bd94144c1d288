"""The panel beside the map for leads, dispositions and outreach: every number opens its rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

from geo.atlas import Area, Atlas
from ledger.casework.awaiting import due_words
from ledger.casework.by_area import Cases, CasesByArea, overdue_rows
from ledger.casework.map_overview import area_path
from ledger.casework.outreach_by_area import OutreachByArea, Reached
from ledger.domain.access import Actor
from ledger.domain.ledgers import ledger_named
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from ledger.storage import Store
from pages._text import clip, markup, safe
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
    panel_title,
    show_institution,
)
from pages.situation.risk_map.map_table import LayerTable, rows_cell

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
    most = "超期" if found.on is None else "未办结的"
    what = "看数字" if found.on else "查看超期的各条"
    hint = f"点一行或点地图上的区域，{what}；数字都可以点开。"
    some = any(cases.open for cases in found.areas.values())
    without = sum(not cases.open for cases in found.areas.values())
    panel_title(
        f"{WORDS[found.ledger].name}：哪里{most}最多",
        hint if some else "",
        _numbers(atlas, found, view.under, found.here),
        f"其余 {without} 个区域没有未办结的{WORDS[found.ledger].name}。" if without else "",
    )
    if found.areas:
        _ranking(atlas, view, found, go)
    elif view.under is not None:
        _overdue(store, actor, atlas, found, view.under, found.here)


def _numbers(atlas: Atlas, found: CasesByArea, code: str | None, cases: Cases) -> str:
    """The numbers of an area, each a link to its rows."""
    return f'<p class="map-numbers">{"".join(_links(atlas, found, code, cases))}</p>'


def _links(atlas: Atlas, found: CasesByArea, code: str | None, cases: Cases) -> list[str]:
    unit = WORDS[found.ledger].unit
    parts = _parts(found, cases)
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
    lines = []
    for code in still:
        cases = found.areas[code]
        late = f"▲ 超期 {cases.overdue} · " if cases.overdue else ""
        looks = f"cases-{found.ledger}-{class_of_cases(found.ledger, cases)}"
        lines.append((code, names[code], f"{late}未办结 {cases.open} {unit}", looks))
    area_buttons(lines, view, go)


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


def cases_table(atlas: Atlas, view: MapView, found: CasesByArea) -> LayerTable:
    """The numbers of every area, the worst area first."""
    drawn = areas_drawn(found, view.under)
    codes = sorted(drawn, key=lambda code: (*_order(drawn[code]), code))
    return LayerTable(
        [head for head, _, _ in _parts(found, Cases())],
        {
            code: [
                rows_cell(atlas, found.ledger, code, number, conditions)
                for _, number, conditions in _parts(found, drawn[code])
            ]
            for code in codes
        },
    )


def _parts(found: CasesByArea, cases: Cases) -> list[tuple[str, int, Iterable[Condition]]]:
    """(word, number, the conditions of its rows); of an earlier day nothing of overdue."""
    late = ("超期", cases.overdue, overdue_rows(found.ledger))
    return [
        ("未办结", cases.open, found.open_rows),
        *([late] if found.on is None else []),
        ("全部", cases.total, found.all_rows),
    ]


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
        st.html(_stages(atlas, found, atlas.get(code), reached, kept=found.kept))
        enter_button(atlas, code, view, go)
        return
    kept = found.kept or code == view.under
    stages = _stages(atlas, found, atlas.get(view.under), found.here, kept=kept)
    panel_title("宣传：哪里还没有开展", body=stages)
    rest = _missing(atlas, view, found, go) if found.kept and found.areas else ""
    link = '<a class="map-open" href="coverage" target="_self">打开排查覆盖率，看各阶段</a>'
    st.html(f"{rest}<p>{link}</p>")


def _stages(
    atlas: Atlas, found: OutreachByArea, area: Area | None, reached: Reached, *, kept: bool
) -> str:
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
            [Condition("stage", "in", (key,)), *found.held_rows],
        )
        for key, label, number in stage_words(reached)
    ]
    if reached.held:
        every = markup("全部 <b>{:,}</b> 场", reached.held)
        links.append(_rows(every, atlas, "outreach", code, reached.held, found.held_rows))
    return f'<p class="map-said">{said}</p><p class="map-numbers">{"".join(links)}</p>'


def _missing(atlas: Atlas, view: MapView, found: OutreachByArea, go: Go) -> str:
    """Buttons of the areas where outreach is missing; what is said of the others, as HTML."""
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
    empty = sum(not one.villages for one in found.areas.values())
    said = f"{full} 个区域已全部开展。" if full else ""
    said += f"{empty} 个区域没有村(社区)，暂无数据。" if empty else ""
    return f'<p class="map-said">{said}</p>' if said else ""


def outreach_table(atlas: Atlas, view: MapView, found: OutreachByArea) -> LayerTable:
    """Villages reached and activities of every area, the least reached first."""
    heads = ("村(社区)", "活动")
    if not found.kept or not found.areas:
        return LayerTable(heads, {})
    rows = {}
    for code in sorted(found.areas, key=lambda code: (found.areas[code].share or 0, code)):
        one = found.areas[code]
        share = "暂无数据" if one.share is None else f"{one.reached}/{one.villages} 个"
        if atlas[code].level == "village":
            share = "已开展" if one.reached else "未开展"
        held = rows_cell(atlas, "outreach", code, one.held, found.held_rows)
        opened = one.held and _rows(share, atlas, "outreach", code, one.held, found.held_rows)
        rows[code] = [opened or share, held]
    return LayerTable(heads, rows)


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
