"""附件: the photos and papers of a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.records import attachments
from ledger.records.attachments import MOST_BYTES, MOST_FILES, Attachment
from pages._text import plain, safe
from pages.records.ledger.session import Desk


def show_attachments(desk: Desk, record: Mapping[str, Any]) -> None:
    """The files with their links, and for those who may attach to this record: add and remove."""
    files = attachments.listed(desk.store, desk.actor, desk.ledger.key, record["id"])
    may = attachments.may_attach(desk.actor, desk.ledger.key, record)
    if not files:
        st.caption("还没有附件。")
    for file in files:
        with st.container(horizontal=True, vertical_alignment="center", key=f"file-{file.id}"):
            st.html(file_html(file), width="stretch")
            if attachments.may_remove(desk.actor, desk.ledger.key, record, file):
                _show_removal(desk, file)
    if may and len(files) < MOST_FILES:
        _show_upload(desk, record)


def file_html(file: Attachment) -> str:
    """One file: its name as a link, its size, who added it and when."""
    return (
        f'<p class="file"><a href="/attachment/{int(file.id)}" target="_blank" rel="noopener">'
        f"{safe(file.name)}</a><small>{size_words(file.size)} · {safe(file.created_by)} · "
        f"{clock.local_text(file.created_at)}</small></p>"
    )


def size_words(size: int) -> str:
    """A size as people read it."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} KB"


def _show_upload(desk: Desk, record: Mapping[str, Any]) -> None:
    counter = f"upload-count-{desk.ledger.key}-{record['id']}"
    key = f"upload-{desk.ledger.key}-{record['id']}-{st.session_state.get(counter, 0)}"
    chosen = st.file_uploader(
        f"添加照片或材料(JPG、PNG、PDF，每个最多 {MOST_BYTES // 1024 // 1024} MB)",
        type=["jpg", "jpeg", "png", "pdf"],
        accept_multiple_files=True,
        max_upload_size=MOST_BYTES // 1024 // 1024,
        key=key,
    )
    if not chosen or not st.button("上传附件", type="primary", key="upload-do"):
        return
    added = 0
    for file in chosen:
        try:
            attachments.attach(
                desk.store, desk.actor, desk.ledger.key, record["id"], file.name, file.getvalue()
            )
            added += 1
        except LedgerError as error:
            desk.memory.tell("error", f"{file.name}：{error}")
    if added:
        desk.memory.tell("success", f"已添加 {added} 个附件。")
    st.session_state[counter] = st.session_state.get(counter, 0) + 1
    st.rerun()


def _show_removal(desk: Desk, file: Attachment) -> None:
    with st.popover("删除", icon=":material/delete:", key=f"detach-{file.id}"):
        reason = st.text_input("删除原因(必填)", key=f"detach-why-{file.id}", max_chars=200)
        if not st.button("确认删除附件", type="primary", key=f"detach-do-{file.id}"):
            return
        if not reason.strip():
            st.error("请先填写删除原因。")
            return
        try:
            attachments.remove(desk.store, desk.actor, file.id, reason=reason.strip())
        except LedgerError as error:
            st.error(plain(error, 400))
            return
        desk.memory.tell("success", f"已删除附件 {file.name}。")
        st.rerun()
