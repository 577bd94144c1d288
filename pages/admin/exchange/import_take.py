"""导入, step 4: what will be written in numbers, one press, and the way back."""

from __future__ import annotations

from uuid import uuid4

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.errors import LedgerError, Outdated
from ledger.domain.progress import Progress
from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.comparison_choices import TakenOver
from ledger.exchange.importing.imports import take
from ledger.operations import apart
from ledger.records.putting_back import extent_of_save, put_back_save
from pages._text import attribute, plain
from pages._ui import guard
from pages._ui.upload_file import on_disk
from pages.admin.exchange.import_run import Import, run, start_check
from pages.admin.exchange.import_state import begin, leave_mark


def show(page: Import) -> None:
    """Before the press what will be written; after it what was, and the way back."""
    wizard = page.wizard
    if wizard.done is not None:
        _show_done(page, wizard.done)
    elif wizard.checked is not None:
        _confirm(page, wizard.checked)
    else:
        wizard.step = "file"
        st.rerun()


def _confirm(page: Import, checked: Checked) -> None:
    wizard = page.wizard
    leave_mark("open")
    outcome = checked.outcome(wizard.choices)
    left = outcome.blocked + outcome.undecided
    numbers = {
        "新增": outcome.created,
        "更新": outcome.updated,
        "不变": outcome.unchanged,
        "不导入": outcome.refused + left + len(wizard.corrections.left_out),
    }
    for place, (label, number) in zip(st.columns(len(numbers)), numbers.items(), strict=True):
        place.metric(label, f"{number:,}")
    if wizard.corrections.cells:
        st.caption(f"含您改正的 {len(wizard.corrections.cells)} 格。")
    partly = True
    if left:
        partly = st.checkbox(
            f"还有 {left:,} 行有问题或没有选定：不导入这些行，其余照常导入", key="accept-valid"
        )
    with st.container(horizontal=True, key="import-ways"):
        if st.button("上一步", icon=":material/arrow_back:", key="import-back"):
            wizard.step = "check"
            st.rerun()
        pressed = st.button(
            f"确认导入 {outcome.waiting:,} 条",
            type="primary",
            icon=":material/check:",
            disabled=not partly or not outcome.waiting,
            key="confirm-import",
        )
        outdated = st.session_state.get("import-outdated") == wizard.batch
        if outdated and st.button("重新检查", icon=":material/refresh:", key="import-again"):
            wizard.batch = uuid4().hex
            start_check(page)
    st.caption("全部写入或一行不写；写入后可以整批撤回。")
    if pressed:
        _start(page, checked, leave_out=bool(left))


def _start(page: Import, checked: Checked, *, leave_out: bool) -> None:
    wizard = page.wizard
    upload, choices, corrections = wizard.upload, wizard.choices, wizard.corrections
    batch, sheet, mapping = wizard.batch, wizard.sheet, wizard.mapping

    def call(progress: Progress) -> TakenOver | Outdated:
        try:
            with on_disk(upload) as path:
                return apart.call(
                    take,
                    page.store,
                    page.actor,
                    checked,
                    path,
                    choices,
                    batch=batch,
                    leave_out=leave_out,
                    sheet=sheet,
                    mapping=mapping,
                    corrections=corrections,
                    progress=progress,
                    writes=True,
                )
        except Outdated as outdated:
            return outdated

    def after(done: TakenOver | Outdated) -> None:
        if isinstance(done, Outdated):
            st.session_state["import-outdated"] = batch
            wizard.refused = done
            return
        wizard.done = done
        wizard.forget_file()

    leave_mark("writing")
    run(wizard, "导入", call, after, writes=True)


def _show_done(page: Import, done: TakenOver) -> None:
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
    if st.button("再导入一份", icon=":material/upload_file:", key="import-another"):
        begin(ledger.key)
        st.rerun()
    if done.batch is not None and page.actor.may(Action.EDIT, ledger.key):
        _offer_way_back(page, done.batch)


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
