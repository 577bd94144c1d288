"""Save a filled visit form: show what will change, confirm, show what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ledger.domain.columns import Column
from ledger.domain.ledgers import INSPECTIONS
from ledger.records import attachments
from pages._text import plain
from pages._ui.field_frame import INSPECT, home_of, lead_to, run_again, section
from pages.field.inspect.inspection_form import REFUSED
from pages.field.inspect.inspection_position import position_of, position_words
from pages.field.inspect.inspection_preview import effect_html, foresee
from pages.field.inspect.visit import Visit
from pages.field.inspect.visit_writing import Saved, visit_values, write_visit


def show_save(visit: Visit) -> None:
    """保存, which leads to the summary as soon as nothing is wrong."""
    typed = visit.form.typed
    for line in typed.refused:
        st.error(plain(line, 400), icon=":material/error:")
    with st.container(key="field-save"):
        pressed = st.button(
            "保存走访", type="primary", icon=":material/check:", key="visit-save", width="stretch"
        )
    if not pressed:
        return
    typed.refused = []
    visit_values(visit)
    if typed.problems:
        named = "、".join(INSPECTIONS.label_of(key) for key in typed.problems)
        typed.refused = [f"还不能保存，请先填写或改正：{named}。"]
    elif len(typed.photos) > attachments.MOST_FILES:
        typed.refused = [f"附件最多 {attachments.MOST_FILES} 个，请先移除多余的。"]
    else:
        typed.stage = "confirm"
    run_again()


def show_confirm(visit: Visit) -> None:
    """One look at what the visit changes, then 确认保存."""
    typed = visit.form.typed
    values = visit_values(visit)
    section("请核对后确认保存")
    effect = foresee(visit.store, visit.actor, visit.place, values, values["inspected_on"])
    st.html(effect_html(effect))
    st.markdown("  \n".join(_said(visit, values)))
    if typed.values.get("result") == REFUSED:
        st.info("走访结果为“拒绝检查”：本轮仍计为未走访。", icon=":material/info:")
    with st.container(horizontal=True):
        sure = st.button("确认保存", type="primary", key="visit-sure", icon=":material/check:")
        back = st.button("返回修改", key="visit-back", icon=":material/arrow_back:")
    if back:
        typed.stage = "form"
        run_again()
    if sure:
        with st.spinner("正在保存…"):
            write_visit(visit, values)
        run_again()


def _said(visit: Visit, values: Mapping[str, Any]) -> list[str]:
    """The visit itself in a few lines of Markdown."""
    typed = visit.form.typed
    shown: list[Column] = [
        INSPECTIONS.by_key[key]
        for key in ("inspected_on", "inspectors", "round", "result", "findings", "rectify_by")
    ]
    lines = [f"{c.label}：{plain(c.format(values[c.key]), 200)}" for c in shown if c.key in values]
    lines.append(f"照片和材料：{len(typed.photos)} 个")
    here = position_of(typed.values)
    lines.append(f"走访位置：{plain(position_words(visit, here)) if here else '未记录'}")
    return lines


def show_saved(visit: Visit) -> None:
    """What was saved and what it did; then on to the next."""
    saved: Saved = visit.form.typed.done
    st.success(f"走访已保存，编号 {plain(saved.number)}。", icon=":material/check_circle:")
    st.html(effect_html(saved.effect))
    if saved.attached:
        st.markdown(f"照片和材料已保存 {saved.attached} 个。")
    for line in saved.lost:
        st.error(f"附件没有保存：{plain(line, 300)}", icon=":material/error:")
    number = str(visit.place["number"])
    with st.container(horizontal=True):
        home = st.button("返回", type="primary", key="visit-home")
        other = st.button("再走访一家", key="visit-next")
        lead = st.button("就此上报线索", key="visit-lead", icon=":material/flag:")
    if home or other or lead:
        visit.form.forget()
        if lead:
            lead_to(INSPECT, new="lead", institution=number)
        lead_to(home_of(visit.actor) if home else INSPECT)
