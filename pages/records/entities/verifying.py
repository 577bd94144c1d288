"""What was found on the spot of a new market entity: an institution is added or named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ledger.casework import entities
from ledger.domain.access import Actor
from ledger.domain.errors import LedgerError
from ledger.records.history.drafts import form_name
from pages._text import plain
from pages._ui import guard
from pages._ui.answers import ask_one
from pages._ui.drafts import Draft
from pages._ui.field_frame import section

_NEW = ""


def verify(actor: Actor, row: dict[str, Any]) -> None:
    """What was found on the spot; an institution is added to the ledger, or named."""
    section("现场核实")
    possible = entities.possible_matches(guard.store(), actor, row["id"])
    names = {one.number: f"{one.name}（{one.number}，{one.why}）" for one in possible}
    key = f"verify-{row['id']}-{row['version']}"
    draft = Draft(guard.store(), actor, form_name("entities", row["id"], "verify"))
    fields = {name: f"{key}-{name}" for name in ("verdict", "institution", "note")}
    draft.refill(_still_offered(draft, fields, [_NEW, *names]))
    draft.show_restored()
    verdict = ask_one(
        "现场看到的是养老服务机构（场所）吗？",
        ["是养老服务机构", "不是"],
        segmented=True,
        width="stretch",
        key=f"{key}-verdict",
    )
    institution = None
    if verdict == "是养老服务机构":
        institution = st.selectbox(
            "是台账里的哪一家",
            [_NEW, *names],
            format_func=lambda number: plain(names.get(number, "台账里没有，新建机构"), 120),
            key=f"{key}-institution",
        )
    note = st.text_area(
        "核实情况 :red[（必填）]",
        max_chars=entities.NOTE_LENGTH,
        height=110,
        placeholder="现场看到什么、问了谁",
        key=f"{key}-note",
    )
    draft.keep_fields(fields, row["version"])
    with st.container(key="field-save"):
        pressed = st.button(
            "保存核实结果",
            type="primary",
            icon=":material/check:",
            key="verify-save",
            width="stretch",
        )
    if not pressed:
        return
    if verdict is None:
        st.error("请先选择是不是养老服务机构。", icon=":material/error:")
        return
    _save(actor, row, verdict == "是养老服务机构", note, institution or None)


def _still_offered(draft: Draft, fields: Mapping[str, str], offered: list[str]) -> dict[str, str]:
    """The fields that can be filled: institutions on offer may be others by now."""
    found = draft.waiting()
    known = found is None or found.values.get("institution") in offered
    return {name: key for name, key in fields.items() if known or name != "institution"}


def _save(
    actor: Actor, row: Mapping[str, Any], is_institution: bool, note: str, named: str | None
) -> None:
    try:
        number = entities.verify_entity(
            guard.store(),
            actor,
            row["id"],
            row["version"],
            is_institution,
            note,
            institution=named,
        )
    except LedgerError as error:
        st.error(plain(error, 400), icon=":material/error:")
        return
    Draft(guard.store(), actor, form_name("entities", row["id"], "verify")).discard()
    done = f"核实为养老机构，对应台账 {number}，可以去走访" if number else "核实不是养老机构"
    st.session_state["entities-said"] = f"{row['name']}：{done}。"
    st.query_params.clear()
    st.rerun()
