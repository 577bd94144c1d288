"""All bulletins as HTML: what was issued last, and the table of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.reporting.bulletins.kept_bulletin import Entry
from ledger.reporting.bulletins.outline import days_in_words
from pages._text import markup, safe
from pages._ui.html_table import html_table

HEADS = ("期号", "标题", "统计时段", "状态", "制作", "签发")


def answer_html(entries: Sequence[Entry]) -> str:
    """What was issued last, and what waits to be issued."""
    issued = next((one for one in entries if one.state == "issued"), None)
    drafts = sum(one.state == "draft" for one in entries)
    last = (
        f"最近签发：{_link(issued, issued.label)}（{safe(days(issued))}）"
        if issued
        else "还没有签发过通报"
    )
    return f"{last}；{drafts} 份草稿待签发。" if drafts else f"{last}。"


def list_html(entries: Sequence[Entry], names: Mapping[str, str]) -> str:
    """All bulletins, the latest day first."""
    rows = [
        (
            _link(one, one.label),
            one.title,
            days(one),
            one.state_label,
            by_whom(names[one.made_by], one.made_at),
            by_whom(names[one.issued_by or ""], one.issued_at),
        )
        for one in entries
    ]
    return html_table(HEADS, rows, frame="bulletins", label="全部通报")


def _link(entry: Entry, text: str) -> Markup:
    link = '<a href="bulletins?id={}" target="_self">{}</a>'
    return markup(link, entry.id, safe(text))


def days(entry: Entry) -> str:
    """The days that it covers, in words."""
    return days_in_words(Period(entry.starts_on, entry.ends_on))


def by_whom(name: str | None, at: datetime | None) -> str:
    """Who did it and when; a dash if nobody did."""
    return f"{name} {clock.local_text(at)}" if name and at else "—"
