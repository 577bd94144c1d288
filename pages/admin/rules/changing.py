"""Other tier rules: checked, previewed, put in force; an uploaded file or one with other limits."""

from __future__ import annotations

import streamlit as st

from ledger.casework.fact_moves import how_many_move
from ledger.domain.errors import LedgerError
from ledger.domain.tiers import RuleSet, load_rules
from ledger.records.assessments import Assessed, assess
from ledger.records.rulebook import fair_rules
from pages._text import plain
from pages._ui import guard, notices
from pages._ui.upload_file import fingerprint, on_disk
from pages.admin.rules.rule_words import show_moves, show_rules

PREVIEW = "rules-preview"


def change_section(present: RuleSet) -> None:
    """Upload, check, preview, put in force."""
    upload = st.file_uploader("规则文件", type=["toml"], key="rule-file")
    if upload is None:
        return
    try:
        with on_disk(upload) as path:
            rules = fair_rules(load_rules(path).text)
    except LedgerError as error:
        guard.refused(error)
        return
    st.subheader(f"新规则：版本 {plain(rules.version)}", anchor=False)
    if rules.fingerprint == present.fingerprint:
        st.info("这就是正在施行的规则。", icon=":material/info:")
        return
    show_rules(rules)
    if offer(rules, fingerprint(upload, guard.revisions().data), "rules"):
        st.rerun()


def offer(rules: RuleSet, mark: object, key: str) -> bool:
    """Preview first, then 启用; ``mark`` says for what a preview counts, ``key`` tells two offers
    on one page apart. Returns whether the rules were put in force."""
    if st.button("预览变动", icon=":material/compare_arrows:", key=f"preview-{key}"):
        st.session_state[PREVIEW] = (mark, _judge(rules, preview=True))
    kept = st.session_state.get(PREVIEW)
    if kept is None or kept[0] != mark or kept[1] is None:
        st.caption("先预览哪些机构的等级会变动，再启用。预览不会写入任何内容。")
        return False
    show_moves(rules, kept[1], f"moves-{key}")
    flowing = how_many_move(guard.store(), guard.visitor().actor, rules.text)
    if flowing:
        st.info(
            f"另有 {flowing:,} 家机构，采纳线索、处置、信访提出的事实后等级会变动："
            "由镇(街道)在机构记录里逐项采纳或说明理由，不会自动改动。",
            icon=":material/call_merge:",
        )
    if not st.button("启用新规则", type="primary", icon=":material/check:", key=f"adopt-{key}"):
        return False
    done = _judge(rules, preview=False)
    if done is None:
        return False
    st.session_state.pop(PREVIEW, None)
    many = len(done.moves)
    notices.keep(f"已启用规则 {rules.version}，{many:,} 家机构的判定等级有变动。")
    return True


def _judge(rules: RuleSet, *, preview: bool) -> Assessed | None:
    """Judge everything by the new rules; what the service refuses is shown in place."""
    try:
        with st.spinner("正在判定……"):
            store, actor = guard.store(), guard.visitor().actor
            return assess(store, actor, rules_text=rules.text, preview=preview)
    except LedgerError as error:
        guard.refused(error)
        return None
