"""制作通报: kind, last day and area; what is made is a draft."""

from __future__ import annotations

from datetime import date

import streamlit as st

from ledger.domain.access import Actor
from ledger.domain.errors import LedgerError
from ledger.domain.small_counts import HIDDEN, LEAST
from ledger.domain.timing import clock
from ledger.domain.timing.comparing import bases_of
from ledger.reporting.bulletins.kinds import KINDS, covered
from pages._ui import guard, notices
from pages._ui.area_picker import choose_area


def show_making(actor: Actor) -> None:
    """The form, folded until somebody makes one."""
    with st.expander("制作通报", icon=":material/post_add:"):
        kind = st.segmented_control(
            "种类",
            list(KINDS),
            default="weekly",
            required=True,
            format_func=lambda key: KINDS[key].label,
            key="bulletin-kind",
        )
        until = st.date_input(
            "截止日期",
            clock.today(),
            max_value=clock.today(),
            format="YYYY-MM-DD",
            key="bulletin-until",
        )
        st.caption("范围：一级一级往下选，停在哪一级就写哪一级的全部。")
        scope = choose_area(guard.atlas(), actor, "bulletin-scope", deepest="village")
        if isinstance(until, date):
            period = covered(KINDS[str(kind)], until)
            st.caption(
                f"统计时段：{period.start} 至 {period.end}，"
                f"{bases_of(period, clock.today()).in_days}。"
                f"通报用于报送：信访、线索少于{LEAST}件的写“{HIDDEN}”或不列。"
            )
            wanted = st.button("制作", type="primary", key="bulletin-make")
            if wanted and scope is not None:
                _make(actor, str(kind), until, scope)


def _make(actor: Actor, kind: str, until: date, scope: str) -> None:
    # Maps and statistics take seconds to import; only who makes a bulletin waits for them.
    with st.spinner("正在汇总数据、绘制地图和图表…"):
        from ledger.reporting.bulletins.making import make

        try:
            made = make(guard.store(), actor, kind, until, scope)
        except LedgerError as error:
            guard.refused(error)
            return
    notices.keep("已制作草稿：数据和图片已存档，以后重印不变。请填写下一步工作后签发。")
    st.query_params["id"] = str(made)
    st.rerun()
