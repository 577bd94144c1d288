"""导入, step 1: the file, which of its sheets, and in which system its positions are."""

from __future__ import annotations

import streamlit as st

from pages._text import plain
from pages.admin.exchange import templates_out
from pages.admin.exchange.import_arrival import show_arrival
from pages.admin.exchange.import_look import look
from pages.admin.exchange.import_run import Import
from pages.admin.exchange.import_session import leave_mark
from pages.admin.exchange.import_state import Wizard
from pages.admin.exchange.import_upload import KINDS, identity, together


def show(page: Import) -> None:
    """Ask for the file; say what it is; go on."""
    wizard = page.wizard
    uploads = st.file_uploader(
        "村里发来的表格，或从这里导出、填好后发回的表格；可以一次选几份，或一个压缩包",
        type=KINDS,
        accept_multiple_files=True,
        key="import-file",
    )
    if uploads and _is_new(wizard, identity(uploads)):
        wizard.forget_file()
        wizard.upload = together(uploads)
        look(page)
    if wizard.upload is None:
        st.caption("选好文件后先看、再查，最后一步确认之前台账不会有任何改动。")
        templates_out.show(page.ledger, page.actor)
        return
    leave_mark("open")
    if not uploads:
        st.caption(f"正在处理：{plain(wizard.upload.name)}")
    if wizard.arrival is not None:
        show_arrival(page, wizard.arrival)
    else:
        st.caption("这份文件还没有读成。请按上面的说明处理后重新选择，或再读一次。")
        if st.button("再读一次", icon=":material/refresh:", key="import-look"):
            look(page)


def _is_new(wizard: Wizard, which: str) -> bool:
    return wizard.upload is None or str(wizard.upload.file_id) != which
