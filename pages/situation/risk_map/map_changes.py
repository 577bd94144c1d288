"""The layer of changes since a day: how it looks, the line above the map, the table.

The four colours of the tiers mean tiers and nothing else: changes are indigo, and a word on the map
says what happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import streamlit as st

from geo.atlas import Atlas
from geo.layers import ValueClass
from ledger.casework.changed_since import Change, Changed, Numbers
from ledger.domain.access import Actor
from ledger.storage import Store
from pages._text import markup
from pages._ui.map_legend import NONE, Look
from pages._views.map_view import MapView, shown_areas
from pages._views.rows_link import area_rows, number_link, rows_address
from pages.situation.risk_map.map_panel import (
    Go,
    area_buttons,
    enter_button,
    panel_head,
    panel_title,
    show_institution,
)
from pages.situation.risk_map.map_picture import Picture
from pages.situation.risk_map.map_table import LayerTable, rows_cell

ROSE, LATE, OTHER = "rose", "late", "other"
LOOK = Look(
    "变化最重的一种",
    {
        ROSE: ValueClass("#3D4C8A", "有等级上升"),
        LATE: ValueClass("#7E8BC0", "有新超期，无等级上升"),
        OTHER: ValueClass("#C9CFE8", "有其他变化"),
        NONE: ValueClass("#FFFFFF", "没有变化", opacity=0.35),
    },
)
# What stands on the map, the gravest first: word → changes.
_SIGNS: Mapping[str, tuple[str, ...]] = {
    "上升": ("rose",),
    "新超期": ("leads_late", "dispositions_late", "petitions_late"),
    "新案": ("leads_new", "dispositions_new"),
    "新信访": ("petitions_new",),
}
_SIGNED = 2


def class_of_changes(numbers: Numbers) -> str:
    """The class of an area by the gravest of its changes."""
    if numbers.get("rose"):
        return ROSE
    if any(numbers.get(key) for key in _SIGNS["新超期"]):
        return LATE
    return OTHER if numbers else NONE


def sign_of_changes(numbers: Numbers) -> str:
    """The words written on the map under an area's name: at most two, the gravest first."""
    found = [
        f"{word} {number}"
        for word, keys in _SIGNS.items()
        if (number := sum(numbers.get(key, 0) for key in keys))
    ]
    return " · ".join(found[:_SIGNED])


def since_words(found: Changed) -> str:
    """``11月23日以来``; with the year if it is another one."""
    day, today = found.period.start, found.period.end
    year = f"{day.year}年" if day.year != today.year else ""
    return f"{year}{day.month}月{day.day}日以来"


def changes_said(found: Changed) -> str:
    """The answer of the layer, after the name of the area."""
    return f"{since_words(found)}{'的变化' if found.here else '没有变化'}"


def changes_line(atlas: Atlas, view: MapView, found: Changed) -> str:
    """Every kind of change with its number, each a link to its rows."""
    links = [
        number_link(
            markup("{} <b>{:,}</b> {}", change.label, found.here[change.key], change.unit),
            rows_address(change.ledger, area_rows(atlas, view.under, change.rows(found.period))),
            found.here[change.key],
        )
        for change in _there(found)
    ]
    return f'<p class="map-numbers">{"".join(links)}</p>' if links else ""


@lru_cache(maxsize=64)
def _drawn(
    found: Changed, under: str | None
) -> tuple[dict[str, str], dict[str, list[str]], dict[str, str]]:
    """Classes, tooltips and words of the areas drawn; an area without children is drawn itself."""
    areas = _areas(found, under)
    labels = {change.key: change for change in found.told}
    notes = {
        code: [
            f"{labels[key].label} {number:,} {labels[key].unit}"
            for key, number in _in_order(found, numbers)
        ]
        or ["没有变化"]
        for code, numbers in areas.items()
    }
    return (
        {code: class_of_changes(numbers) for code, numbers in areas.items()},
        notes,
        {code: sign_of_changes(numbers) for code, numbers in areas.items()},
    )


def changes_picture(found: Changed, under: str | None) -> Picture:
    """The picture of what changed."""
    values, notes, signs = _drawn(found, under)
    return Picture(
        look=LOOK,
        shows=f"{since_words(found)}(含当天)的变化",
        values=values,
        notes=notes,
        signs=signs,
        as_of=found.as_of,
    )


def show_changes(
    store: Store, actor: Actor, atlas: Atlas, view: MapView, found: Changed, go: Go
) -> None:
    """The chosen institution or area, or where most changed."""
    if view.institution is not None:
        show_institution(store, actor, atlas, view, go)
        return
    areas = _areas(found, view.under)
    if view.area is not None:
        numbers = found.here if view.area == view.under else areas.get(view.area, {})
        panel_head(atlas[view.area].name, view, go)
        items = [
            markup(
                "<li>{}：{} {}</li>",
                change.label,
                _cell(atlas, found, change, view.area, numbers),
                change.unit,
            )
            for change in found.told
            if numbers.get(change.key)
        ]
        words = "".join(items) or f"<li>{since_words(found)}没有变化</li>"
        st.html(f'<ul class="map-list map-changes">{words}</ul>')
        enter_button(atlas, view.area, view, go)
        return
    names = {area.code: area.name for area in shown_areas(atlas, view.under)}
    changed = _ranked(areas)
    lines = []
    for code in changed:
        numbers = areas[code]
        said = sign_of_changes(numbers) or f"变化 {sum(numbers.values()):,} 处"
        lines.append((code, names[code], said, f"changed-{class_of_changes(numbers)}"))
    hint = "点一行或点地图上的区域，看是哪些变化；数字都可以点开。" if lines else ""
    rest = len(names) - len(changed)
    panel_title("哪里变化最大", hint, rest=f"其余 {rest} 个区域没有变化。" if rest else "")
    area_buttons(lines, view, go)


def changes_table(atlas: Atlas, view: MapView, found: Changed) -> LayerTable:
    """A column a kind of change that occurs, the area with the gravest changes first."""
    areas = _areas(found, view.under)
    there = _there(found)
    ranked = _ranked(areas)
    codes = [*ranked, *sorted(set(areas) - set(ranked))]
    return LayerTable(
        [change.label for change in there],
        {
            code: [_cell(atlas, found, change, code, areas[code]) for change in there]
            for code in codes
        },
    )


def _areas(found: Changed, under: str | None) -> Mapping[str, Numbers]:
    return found.areas if found.areas or under is None else {under: found.here}


def _ranked(areas: Mapping[str, Numbers]) -> list[str]:
    """The areas in which something changed: tiers that rose first, then overdue, then the most."""

    def order(code: str) -> tuple[int, int, int]:
        numbers = areas[code]
        late = sum(numbers.get(key, 0) for key in _SIGNS["新超期"])
        return -numbers.get("rose", 0), -late, -sum(numbers.values())

    return sorted((code for code, one in areas.items() if one), key=lambda at: (*order(at), at))


def _there(found: Changed) -> list[Change]:
    return [change for change in found.told if found.here.get(change.key)]


def _in_order(found: Changed, numbers: Numbers) -> list[tuple[str, int]]:
    return [(one.key, numbers[one.key]) for one in found.told if numbers.get(one.key)]


def _cell(atlas: Atlas, found: Changed, change: Change, code: str, numbers: Numbers) -> object:
    number = numbers.get(change.key, 0)
    return rows_cell(atlas, change.ledger, code, number, change.rows(found.period))
