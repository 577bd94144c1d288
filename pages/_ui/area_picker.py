"""Choosing an area level by level, within what the visitor may see."""

from __future__ import annotations

import streamlit as st

from geo.atlas import Area, Atlas
from geo.codes import LEVELS
from ledger.domain.access import ROOT_PATH, Actor
from ledger.people.users import WHOLE_TREE

MOST_AREAS = 400
"""More areas than this are not sent as the options of one box: people choose level by level."""
LEVEL_LABELS = {"county": "县(区)", "township": "镇(街道)", "village": "村(社区)", "grid": "网格"}


def choose_area(
    atlas: Atlas, actor: Actor, key: str, chosen: str | None = None, *, deepest: str = LEVELS[-1]
) -> str | None:
    """One select box a level; returns the code, ``*`` for the whole tree, None where there is none.

    ``chosen`` is what stands there at first, else the visitor's own area; nothing below the level
    ``deepest`` is offered. The boxes of a level appear once the level above is settled, so the
    widgets must not stand inside a form.
    """
    whole = actor.scope_path == ROOT_PATH
    code = WHOLE_TREE if whole else actor.scope_code
    if not whole and code not in atlas:
        return None
    trail = [one for one in trail_to(atlas, chosen) if actor.sees(atlas[one].path) and one != code]
    blank = "全部区域" if whole else f"{atlas[code].name}全部"
    allowed = LEVELS[: LEVELS.index(deepest) + 1]
    options = [area.code for area in (atlas.roots() if whole else atlas.children(code))]
    depth = 0
    while options and atlas[options[0]].level in allowed:
        wanted = trail[depth] if depth < len(trail) else None
        picked = _box(atlas, options, wanted, blank, f"{key}_{depth}_{code}")
        if picked is None:
            return code
        code, blank, depth = picked, f"{atlas[picked].name}全部", depth + 1
        options = [area.code for area in atlas.children(picked)]
    return code


def areas_for_records(
    atlas: Atlas, actor: Actor, key: str, current: str | None
) -> tuple[Area, ...]:
    """The areas a record can be put in by hand, by path: from village down where known.

    Where one box would hold too many, a box for the township stands first; until it is settled
    there is nothing to choose.
    """
    areas = _lowest(atlas, actor.scope_path)
    if len(areas) > MOST_AREAS and "township" in atlas.levels:
        above = atlas.get(choose_area(atlas, actor, f"{key}_above", current, deepest="township"))
        if above is None or above.level == "county":
            st.caption("先选镇(街道)，再选村(社区)或网格。")
            return ()
        areas = _lowest(atlas, above.path)
    return tuple(sorted(areas, key=lambda area: area.path))


def _lowest(atlas: Atlas, path: str) -> tuple[Area, ...]:
    return atlas.under(path, "village", "grid") or atlas.under(path)


def trail_to(atlas: Atlas, code: str | None) -> list[str]:
    """The codes from the root down to an area; empty for none."""
    if code is None or code not in atlas:
        return []
    return [part for part in atlas[code].path.split("/") if part]


def _box(atlas: Atlas, options: list[str], wanted: str | None, blank: str, key: str) -> str | None:
    level = atlas[options[0]].level
    choices: list[str | None] = [None, *options]
    return st.selectbox(
        LEVEL_LABELS.get(level, level),
        choices,
        index=choices.index(wanted) if wanted in choices else 0,
        format_func=lambda code: blank if code is None else f"{atlas[code].name}({code})",
        key=key,
    )
