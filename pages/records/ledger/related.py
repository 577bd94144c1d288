"""Records that belong together: what a record refers to, and what refers to an institution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.columns import ColumnType
from ledger.domain.ledgers import LEDGERS
from ledger.records import service as records
from ledger.records.query import Condition, Selection
from pages._text import safe, shortened
from pages._views.rows_link import number_link, rows_address
from pages.records.ledger.session import Desk

# What is listed with an institution: ledger, its day, and what is said of each record.
_OF_INSTITUTION = tuple(
    (key, ledger.dated, ledger.beside)
    for key, ledger in LEDGERS.items()
    if ledger.dated and ledger.beside and "institution" in ledger.by_key
)
_SHOWN = 10


def show_references(desk: Desk, record: Mapping[str, Any]) -> None:
    """Links to the records that this one names by 编号, as far as they are in scope."""
    links = []
    for column in desk.ledger.columns:
        number = record.get(column.key)
        if column.type is ColumnType.REFERENCE and number:
            name = record.get(f"{column.key}_name") or ""
            link = reference_html(desk, column.refers, str(number), str(name))
            links.append(f"{safe(column.label)}：{link}")
    if links:
        st.html('<p class="refers">' + "<br>".join(links) + "</p>")


def reference_html(desk: Desk, ledger_key: str, number: str, name: str) -> str:
    """A 编号 that leads to its record; the text alone where that is not in scope."""
    wanted = Selection(conditions=(Condition("number", "eq", number),))
    found = records.search(desk.store, desk.actor, ledger_key, wanted, size=1).rows
    words = f"{safe(number)} {shortened(name, 40)}" if name else safe(number)
    if not found:
        return words
    return f'<a href="{ledger_key}?record={int(found[0]["id"])}" target="_self">{words}</a>'


def show_related(desk: Desk, institution: Mapping[str, Any]) -> None:
    """What the ledgers that name an institution say of it (as their ``beside``), newest first."""
    for ledger_key, day, keys in _OF_INSTITUTION:
        if desk.actor.may(Action.READ, ledger_key):
            st.html(_list_html(desk, institution, ledger_key, day, keys))


def _list_html(
    desk: Desk, institution: Mapping[str, Any], ledger_key: str, day: str, keys: tuple[str, ...]
) -> str:
    ledger = LEDGERS[ledger_key]
    number = str(institution["number"])
    wanted = Selection(
        conditions=(Condition("institution", "eq", number),), sort=((day, True), ("id", True))
    )
    page = records.search(desk.store, desk.actor, ledger_key, wanted, size=_SHOWN)
    lines = []
    for row in page.rows:
        said = "，".join(filter(None, (ledger.by_key[key].format(row[key]) for key in keys)))
        when = ledger.by_key[day].format(row[day])
        lines.append(
            f'<li><a href="{ledger_key}?record={int(row["id"])}" target="_self">'
            f"{safe(row['number'])}</a> <time>{safe(when)}</time> {shortened(said, 80)}</li>"
        )
    head = f'<h3 class="group">{safe(ledger.label)} {page.total:,}</h3>'
    if not lines:
        return f'{head}<p class="quiet">没有记录。</p>'
    if page.total > len(lines):
        every = rows_address(ledger_key, replace(wanted, sort=Selection().sort))
        lines.append(f"<li>{number_link(f'全部 {page.total:,} 条', every, page.total)}</li>")
    return f'{head}<ul class="related">{"".join(lines)}</ul>'
