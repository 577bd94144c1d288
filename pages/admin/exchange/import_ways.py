"""导入, step 3: the ways on from what was found: take over, check anew, or send the file back."""

from __future__ import annotations

import streamlit as st

from ledger.domain.progress import Progress
from ledger.exchange.importing.checked import Checked, problem_list
from ledger.exchange.importing.marked_up import MarkedUp, marked_up
from ledger.exchange.writing.formats import MEDIA_TYPES
from ledger.exchange.writing.table_workbook import problem_table, table_workbook
from ledger.operations import apart
from pages._text import plain
from pages._ui.upload_file import on_disk
from pages.admin.exchange.import_run import Import, run, start_check


def show_ways(page: Import, checked: Checked) -> None:
    wizard = page.wizard
    outcome = checked.outcome(wizard.choices)
    with st.container(horizontal=True, key="import-ways"):
        if st.button("上一步", icon=":material/arrow_back:", key="import-back"):
            wizard.step = "file" if wizard.mapping is None else "columns"
            wizard.next_editor()
            st.rerun()
        unchecked = wizard.has_unchecked
        still = outcome.blocked + outcome.undecided
        again = st.button(
            "按修改重新检查",
            icon=":material/fact_check:",
            type="primary" if unchecked else "secondary",
            key="import-again",
        )
        forward = st.button(
            "下一步：导入",
            type="secondary" if unchecked or still else "primary",
            disabled=unchecked or not outcome.waiting,
            key="import-next",
        )
    if unchecked:
        count = len(wizard.typed) + len(wizard.dropped - wizard.corrections.left_out)
        st.caption(f"有 {count} 处修改还没有检查，请先按“按修改重新检查”。")
    elif outcome.waiting and still:
        st.caption(f"还有 {still:,} 行要处理；也可以先到下一步，不导入这些行。")
    elif not outcome.waiting:
        st.caption("现在没有可以写入的行。请先处理上面的问题。")
    if again:
        start_check(page)
    if forward:
        wizard.step = "take"
        st.rerun()
    _send_back(page, checked)


def _send_back(page: Import, checked: Checked) -> None:
    """The file with its problems as comments, for its sender."""
    wizard = page.wizard
    conflicts = checked.comparison is not None and bool(checked.comparison.conflicts)
    doubtful = bool(checked.findings.counts.get("doubtful"))
    if not (checked.blocked or checked.likely or doubtful or conflicts):
        return
    kept = st.session_state.get("import-marked")
    is_made = kept is not None and kept[0] == wizard.generation
    # Open once there is something to fetch: the bar of the work above it draws it anew, closed.
    with st.expander("发回村里改：下载标注了问题的文件", expanded=is_made):
        st.caption("原来的文件不动，只在有问题的格子上加批注；改好后可以直接再导入。")
        if kept is not None and is_made:
            made: MarkedUp = kept[1]
            st.download_button(
                f"下载 {plain(made.filename, 100)}",
                made.content,
                file_name=made.filename,
                mime=made.media_type,
                icon=":material/download:",
                key="marked-up",
                on_click="ignore",
            )
        elif st.button("生成标注文件", icon=":material/add_comment:", key="import-mark"):
            _mark(page, checked)
        st.download_button(
            "下载问题清单",
            lambda: table_workbook(problem_table(problem_list(checked))),
            file_name="导入问题清单.xlsx",
            mime=MEDIA_TYPES["xlsx"],
            icon=":material/list_alt:",
            key="problem-list",
            on_click="ignore",
        )


def _mark(page: Import, checked: Checked) -> None:
    wizard = page.wizard
    upload = wizard.upload

    def call(progress: Progress) -> MarkedUp:
        with on_disk(upload) as path:
            return apart.call(marked_up, path, checked, progress=progress)

    def after(made: MarkedUp) -> None:
        st.session_state["import-marked"] = (wizard.generation, made)

    run(wizard, "生成标注文件", call, after)
