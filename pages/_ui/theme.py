"""The frame around every page: CSS, and the line with the signed-in user."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from ledger.domain.colours import css_variables
from ledger.people.office import masthead
from pages._ui import guard
from pages._ui.stylesheet import stylesheet

_DEMO = '<span class="badge" title="虚构的数据，不对应任何真实地点和机构">演示数据</span>'
STYLE = Path(__file__).with_name("theme.css")


def apply_theme(menu: str = "") -> None:
    """Density, tabular figures, touch targets; Streamlit's own chrome out of the way.

    ``menu`` is further CSS: the headings of the menu.
    """
    st.html(stylesheet(STYLE, more=css_variables() + menu))


def header(who: guard.Visitor) -> None:
    """Office, person, role and area, and the way out."""
    actor = who.actor
    name, is_demo = masthead(guard.store())
    office = name or "养老服务风险台账"
    badge = _DEMO if is_demo else ""
    role = actor.role.label if actor.role else "系统"
    st.html(
        '<div class="office-line">'
        f'<span class="office">{escape(office)}</span>{badge}'
        '<span class="spring"></span>'
        f'<span class="who">{escape(actor.display_name)} · {escape(role)} · '
        f"{escape(scope_name(actor))}</span>"
        '<a class="leave" href="/signout" target="_self">退出</a></div>'
    )


def scope_name(actor) -> str:
    """The actor's area in words."""
    if actor.scope_path == "/":
        return "全部区域"
    atlas = guard.atlas()
    if actor.scope_code in atlas:
        return atlas[actor.scope_code].name
    return f"{actor.scope_code}(区域已不存在)"
