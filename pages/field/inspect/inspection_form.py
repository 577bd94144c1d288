"""The visit as one column of large fields: who and when, the checklist, photos, position."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import streamlit as st

from ledger.domain.columns import TRI_LABELS, Column
from ledger.domain.ledgers import INSPECTIONS, INSTITUTIONS
from ledger.domain.ledgers.inspections import CHECKLIST_KEYS
from ledger.records import assessments
from pages._text import plain
from pages._ui.field_frame import section
from pages.field.inspect.inspection_photos import photo_field
from pages.field.inspect.inspection_position import position_field
from pages.field.inspect.inspection_preview import fact_words
from pages.field.inspect.visit import Visit

REFUSED = INSPECTIONS.by_key["result"].choice_labels["refused"]


def show_first_question(visit: Visit) -> None:
    """The question that settles most of the tier of this institution."""
    advice = assessments.advice(visit.store, visit.actor, visit.place)
    if advice is not None and advice.first is not None:
        st.info(f"先问：{plain(advice.first, None)}", icon=":material/help:")


def show_visit_fields(visit: Visit) -> None:
    """All fields, top to bottom."""
    form = visit.form
    section("这次走访")
    for key in ("inspected_on", "inspectors", "round", "result"):
        form.field(INSPECTIONS.by_key[key])
    if form.typed.values.get("result") == REFUSED:
        st.caption("拒绝检查也请保存：本轮仍计为未走访，下次可再去。")
    _checklist(visit)
    section("发现的问题")
    for key in ("findings", "rectify_by", "remarks"):
        form.field(INSPECTIONS.by_key[key])
    photo_field(visit)
    position_field(visit)


def filled(values: Mapping[str, Any]) -> int:
    """How many items of the checklist were answered; 不详 is no answer."""
    blank = (None, "", TRI_LABELS[None])
    return sum(values.get(key) not in blank for key in CHECKLIST_KEYS)


def _checklist(visit: Visit) -> None:
    head = st.empty()
    st.caption("每次走访重新填写；没有问到的留空或选“不详”，台账现值不变。")
    columns = [INSPECTIONS.by_key[key] for key in CHECKLIST_KEYS]
    for group, members in groupby(columns, key=lambda c: INSTITUTIONS.by_key[c.key].group):
        st.markdown(f"**{group}**")
        for column in members:
            visit.form.field(column, beside=now_words(visit.place, column))
    done = filled(visit.form.typed.values)
    with head:
        section("检查清单", f"已填 {done} / {len(CHECKLIST_KEYS)} 项")


def now_words(place: Mapping[str, Any], column: Column) -> str:
    """``台账现值 否(2026-05-20)``: what the ledger says, and as of when if a visit said it."""
    as_of = (place.get("facts_as_of") or {}).get(column.key, {}).get("on")
    value = fact_words(column.key, place.get(column.key))
    return plain(f"台账现值 {value}" + (f"（{as_of}）" if as_of else ""), 80)
