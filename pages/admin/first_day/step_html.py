"""A step of the first days as HTML: its number, state, what there is and what it unlocks."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from ledger.operations.first_day import Step
from pages._text import markup, safe
from pages._ui.stylesheet import stylesheet
from pages.navigation import ENTRIES

ABOVE = stylesheet(Path(__file__).with_name("first_day.css"))
_TITLES = {entry.url_path: entry.title for entry in ENTRIES}


def step_html(number: int, one: Step, *, is_next: bool) -> str:
    """One step; the state stands in words beside its sign."""
    sign, word, look = _state(one, is_next)
    link = Markup("")
    if one.page:
        title = _TITLES[one.page]
        link = markup('<a href="{}" target="_self">到“{}”页</a>', one.page, title)
    elif one.by:
        link = markup("<span>{}</span>", one.by)
    return markup(
        '<section class="first-day {}"><h2>{}. {} <b><i aria-hidden="true">{}</i>{}</b></h2>'
        '<p class="way">{}</p><p>{}</p><p class="unlocks">{}</p></section>',
        look,
        number,
        safe(one.label),
        sign,
        word,
        link,
        safe(one.said),
        safe(one.unlocks),
    )


def _state(one: Step, is_next: bool) -> tuple[str, str, str]:
    if one.is_done:
        return "✓", "已完成", "done"
    if one.is_aside:
        return "✓", safe(one.aside), "done"
    if not one.is_ready:
        return "…", "等前面的步骤", "waiting"
    return ("→", "下一步", "next") if is_next else ("○", "未完成", "open")
