"""导入, after step 4: what was written, what is left to be imported, and the way back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.exchange.importing.comparison_choices import TakenOver
from ledger.records.putting_back import extent_of_save, put_back_save
from pages._text import attribute, plain
from pages._ui import guard
from pages.admin.exchange.import_look import look
from pages.admin.exchange.import_run import Import
from pages.admin.exchange.import_session import begin, leave_mark


def show_done(page: Import, done: TakenOver) -> None:
    """What was written, where it is to be seen, what is left to be imported, and the way back."""
    leave_mark(None)
    ledger = page.ledger
    out = f"，没有导入 {done.left_out:,} 行" if done.left_out else ""
    st.success(
        f"已导入{ledger.label}：新增 {done.created:,} 条，更新 {done.updated:,} 条{out}。",
        icon=":material/check:",
    )
    if done.batch is not None:
        query = attribute(f"{ledger.key}?of_batch.set={done.batch}")
        st.html(f'<a class="action-link" href="/{query}" target="_self">查看这次导入的记录</a>')
    if page.wizard.rest is not None:
        _offer_rest(page, page.wizard.rest)
    if st.button("再导入一份", icon=":material/upload_file:", key="import-another"):
        begin(ledger.key)
        st.rerun()
    if done.batch is not None and page.actor.may(Action.EDIT, ledger.key):
        _offer_way_back(page, done.batch)


def _offer_rest(page: Import, rest: Any) -> None:
    """Tables that came together with ours and are somebody's own: an import by themselves."""
    st.info(f"“{plain(rest.name, 100)}”不是从这里下载的表格，还没有导入。", icon=":material/table:")
    if st.button("接着导入它", type="primary", icon=":material/arrow_forward:", key="import-rest"):
        fresh = begin(page.ledger.key)
        fresh.upload = rest
        look(replace(page, wizard=fresh))


def _offer_way_back(page: Import, batch: str) -> None:
    """整批撤回, with a reason."""
    with st.expander("导错了？整批撤回"):
        added, changed = extent_of_save(page.store, batch, page.actor)
        st.caption(
            f"新增的 {added:,} 条移入回收站，修改的 {changed:,} 条恢复原值；"
            "之后又有人改过的格子不动，并会列出。"
        )
        reason = st.text_input(
            "撤回原因(必填)", key="import-undo-why", max_chars=400, autocomplete="off"
        )
        if not st.button("整批撤回", icon=":material/undo:", key="import-undo"):
            return
        try:
            with st.spinner("正在撤回……"):
                back = put_back_save(page.store, page.actor, batch, reason=reason)
        except LedgerError as error:
            guard.refused(error)
            return
    fresh = begin(page.ledger.key)
    fresh.say("success", f"已整批撤回，恢复 {back.records:,} 条记录。")
    if back.left:
        kept = "、".join(back.left[:10])
        fresh.say("warning", f"以下内容后来又改过，没有恢复：{plain(kept)}。")
    st.rerun()
