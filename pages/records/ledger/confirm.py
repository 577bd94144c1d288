"""确认等级: a leader confirms a tier, which opens the dispositions that it demands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ledger.casework.dispositions import confirm_tier, demanded
from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from pages._text import plain, safe
from pages._ui.badges import tier_word
from pages.records.ledger.session import Desk


def show_confirm(desk: Desk, record: Mapping[str, Any]) -> None:
    """What the tier demands, and 确认等级 for leaders."""
    if not desk.may(Action.CONFIRM) or record["tier"] is None:
        return
    if record["tier_confirmed"] == record["tier"]:
        st.caption(f"{tier_word(record['tier'])}已由领导确认，处置措施见“往来”。")
        return
    with st.container(border=True, key="confirm-tier"):
        st.markdown(f"**确认等级：{tier_word(record['tier'])}**")
        st.html(_opened_html(desk, record))
        key = f"confirm-{record['id']}-{record['version']}"
        draft = desk.draft(record["id"], "confirm")
        fields = {"official": f"{key}-official", "reason": f"{key}-reason"}
        draft.refill(fields)
        draft.show_restored()
        official = st.text_input("包案领导(选填)", key=f"{key}-official", max_chars=60)
        reason = st.text_input("说明(选填，会记入历史)", key=f"{key}-reason", max_chars=400)
        draft.keep_fields(fields, record["version"])
        if st.button("确认等级并开立处置", type="primary", key="confirm-do"):
            _confirm(desk, record, official, reason)


def _opened_html(desk: Desk, record: Mapping[str, Any]) -> str:
    """The measures of the tier: which will be opened, and which are open already."""
    lines = []
    for measure in demanded(desk.store, desk.actor, record["id"]):
        if measure.open:
            note = "已在办理，不重复开立"
        elif measure.days is None:
            note = "期限由方案确定"
        else:
            note = f"{measure.days} 天内"
        lines.append(f"<li>{safe(measure.name)}({safe(note)})</li>")
    return (
        f'<p>确认后将开立下列处置(自 {clock.today()} 起):</p><ul class="why">{"".join(lines)}</ul>'
    )


def _confirm(desk: Desk, record: Mapping[str, Any], official: str, reason: str) -> None:
    try:
        opened = confirm_tier(
            desk.store,
            desk.actor,
            record["id"],
            record["version"],
            lead_official=official,
            reason=reason,
        )
    except LedgerError as error:
        st.error(plain(error, 400))
        return
    desk.draft(record["id"], "confirm").discard()
    said = f"已开立处置 {len(opened)} 项：{'、'.join(opened)}" if opened else "没有需要新开立的处置"
    desk.memory.tell("success", f"{record['number']} 已确认为{tier_word(record['tier'])}，{said}。")
    desk.memory.opened = None
    st.rerun()
