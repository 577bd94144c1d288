"""The frame around every page: CSS, and the line with the signed-in user."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.colours import css_variables
from ledger.domain.timing import clock
from pages._ui import guard
from pages._ui.shared_answers import masthead_at
from pages._ui.stylesheet import stylesheet

_DEMO = '<span class="badge" title="虚构的数据，不对应任何真实地点和机构">演示数据</span>'
# Opened by pages/_web/static/find.js.
_FIND = (
    '<button type="button" class="find-open" title="快捷键 Ctrl K" data-token="{}">'
    "查找 <kbd>Ctrl K</kbd></button>"
)
_ICON = Path(__file__).parents[1] / "_web" / "static" / "icon.svg"
STYLE = Path(__file__).with_name("theme.css")
PRINTED = Path(__file__).with_name("printed.css")
MEETING_STYLE = Path(__file__).with_name("meeting.css")
_SITUATION = Path(__file__).parents[1] / "situation"
_MAP = _SITUATION / "risk_map" / "page.py"
MEETING: tuple[tuple[str, Path, dict[str, str]], ...] = (
    ("风险地图", _MAP, {}),
    ("热点", _SITUATION / "hotspots" / "page.py", {}),
    ("各村超期", _MAP, {"layer": "dispositions", "table": "1"}),
    ("近7天变化", _MAP, {"layer": "changes"}),
)
"""The pages of a meeting in their order: word, page, and the parameters of its view."""


def apply_theme(menu: str = "") -> None:
    """Density, tabular figures, touch targets; Streamlit's own chrome out of the way.

    ``menu`` is further CSS: the headings of the menu.
    """
    st.html(stylesheet(STYLE, PRINTED, more=css_variables() + menu))


@cache
def icon() -> str:
    """The icon of the tab, as Streamlit sends it: it would read the file in every run."""
    content = b64encode(_ICON.read_bytes()).decode("ascii")
    return f"data:image/svg+xml;base64,{content}"


def header(who: guard.Visitor) -> None:
    """Office, the box that finds a record, person, role and area, and the way out; in a meeting
    the way through its pages."""
    actor = who.actor
    if meeting_step() and actor.may(Action.READ):
        _meeting(int(meeting_step()["meeting"]) - 1)
        return
    name, is_demo = masthead_at(guard.store(), guard.revisions())
    office = name or "养老服务风险台账"
    badge = _DEMO if is_demo else ""
    role = actor.role.label if actor.role else "系统"
    find = _FIND.format(escape(who.session.csrf_token)) if actor.may(Action.READ) else ""
    person = f"{actor.display_name} · {role} · {scope_name(actor)}"
    st.html(
        '<div class="office-line">'
        f'<span class="office">{escape(office)}</span>{badge}'
        f'<span class="spring"></span>{find}'
        f'<span class="who" title="{escape(person)}">{escape(person)}</span>'
        f'<span class="on-paper">打印时间：{clock.local_text(clock.now())}　内部使用</span>'
        '<a class="leave" href="/guide" target="_blank" rel="noopener">手册</a>'
        '<a class="leave" href="/signout" target="_self">退出</a></div>'
    )


def meeting_step() -> dict[str, str]:
    """The parameter of an address that says which page of a meeting is on show; {} outside one."""
    step = st.query_params.get("meeting", "")
    known = step.isascii() and step.isdigit() and 0 < int(step[:2]) <= len(MEETING)
    return {"meeting": step} if known else {}


def _meeting(place: int) -> None:
    """Which page of the meeting this is; the buttons are pressed by arrow keys, too.

    Their keys are known to ``pages/_web/static/printing.js``.
    """
    st.html(stylesheet(MEETING_STYLE))
    with st.container(horizontal=True, key="meeting", vertical_alignment="center"):
        for at, (word, _, _) in enumerate(MEETING):
            mark = ' aria-current="step"' if at == place else ""
            st.html(f'<span class="meeting-step"{mark}>{at + 1} {word}</span>', width="content")
        before = st.button("上一页", key="meeting-before", disabled=place == 0)
        after = st.button("下一页", key="meeting-after", disabled=place + 1 == len(MEETING))
        left = st.button("退出会议模式", key="meeting-leave")
    if left:
        del st.query_params["meeting"]
        st.rerun()
    if before or after:
        to = place + (1 if after else -1)
        _, page, view = MEETING[to]
        st.switch_page(page, query_params={**view, "meeting": str(to + 1)})


def scope_name(actor) -> str:
    """The actor's area in words."""
    if actor.scope_path == "/":
        return "全部区域"
    atlas = guard.atlas()
    if actor.scope_code in atlas:
        return atlas[actor.scope_code].name
    return f"{actor.scope_code}(区域已不存在)"
