"""Choosing an area level by level, within what the visitor may see; areas, records and people to be
chosen, in the words by which one finds them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import streamlit as st
from markupsafe import Markup

from geo.atlas import Area, Atlas
from geo.levels import LEVEL_LABELS, LEVELS
from ledger.domain.access import ROOT_PATH, Actor
from ledger.domain.initials import initials
from ledger.people.officials import officials
from ledger.people.users import WHOLE_TREE
from ledger.records.entering import AREA_MARK
from ledger.records.referable import Referable
from ledger.storage import Store
from pages._text import clip, markup
from pages._ui.cells import area_words
from pages._ui.search_field import stamp

MOST_AREAS = 400
"""More areas than this are not sent as the options of one box: people choose level by level."""
_NAME = 30


def choose_area(
    atlas: Atlas,
    actor: Actor,
    key: str,
    chosen: str | None = None,
    *,
    deepest: str = LEVELS[-1],
    ask: bool = False,
) -> str | None:
    """One select box a level; returns the code, ``*`` for the whole tree, None where there is none.

    ``chosen`` is what stands there at first, else the visitor's own area; nothing below the level
    ``deepest`` is offered. With ``ask`` the whole tree has to be chosen like any other area, and
    None is returned until something is. The boxes of a level appear once the level above is
    settled, so the widgets must not stand inside a form.
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
    if whole and ask:
        picked = _box(atlas, [*options, WHOLE_TREE], chosen, "请选择", f"{key}_asked")
        if picked in (None, WHOLE_TREE):
            return picked
        code, blank, depth = picked, f"{atlas[picked].name}全部", 1
        options = [area.code for area in atlas.children(picked)]
    while options and atlas[options[0]].level in allowed:
        wanted = trail[depth] if depth < len(trail) else None
        picked = _box(atlas, options, wanted, blank, f"{key}_{depth}_{code}")
        if picked is None:
            return code
        code, blank, depth = picked, f"{atlas[picked].name}全部", depth + 1
        options = [area.code for area in atlas.children(picked)]
    return code


def narrow_area(
    atlas: Atlas, scope_path: str, path: str | None, key: str, go: Callable[[str | None], None]
) -> None:
    """One select box a level below the visitor's own area, for a page that shows ``path`` (None:
    all). A choice calls ``go`` with its path; 全部 with that of the level above."""
    chosen = chosen_areas(atlas, path, scope_path)
    top = None if scope_path == ROOT_PATH else atlas.get(scope_path.strip("/").split("/")[-1])
    for depth, area in enumerate((top, *chosen)):
        options = atlas.children(area.code if area else None)
        if not options:
            st.caption("已到最末一级区域")
            break
        current = chosen[depth].code if depth < len(chosen) else None
        paths: dict[str | None, str | None] = {None: area.path if area and depth else None}
        paths |= {one.code: one.path for one in options}
        box = f"{key}-{stamp((options[0].code, path))}"
        st.selectbox(
            LEVEL_LABELS[options[0].level],
            list(paths),
            index=list(paths).index(current),
            format_func=lambda code: _option(atlas, code, "全部"),
            key=box,
            on_change=lambda box=box, paths=paths: go(paths[st.session_state[box]]),
        )


def chosen_areas(atlas: Atlas, path: str | None, scope_path: str) -> list[Area]:
    """The area of a path and those above it that lie within the visitor's own."""
    chain = [atlas[code] for code in (path or "").split("/") if code in atlas]
    return [area for area in chain if not scope_path.startswith(area.path)]


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


def area_option(atlas: Atlas, code: str, scope_path: str) -> str:
    """An area as an option that is found while typing: names, code and the initials of its name."""
    area = atlas.get(code)
    said = area_words(atlas, code, scope_path)
    return f"{said} · {initials(area.name)}" if area else said


def record_option(one: Referable, atlas: Atlas, scope_path: str) -> str:
    """A record as an option: name, village, 编号 and the initials of the name."""
    name = clip(one.name, _NAME)
    village = _village(atlas, one.area_code, scope_path)
    return " · ".join(filter(None, (name, village, one.number, initials(name))))


def people_options(store: Store, actor: Actor) -> Markup:
    """Everybody within the actor's area as options: name, role, area and initials."""
    return Markup().join(
        markup(
            '<option value="{}" label="{}"></option>',
            one.name,
            " · ".join((one.name, one.role, one.area_name, initials(one.name))),
        )
        for one in officials(store, actor)
    )


def people_list(options: Markup, key: str) -> Markup:
    """Those people as the list of a text field, which pages/_web/static/people.js ties to it: both
    stand in a container whose key begins with ``box-``; ``key`` is the field's."""
    return markup('<datalist id="people-{}">{}</datalist>', key, options)


@lru_cache(maxsize=4_000)
def _village(atlas: Atlas, code: str | None, scope_path: str) -> str:
    return area_words(atlas, code, scope_path).partition(AREA_MARK)[0]


def _lowest(atlas: Atlas, path: str) -> tuple[Area, ...]:
    return atlas.under(path, "village", "grid") or atlas.under(path)


def trail_to(atlas: Atlas, code: str | None) -> list[str]:
    """The codes from the root down to an area; empty for none."""
    if code is None or code not in atlas:
        return []
    return [part for part in atlas[code].path.split("/") if part]


def _box(atlas: Atlas, options: list[str], wanted: str | None, blank: str, key: str) -> str | None:
    level = atlas[options[0]].level if options[0] in atlas else ""
    choices: list[str | None] = [None, *options]
    return st.selectbox(
        LEVEL_LABELS.get(level, "辖区"),
        choices,
        index=choices.index(wanted) if wanted in choices else 0,
        format_func=lambda code: _option(atlas, code, blank),
        key=key,
    )


def _option(atlas: Atlas, code: str | None, blank: str) -> str:
    if code is None:
        return blank
    if code == WHOLE_TREE:
        return "全部区域"
    name = atlas[code].name
    return f"{name}({code}) · {initials(name)}"
