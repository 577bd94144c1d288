"""The rule files: which version of each is in force, and 启用 for those changed on the disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from ledger.domain.errors import LedgerError
from ledger.domain.tiers import RuleSet
from ledger.domain.tiers.files import read_text
from ledger.domain.timing import clock
from ledger.operations import rule_files
from ledger.operations.rule_files import Standing
from ledger.records import rulebook
from ledger.records.assessments import Assessed, assess
from ledger.records.contradicted import read_every_rule
from ledger.records.person_names import person_names
from ledger.records.reckoning import Moved
from pages._text import plain
from pages._ui import guard, notices
from pages.admin.rules.rule_words import show_contradictions, show_moves

T = TypeVar("T")

PREVIEW = "rule-file-preview"


def show_rule_files() -> None:
    """Every kind with its version; what differs on the disk waits here to be put in force."""
    found = rule_files.standing(guard.store(), guard.visitor().actor)
    names = person_names(guard.store(), [one.by for one in found])
    for one in found:
        since = (
            "，程序自带，随程序更新"
            if one.since is None
            else f"，{clock.local_text(one.since)} 起由 {names[str(one.by)]} 启用"
        )
        st.markdown(f"**{one.label}** 版本 {plain(one.version)}{plain(since)}")
        if one.fault is not None:
            st.error(
                f"服务器上的 {one.kind}.toml 不能启用，仍按现行版本办理。{plain(one.fault, None)}",
                icon=":material/error:",
            )
        elif one.offered is not None:
            _offer(one)
        if one.kind == rulebook.CONTRADICTIONS:
            with st.expander("每条规则什么情形算不一致"):
                show_contradictions(read_every_rule(guard.store(), guard.visitor().actor))


def _offer(one: Standing) -> None:
    st.warning(
        f"服务器上的 {one.kind}.toml（版本 {plain(one.offered)}）与现行的不同，尚未生效："
        "各处仍按现行版本，启用后一次全部改按新的。",
        icon=":material/warning:",
    )
    if st.button("看看会变动多少", key=f"preview-{one.kind}", icon=":material/compare_arrows:"):
        seen = _called(_preview, one)
        st.session_state[PREVIEW] = None if seen is None else (one.kind, one.offered, seen)
    kept = st.session_state.get(PREVIEW)
    if kept is None or kept[:2] != (one.kind, one.offered):
        return
    moved, judged = kept[2]
    st.info(f"启用后{counted(moved)}", icon=":material/info:")
    if judged is not None:
        rules, assessed = judged
        show_moves(rules, assessed, "file-moves")
    if st.button(f"启用{one.label}", key=f"adopt-{one.kind}", type="primary"):
        adopted = _called(_adopt, one)
        if adopted is not None:
            st.session_state.pop(PREVIEW, None)
            notices.keep(f"已启用{one.label}：{counted(adopted)}")
            st.rerun()


def _preview(one: Standing) -> tuple[Moved, tuple[RuleSet, Assessed] | None]:
    """How many records move; of the tier rules also which."""
    store, actor = guard.store(), guard.visitor().actor
    moved = rule_files.preview(store, actor, one.kind)
    if one.kind != rulebook.TIERS:
        return moved, None
    text = read_text(rulebook.shipped(one.kind), one.label)
    judged = assess(store, actor, rules_text=text, preview=True)
    return moved, (rulebook.fair_rules(text), judged)


def _adopt(one: Standing) -> Moved:
    return rule_files.adopt(guard.store(), guard.visitor().actor, one.kind)


def _called(service: Callable[[Standing], T], one: Standing) -> T | None:
    """What a service says; what it refuses is shown in place."""
    try:
        with st.spinner("正在计算……"):
            return service(one)
    except LedgerError as error:
        guard.refused(error)
        return None


def counted(moved: Moved) -> str:
    """How many tiers and deadlines move, in words."""
    return f"等级变动 {moved.tiers:,} 条，期限变动 {moved.deadlines:,} 条。"
