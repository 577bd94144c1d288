"""规则: the rules in force in words, and how others take their place: check, preview, 启用.

An administrator reads no ledger: the preview tells numbers of moves and 编号, nothing else.
"""

from __future__ import annotations

import streamlit as st

from ledger.casework.fact_moves import how_many_move
from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.domain.tiers import RuleSet, load_rules
from ledger.records.assessments import Assessed, assess
from ledger.records.rulebook import fair_rules, read_rules, unfairness
from pages._text import plain
from pages._ui import guard, notices
from pages._ui.upload_file import fingerprint, on_disk
from pages.admin.rules.rule_files import show_rule_files
from pages.admin.rules.rule_words import show_moves, show_rules

who = guard.visitor(Action.MANAGE_RULES)
store, actor = guard.store(), who.actor
PREVIEW = "rules-preview"


def read(upload) -> RuleSet | None:
    """The uploaded file as rules over the facts that there are."""
    try:
        with on_disk(upload) as path:
            return fair_rules(load_rules(path).text)
    except LedgerError as error:
        guard.refused(error)
        return None


def judge(rules: RuleSet, *, preview: bool) -> Assessed | None:
    """Judge everything by the new rules; what the service refuses is shown in place."""
    try:
        with st.spinner("正在判定……"):
            return assess(store, actor, rules_text=rules.text, preview=preview)
    except LedgerError as error:
        guard.refused(error)
        return None


def change_section(present: RuleSet) -> None:
    """Upload, check, preview, put in force."""
    upload = st.file_uploader("规则文件", type=["toml"], key="rule-file")
    if upload is None:
        return
    rules = read(upload)
    if rules is None:
        return
    st.subheader(f"新规则：版本 {plain(rules.version)}", anchor=False)
    if rules.fingerprint == present.fingerprint:
        st.info("这就是正在施行的规则。", icon=":material/info:")
        return
    show_rules(rules)
    mark = fingerprint(upload, guard.revisions().data)
    if st.button("预览变动", icon=":material/compare_arrows:", key="preview-rules"):
        st.session_state[PREVIEW] = (mark, judge(rules, preview=True))
    kept = st.session_state.get(PREVIEW)
    if kept is None or kept[0] != mark or kept[1] is None:
        st.caption("先预览哪些机构的等级会变动，再启用。预览不会写入任何内容。")
        return
    show_moves(rules, kept[1])
    flowing = how_many_move(store, actor, rules.text)
    if flowing:
        st.info(
            f"另有 {flowing:,} 家机构，采纳线索、处置、信访提出的事实后等级会变动："
            "由镇(街道)在机构记录里逐项采纳或说明理由，不会自动改动。",
            icon=":material/call_merge:",
        )
    if st.button("启用新规则", type="primary", icon=":material/check:", key="adopt-rules"):
        done = judge(rules, preview=False)
        if done is not None:
            st.session_state.pop(PREVIEW, None)
            notices.keep(
                f"已启用规则 {rules.version}，{len(done.moves):,} 家机构的判定等级有变动。"
            )
            st.rerun()


st.title("规则", anchor=False)
notices.show_kept()
show_rule_files()
current = read_rules(store, actor)
st.header("风险分级规则", anchor=False)
show_rules(current)
unfair = unfairness(current)
if unfair is not None:
    st.warning(
        f"现行规则按新的要求不能再启用，仍按它办理，直到启用别的规则。{plain(unfair, 900)}",
        icon=":material/balance:",
    )
st.header("更换规则", anchor=False)
change_section(current)
