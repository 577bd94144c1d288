"""New market entities: how many of each status, the list, and what the register says of one."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ledger.casework import entities
from ledger.domain.access import Action, Actor
from ledger.records import service as records
from pages._text import plain
from pages._ui import guard, notices
from pages._ui.field_frame import headline, parameter
from pages.records.entities.entity_facts import STATUS_LABELS, UNMATCHED, show_entity
from pages.records.entities.entity_list import show_list

TO_VERIFY = "to_verify"


def show_entities(actor: Actor) -> None:
    """The record that the address names, or the list."""
    _say()
    record = parameter("record")
    if record.isascii() and record.isdigit() and len(record) <= 12:
        show_entity(actor, records.get(guard.store(), actor, "entities", int(record)))
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
    show_list(actor, _chosen_status(counts))


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
    keys = [key for key in (*STATUS_LABELS, None) if counts.get(key)]
    asked = parameter("status")
    first = asked if asked in keys else (TO_VERIFY if TO_VERIFY in keys else keys[0])
    # Statuses come and go with a match; a choice among others is another choice.
    stamp = "-".join(str(key) for key in keys)
    place = st.pills(
        "核实状态",
        range(len(keys)),
        default=keys.index(first),
        required=True,
        format_func=lambda at: (
            f"{STATUS_LABELS.get(keys[at] or '', UNMATCHED)} {counts[keys[at]]:,}"
        ),
        key=f"entities-status-{stamp}",
    )
    return keys[place or 0]
