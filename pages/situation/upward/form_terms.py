"""上级报表: for which area and period a form is filled, and whether old numbers are replaced."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Actor
from ledger.reporting.forms.kept_forms import KeptForm
from pages._ui import guard
from pages._ui.area_picker import choose_area

_PERIODS = {
    "": "按表上写的",
    "本周": "本周",
    "上周": "上周",
    "本月": "本月",
    "上月": "上月",
    "本季度": "本季度",
    "本年": "本年",
    "own": "自己填",
}


def asked_terms(actor: Actor, kept: KeptForm) -> tuple[str | None, str, bool]:
    """Area, period, and whether old numbers are replaced."""
    with st.expander("填哪里、填哪一期", icon=":material/tune:"):
        st.caption("区域：表上写了填报单位的按表上写的；要另填一处时一级一级往下选。")
        other = st.checkbox("另选区域", key=f"forms-other-{kept.id}")
        area = choose_area(guard.atlas(), actor, f"forms-area-{kept.id}") if other else None
        chosen = st.selectbox(
            "统计期",
            list(_PERIODS),
            format_func=_PERIODS.__getitem__,
            key=f"forms-period-{kept.id}",
        )
        own = ""
        if chosen == "own":
            own = st.text_input(
                "统计期（如 2026-11、2026-W48、2026Q4、2026-11-23_2026-11-29）",
                key=f"forms-own-{kept.id}",
            )
        replace = st.checkbox("原来填着别的数的，换成台账的数", key=f"forms-replace-{kept.id}")
    return area, own if chosen == "own" else str(chosen), replace
