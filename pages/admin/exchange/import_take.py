"""导入, step 4: what will be written in numbers, and one press."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import streamlit as st

from ledger.domain.errors import Outdated
from ledger.domain.progress import Progress
from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.comparison_choices import TakenOver
from ledger.exchange.importing.imports import take
from ledger.exchange.reading.bundles import picked
from ledger.operations import apart
from pages._text import plain
from pages._ui.upload_file import on_disk
from pages.admin.exchange.import_done import show_done
from pages.admin.exchange.import_run import Import, run, start_check
from pages.admin.exchange.import_session import leave_mark
from pages.admin.exchange.import_upload import Together

_NAMED = 10


def show(page: Import) -> None:
    """Before the press what will be written; after it what was, and the way back."""
    wizard = page.wizard
    if wizard.done is not None:
        show_done(page, wizard.done)
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
    for words in checked.unread[:_NAMED]:
        st.warning(plain(words, 400), icon=":material/help:")
    what = [f"{left:,} 行有问题或没有选定"] if left else []
    what += [f"{len(checked.unread)} 份表格没有读入"] if checked.unread else []
    partly = not what or st.checkbox(
        f"还有 {'，'.join(what)}：不导入这些，其余照常导入", key="accept-valid"
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
        _start(page, checked, leave_out=bool(what))


def _start(page: Import, checked: Checked, *, leave_out: bool) -> None:
    wizard = page.wizard
    upload, choices, corrections = wizard.upload, wizard.choices, wizard.corrections
    batch, sheet, mapping = wizard.batch, wizard.sheet, wizard.mapping

    def call(progress: Progress) -> tuple[TakenOver, Any] | Outdated:
        try:
            with on_disk(upload) as path:
                rest = apart.call(picked, path, checked.foreign) if checked.foreign else None
                done = apart.call(
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
                return done, rest
        except Outdated as outdated:
            return outdated

    def after(taken: tuple[TakenOver, Any] | Outdated) -> None:
        if isinstance(taken, Outdated):
            st.session_state["import-outdated"] = batch
            wizard.refused = taken
            return
        wizard.forget_file()
        wizard.done, rest = taken
        wizard.rest = None if rest is None else Together(rest[0], f"{batch}-rest", rest[1])

    leave_mark("writing")
    run(wizard, "导入", call, after, writes=True)
