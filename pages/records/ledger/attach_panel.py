"""附件: the photos and papers of a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.records import attachments
from ledger.records.attachments import MOST_BYTES, MOST_FILES, Attachment
from ledger.records.file_kinds import ENDINGS
from ledger.records.person_names import person_names
from pages._text import plain, safe
from pages._ui.upload_file import chosen_looks, saved_look
from pages.records.ledger.session import Desk


def show_attachments(desk: Desk, record: Mapping[str, Any]) -> None:
    """The files with their links, and for those who may attach to this record: add and remove."""
    files = attachments.listed(desk.store, desk.actor, desk.ledger.key, record["id"])
    may = attachments.may_attach(desk.actor, desk.ledger.key, record)
    if not files:
        st.caption("还没有附件。")
    names = person_names(desk.store, [file.created_by for file in files])
    for file in files:
        with st.container(horizontal=True, vertical_alignment="center", key=f"file-{file.id}"):
            st.html(file_html(file, names[file.created_by]), width="stretch")
            if attachments.may_remove(desk.actor, desk.ledger.key, record, file):
                _show_removal(desk, file)
    if may and len(files) < MOST_FILES:
        _show_upload(desk, record)


def file_html(file: Attachment, who: str) -> str:
    """One file: the button that shows it with a small picture of a photo, its size, who added it
    and when, and the link to the file itself."""
    address = f"/attachment/{int(file.id)}"
    way = "打开原图" if file.is_picture else "下载"
    return (
        f'<p class="file">{saved_look(file)}<small>{size_words(file.size)} · {safe(who)} · '
        f'{clock.local_text(file.created_at)} · <a href="{address}" target="_blank" '
        f'rel="noopener">{way}</a></small></p>'
    )


def size_words(size: int) -> str:
    """A size as people read it."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} KB"


def _show_upload(desk: Desk, record: Mapping[str, Any]) -> None:
    counter = f"upload-count-{desk.ledger.key}-{record['id']}"
    key = f"upload-{desk.ledger.key}-{record['id']}-{st.session_state.get(counter, 0)}"
    chosen = choose_files("添加照片或材料", key)
    if not chosen or not st.button("上传附件", type="primary", key="upload-do"):
        return
    attach_files(desk, int(record["id"]), chosen)
    st.session_state[counter] = st.session_state.get(counter, 0) + 1
    st.rerun()


def choose_files(label: str, key: str) -> list[UploadedFile]:
    """Files to be attached, several at once: dropped, chosen, or taken by a tablet's camera; each
    can be looked at before it is saved."""
    most = MOST_BYTES // 1024 // 1024
    chosen = st.file_uploader(
        f"{label}(照片、PDF、Word、Excel，每个最多 {most} MB)",
        type=list(ENDINGS),
        accept_multiple_files=True,
        max_upload_size=most,
        key=key,
    )
    chosen_looks([(file.name, file.getvalue()) for file in chosen])
    return chosen


def attach_files(desk: Desk, record_id: int, chosen: Sequence[UploadedFile]) -> None:
    """Attach them one by one, and tell which could not be taken, and why."""
    added = 0
    for file in chosen:
        try:
            attachments.attach(
                desk.store, desk.actor, desk.ledger.key, record_id, file.name, file.getvalue()
            )
            added += 1
        except LedgerError as error:
            desk.memory.tell("error", f"{file.name}：{error}")
    if added:
        desk.memory.tell("success", f"已添加 {added} 个附件。")


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
