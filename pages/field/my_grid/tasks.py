"""What is done on the spot, each one press away."""

from __future__ import annotations

import streamlit as st

from ledger.casework.awaiting import Group
from ledger.casework.listing import Listed
from ledger.casework.short_reports import LEAD, PETITION
from ledger.domain.access import Action, Actor
from pages._ui.field_frame import ENTITIES, lead_to


def unverified(groups: tuple[Listed, ...]) -> int:
    """How many new entities wait to be looked at."""
    waiting = next((one for one in groups if one.group is Group.WAITING), None)
    return 0 if waiting is None else sum(item.ledger == "entities" for item in waiting.items)


def show_tasks(actor: Actor, unverified: int) -> None:
    """What is done on the spot, each one press away."""
    with st.container(horizontal=True, key="field-tasks"):
        lead = actor.may(Action.CREATE, "leads") and st.button(
            "上报线索", icon=":material/flag:", key="task-lead", width="stretch"
        )
        petition = actor.may(Action.CREATE, "petitions") and st.button(
            "登记信访事项", icon=":material/forum:", key="task-petition", width="stretch"
        )
        verify = unverified and st.button(
            f"核实新增主体 {unverified}",
            icon=":material/fact_check:",
            key="task-verify",
            width="stretch",
        )
    if lead or petition:
        st.query_params["new"] = LEAD if lead else PETITION
        st.rerun()
    if verify:
        lead_to(ENTITIES)
