"""The list "red home in or beside a hotspot" and how likely the meeting is by chance."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from geo.levels import LEVEL_LABELS
from ledger.records.query import Condition, Selection
from ledger.records.rowsets import MOST_AREAS
from ledger.reporting.statistics.answers import Answer
from ledger.reporting.statistics.red_homes import RED, RedHome, RedHomes, meeting_words
from pages._text import markup, safe
from pages._ui.html_table import Cell, html_table
from pages._ui.shared_answers import Asked, red_homes_of
from pages._views.rows_link import number_link, rows_address

TABLED = 60


def show_red_homes(now: Asked, answer: Answer) -> None:
    """The list for the hotspots of an answer, closed at first."""
    found = red_homes_of(now, answer)
    said = safe(meeting_words(found.meeting, LEVEL_LABELS[answer.request.level]))
    st.html(
        '<details class="map-more"><summary>红色机构与热点：'
        f"{len(found.homes)} 家在热点或紧邻热点</summary>"
        f'<p class="map-said">{said}{_all_of(answer, found)}</p>{_table(answer, found)}</details>'
    )


def _all_of(answer: Answer, found: RedHomes) -> Markup:
    """The link that opens exactly the homes listed."""
    if not found.homes:
        return Markup("")
    codes = sorted({home.area for home in found.homes})
    if len(codes) > MOST_AREAS:
        return Markup("")
    rows = Selection(
        conditions=(
            Condition("tier", "in", (RED,)),
            Condition("lies_in", "set", ",".join(codes)),
        ),
        area_path=None if answer.place.area is None else answer.place.path,
    )
    number = len(found.homes)
    return number_link(f"打开这 {number} 家", rows_address("institutions", rows), number)


def _table(answer: Answer, found: RedHomes) -> Markup:
    if not found.homes:
        return Markup("")
    rows = [_row(answer, home) for home in found.homes[:TABLED]]
    table = html_table(("红色机构", "所在区域", "热点"), rows, look="map-table")
    rest = len(found.homes) - len(rows)
    return table + markup("<p>其余 {} 家请打开台账查看。</p>", rest) if rest > 0 else table


def _row(answer: Answer, home: RedHome) -> tuple[object, ...]:
    link = markup(
        '<a href="institutions?record={}" target="_self">{}</a>', home.id, safe(home.name)
    )
    where = (
        "紧邻" + "、".join(answer.names[code] for code in home.hot) if home.beside else "就在热点"
    )
    return Cell(link, head=True), answer.names[home.area], where
