"""What the risk map shows of the chosen layer, in words: the answer above the map."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from geo.atlas import Atlas
from ledger.casework.by_area import CasesByArea
from ledger.casework.changed_since import Changed
from ledger.casework.map_overview import Situation
from ledger.domain.access import Action, Actor
from ledger.domain.timing import clock
from ledger.records.query import Condition
from ledger.reporting.statistics.answers import Answer
from pages._text import attribute, safe
from pages._ui import notices
from pages._ui.badges import LOOKS
from pages._ui.shared_answers import (
    Asked,
    cases_of,
    changed_of,
    hotspots_of,
    outreach_of,
    situation_of,
)
from pages._views.map_view import CASES, CHANGES, OUTREACH, PETITIONS, USUAL_DAYS, MapView, map_top
from pages._views.rows_link import area_rows, number_link, rows_address
from pages.situation.risk_map.map_case_panel import (
    cases_table,
    outreach_table,
    show_cases,
    show_outreach,
)
from pages.situation.risk_map.map_cases import (
    WORDS,
    cases_picture,
    cases_said,
    outreach_picture,
    outreach_said,
)
from pages.situation.risk_map.map_changes import (
    changes_line,
    changes_picture,
    changes_said,
    changes_table,
    show_changes,
)
from pages.situation.risk_map.map_panel import LEVELS_BELOW, Go, show_panel
from pages.situation.risk_map.map_petitions import (
    petitions_picture,
    petitions_said,
    petitions_table,
    question,
    registered,
    show_petitions,
)
from pages.situation.risk_map.map_picture import Picture, tier_picture
from pages.situation.risk_map.map_table import LayerTable
from pages.situation.risk_map.map_tier_table import tier_table


@dataclass(frozen=True)
class Shown:
    """What the page shows of the chosen layer, whose numbers alone were counted.

    ``said`` is the answer after the name of the area, ``notes`` HTML for the line below it,
    ``line`` HTML between both, ``empty`` whether there is not a single institution.
    """

    picture: Picture
    said: str
    notes: str
    panel: Callable[[Go], None]
    table: Callable[[], LayerTable]
    empty: bool = False
    line: str = ""


def read_layer(now: Asked, actor: Actor, atlas: Atlas, view: MapView) -> Shown:
    """The layer of the view. Raises `NotFound` out of scope."""
    if view.layer in CASES:
        cases = cases_of(now, view.layer, view.under, view.on)
        return Shown(
            cases_picture(cases, view.under),
            cases_said(cases),
            _unplaced_cases(atlas, view, cases),
            partial(show_cases, now.store, actor, atlas, view, cases),
            partial(cases_table, atlas, view, cases),
        )
    if view.layer == OUTREACH:
        outreach = outreach_of(now, view.under, view.on)
        return Shown(
            outreach_picture(atlas, outreach, view.under),
            outreach_said(outreach),
            "",
            partial(show_outreach, now.store, actor, atlas, view, outreach),
            partial(outreach_table, atlas, view, outreach),
        )
    if view.layer == PETITIONS:
        answer = hotspots_of(now, question(atlas, view))
        return Shown(
            petitions_picture(answer, view.measure),
            petitions_said(answer),
            _unplaced_petitions(atlas, view, answer),
            partial(show_petitions, now, actor, atlas, view, answer),
            partial(petitions_table, atlas, answer),
        )
    if view.layer == CHANGES:
        changed = changed_of(now, view.changed_since, view.under)
        return Shown(
            changes_picture(changed, view.under),
            changes_said(changed),
            _unplaced_changes(atlas, view, changed),
            partial(show_changes, now.store, actor, atlas, view, changed),
            partial(changes_table, atlas, view, changed),
            line=changes_line(atlas, view, changed),
        )
    found = situation_of(now, view.under, view.on)
    return Shown(
        tier_picture(view.layer, found),
        _institutions_said(found),
        _notes(atlas, actor, view, found),
        partial(show_panel, now.store, actor, atlas, view, found),
        partial(tier_table, atlas, found),
        empty=not found.here.total,
    )


def reckoning(view: MapView) -> AbstractContextManager[None]:
    """What is said while the layer is read, where that takes a while the first time."""
    said = "正在统计各区域，第一次需要几秒…"
    return st.spinner(said) if view.layer == PETITIONS else nullcontext()


def show_answer(atlas: Atlas, view: MapView, shown: Shown) -> None:
    """What is shown, in words: scope, numbers, layer, data as of."""
    name = "全部区域" if view.under is None else atlas[view.under].name
    picture = shown.picture
    as_of = f"；数据截至 {clock.local_text(picture.as_of)}" if picture.as_of else ""
    then = "" if view.on is None else f"截至{view.on}，"
    st.html(
        f'<h1 class="map-answer">{safe(name)}：{then}{shown.said}</h1>{shown.line}'
        f'<p class="map-said">地图显示{picture.shows}{as_of}{shown.notes}{_earlier(view)}'
        f"；{_elsewhere(view)}</p>"
    )
    if shown.empty:
        notices.nothing_here(
            "这里还没有登记养老服务机构(场所)。",
            next_step="由镇(街道)经办在“导入导出”页导入名单，或在“养老服务机构”台账中新增，等级随即判定。",
        )


def _earlier(view: MapView) -> str:
    """What is not known of an earlier day, in plain words."""
    if view.on is None:
        return ""
    late = "；当时有没有超期没有留存，不显示" if view.layer in CASES else ""
    points = "；机构点位只有今天的，此时不显示" if view.points else ""
    return f"；按台账现有记录和它们今天所在的区域推算，已删除的不计{late}{points}"


def _institutions_said(found: Situation) -> str:
    here = found.here
    parts = "、".join(f"{LOOKS[tier].word} {number:,} 家" for tier, number in here.present())
    return f"在册机构 {here.total:,} 家，{parts}" if here.total else "还没有登记机构"


def _unplaced_cases(atlas: Atlas, view: MapView, found: CasesByArea) -> str:
    if not found.unplaced or not found.areas:
        return ""
    unit = f"{WORDS[found.ledger].unit}未办结的"
    return _not_below(atlas, view, found.ledger, found.unplaced, unit, found.open_rows)


def _unplaced_changes(atlas: Atlas, view: MapView, found: Changed) -> str:
    if not found.areas:
        return ""
    return "".join(
        _not_below(
            atlas,
            view,
            change.ledger,
            found.unplaced.get(change.key, 0),
            f"{change.unit}{change.label}",
            change.rows(found.period),
        )
        for change in found.told
    )


def _unplaced_petitions(atlas: Atlas, view: MapView, answer: Answer) -> str:
    if not atlas.children(view.under):
        return ""
    return _not_below(atlas, view, PETITIONS, int(answer.unplaced), "件", registered(answer))


def _not_below(
    atlas: Atlas,
    view: MapView,
    ledger_key: str,
    number: int,
    unit: str,
    conditions: tuple[Condition, ...] = (),
) -> str:
    """How many records lie in the area itself, but in none of the areas drawn below it."""
    if not number:
        return ""
    directly = Condition("lies_at", "set", view.under or "none")
    rows = area_rows(atlas, view.under, (*conditions, directly))
    level = atlas[view.under].level if view.under is not None else ""
    where = f"未细分到{LEVELS_BELOW.get(level, '下级区域')}" if level else "没有落到任何区域"
    words = f"{number:,} {unit}{where}"
    return f"；另有 {number_link(words, rows_address(ledger_key, rows), number)}"


def _notes(atlas: Atlas, actor: Actor, view: MapView, found: Situation) -> str:
    notes = _not_below(atlas, view, "institutions", found.not_drawn, "家", found.all_rows)
    if found.outside and view.under == map_top(atlas, actor):
        rows = area_rows(atlas, None, [Condition("placement", "in", ("outside",))])
        words = f"{found.outside} 家坐标在区域外"
        notes += f"；{number_link(words, rows_address('institutions', rows), found.outside)}"
    return notes


def _elsewhere(view: MapView) -> str:
    """Links to the changes of the last days, and to the hotspot page of the same area."""
    query = {} if view.under is None else {"under": view.under}
    changes = attribute(f"map?{urlencode({**query, 'layer': CHANGES})}")
    if view.layer == PETITIONS and view.period is not None:
        query["period"] = view.period.text
    hot = attribute(f"hotspots?{urlencode(query)}" if query else "hotspots")
    links = [f'<a href="{hot}" target="_self">看信访哪里集中</a>']
    if view.layer != CHANGES:
        links.append(f'<a href="{changes}" target="_self">看近{USUAL_DAYS}天的变化</a>')
    return "、".join(links)


def say_without_areas(actor: Actor) -> None:
    st.html('<h1 class="map-answer">还没有载入区域</h1>')
    step = (
        "请在“区域”页面载入边界文件，没有边界的先载入有代码和名称的名单。"
        if actor.may(Action.LOAD_AREAS)
        else "请系统管理员在“区域”页面载入边界文件或名单，地图、台账和统计随后就能使用。"
    )
    notices.nothing_here("地图需要县、镇、村、网格。", next_step=step)
