"""The photos of a visit."""

from __future__ import annotations

import hashlib

import streamlit as st

from ledger.records import attachments
from pages._text import plain
from pages._ui.field_frame import run_again, section
from pages._ui.upload_file import chosen_looks
from pages.field.inspect.visit import Visit

_PHOTO_TYPES = ["jpg", "jpeg", "png", "pdf"]


def photo_field(visit: Visit) -> None:
    """Photos are taken over as they come: the confirmation would forget those in the uploader."""
    typed = visit.form.typed
    section("照片和材料", "JPG、PNG 或 PDF，可多选")
    chosen = st.file_uploader(
        "拍照或选择文件",
        type=_PHOTO_TYPES,
        accept_multiple_files=True,
        max_upload_size=attachments.MOST_BYTES // 1024 // 1024,
        key=f"visit-photos-{typed.token[:8]}-{typed.uploads}",
    )
    if chosen:
        have = {_digest(content) for _, content in typed.photos}
        for file in chosen:
            content = file.getvalue()
            if _digest(content) not in have:
                typed.photos.append((file.name, content))
        typed.uploads += 1
        run_again()
    for place, (name, content) in enumerate(list(typed.photos)):
        with st.container(horizontal=True, vertical_alignment="center"):
            size = f"{max(1, len(content) // 1024):,} KB"
            st.markdown(f":material/attach_file: {plain(name)}（{size}）", width="stretch")
            chosen_looks([(name, content)], "预览")
            st.button(
                "移除",
                key=f"visit-photo-{place}-{_digest(content)[:8]}",
                on_click=typed.photos.__delitem__,
                args=(place,),
            )
    if len(typed.photos) > attachments.MOST_FILES:
        st.error(f"最多 {attachments.MOST_FILES} 个附件，请移除多余的。")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
