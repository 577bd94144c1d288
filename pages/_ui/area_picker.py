"""Choosing an area level by level, within what the visitor may see."""

from __future__ import annotations

import streamlit as st

from geo.atlas import Atlas
from ledger.access import ROOT_PATH, Actor
from ledger.identity.accounts import WHOLE_TREE

LEVEL_LABELS = {"county": "县(区)", "township": "镇(街道)", "village": "村(社区)", "grid": "网格"}


def choose_area(atlas: Atlas, actor: Actor, key: str, chosen: str | None = None) -> str | None:
    """One select box a level; returns the code, ``*`` for the whole tree, None for none yet.

    ``chosen`` is what stands there at first. The boxes of a level appear once the level above
    is settled, so the widgets must not stand inside a form.
    """
    trail = trail_to(atlas, chosen)
    here = chosen if actor.scope_path == ROOT_PATH and chosen == WHOLE_TREE else None
    code: str | None = WHOLE_TREE if actor.scope_path == ROOT_PATH else None
    options = [area.code for area in atlas.roots()] if code else _top(atlas, actor)
    blank = "全部区域" if code else "请选择"
    depth = 0
    while options:
        wanted = trail[depth] if depth < len(trail) and here is None else None
        picked = _box(atlas, options, wanted, blank, f"{key}_{depth}_{code}")
        if picked is None:
            return code
        code, blank, depth = picked, f"{atlas[picked].name}全部", depth + 1
        options = [area.code for area in atlas.children(picked)]
    return code


def trail_to(atlas: Atlas, code: str | None) -> list[str]:
    """The codes from the root down to an area; empty for none."""
    if code is None or code not in atlas:
        return []
    return [part for part in atlas[code].path.split("/") if part]


def _top(atlas: Atlas, actor: Actor) -> list[str]:
    return [actor.scope_code] if actor.scope_code in atlas else []


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
