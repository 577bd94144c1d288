"""New market entities: how many of each status, the list, and what the register says of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from markupsafe import Markup

from ledger.casework import entities
from ledger.domain.access import Action, Actor
from ledger.domain.ledgers import ENTITIES
from ledger.records import service as records
from ledger.records.query import Condition, Page, Selection
from pages._text import clip, markup, plain, safe
from pages._ui import guard, notices
from pages._ui.cells import area_words
from pages._ui.field_frame import headline, parameter
from pages._ui.html_table import Cell, html_table
from pages._ui.todo_list import lines_html, one_line
from pages.records.entities.verifying import verify

TO_VERIFY = "to_verify"
SIZE = 50
_STATUS = ENTITIES.by_key["status"].choice_labels
UNMATCHED = "未比对"
_STATE = '<span class="todo-state">{}</span><span class="todo-when">{}</span>'
_SHOWN = ("number", "status", "credit_code", "registered_on", "address", "area_code", "scope")


def show_entities(actor: Actor) -> None:
    """The record that the address names, or the list."""
    _say()
    record = parameter("record")
    if record.isascii() and record.isdigit() and len(record) <= 12:
        _entity(actor, records.get(guard.store(), actor, "entities", int(record)))
        return
    counts = entities.count_by_status(guard.store(), actor)
    headline("新增市场主体", answer(counts))
    _match_button(actor)
    if not counts:
        step = (
            "请在“导入导出”导入市场监管部门的名单，然后点“匹配”。"
            if actor.may(Action.IMPORT, "entities")
            else "镇（街道）经办导入名单并匹配后，待核实的会出现在这里。"
        )
        notices.nothing_here("还没有新增市场主体。", next_step=step)
        return
    _list(actor, _chosen_status(counts))


def answer(counts: Mapping[str | None, int]) -> str:
    """How many there are and how many wait, as HTML."""
    total, waiting = sum(counts.values()), counts.get(TO_VERIFY, 0)
    if not total:
        return "市场监管部门的名单还没有导入。"
    said = f"<b>{waiting:,} 家待核实</b>" if waiting else "没有待核实的"
    fresh = counts.get(None, 0)
    return f"{said}，共 {total:,} 家" + (f"，{fresh:,} 家尚未比对。" if fresh else "。")


def _match_button(actor: Actor) -> None:
    if not actor.may(Action.IMPORT, "entities"):
        return
    if not st.button("与机构台账匹配", icon=":material/join_inner:", key="entities-match"):
        return
    with st.spinner("正在匹配…"):
        found = entities.match_entities(guard.store(), actor)
    st.session_state["entities-said"] = (
        f"匹配完成：已在台账 {found.known:,} 家，待核实 {found.to_verify:,} 家，"
        f"不涉及养老服务 {found.irrelevant:,} 家。"
    )
    st.rerun()


def _say() -> None:
    said = st.session_state.pop("entities-said", None)
    if said:
        st.success(plain(said, 400), icon=":material/check:")


def _chosen_status(counts: Mapping[str | None, int]) -> str | None:
    """The status that the list shows; those to verify first."""
    keys = [key for key in (*_STATUS, None) if counts.get(key)]
    asked = parameter("status")
    first = asked if asked in keys else (TO_VERIFY if TO_VERIFY in keys else keys[0])
    # Statuses come and go with a match; a choice among others is another choice.
    stamp = "-".join(str(key) for key in keys)
    place = st.pills(
        "核实状态",
        range(len(keys)),
        default=keys.index(first),
        required=True,
        format_func=lambda at: f"{_STATUS.get(keys[at] or '', UNMATCHED)} {counts[keys[at]]:,}",
        key=f"entities-status-{stamp}",
    )
    return keys[place or 0]


def _list(actor: Actor, status: str | None) -> None:
    wanted = Selection(conditions=(Condition("status", "eq", status),), sort=(("number", False),))
    size = SIZE * st.session_state.get(f"entities-pages-{status}", 1)
    page = records.search(guard.store(), actor, "entities", wanted, size=size)
    st.html(list_html(actor, page))
    if page.total > len(page.rows):
        key = f"entities-pages-{status}"
        st.button(
            f"再列 {min(SIZE, page.total - len(page.rows))} 家（共 {page.total:,} 家）",
            key="entities-more",
            on_click=lambda: st.session_state.update({key: st.session_state.get(key, 1) + 1}),
        )


def list_html(actor: Actor, page: Page) -> Markup:
    """The list as HTML; each line leads to its entity."""
    lines = []
    for row in page.rows:
        where = area_words(guard.atlas(), row["area_code"], actor.scope_path).partition(" · ")[0]
        behind = (row["institution_name"] or "") if row["institution"] else ""
        word = _STATUS.get(row["status"], UNMATCHED)
        lines.append(
            one_line(
                f"entities?record={int(row['id'])}",
                row["name"],
                (row["number"], where),
                markup(_STATE, safe(word), safe(behind) if behind else ""),
                Markup(),
            )
        )
    return lines_html(lines)


def _entity(actor: Actor, row: dict[str, Any]) -> None:
    status = _STATUS.get(row["status"], UNMATCHED)
    headline(row["name"], f"核实状态：<b>{safe(status)}</b>")
    if st.button("返回名单", icon=":material/arrow_back:", key="entities-back"):
        st.query_params.clear()
        st.rerun()
    st.html(facts_html(actor, row))
    if row["verification"]:
        st.html(
            f'<p class="field-quiet">核实情况（{row["verified_on"]}）：'
            f"{safe(row['verification'])}</p>"
        )
    if actor.may(Action.EDIT, "entities"):
        verify(actor, row)


def facts_html(actor: Actor, row: Mapping[str, Any]) -> str:
    """What the register says, as HTML."""
    items = []
    for key in _SHOWN:
        column, value = ENTITIES.by_key[key], row.get(key)
        if value is None:
            continue
        said = (
            area_words(guard.atlas(), str(value), actor.scope_path)
            if key == "area_code"
            else column.format(value)
        )
        items.append((Cell(column.label, head=True), clip(said, 600)))
    return html_table((), items, look="field-changes")
