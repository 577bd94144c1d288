"""上级报表: the forms that the office keeps, and bringing a new one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import streamlit as st
from markupsafe import Markup

from ledger.domain.access import Actor
from ledger.domain.errors import LedgerError
from ledger.domain.timing import clock
from ledger.records.person_names import person_names
from ledger.reporting.forms.kept_forms import MOST_BYTES, KeptForm, keep_form, kept_forms
from ledger.reporting.forms.own_templates import own_templates
from pages._text import markup, safe
from pages._ui import guard, notices
from pages._ui.html_table import html_table
from pages._ui.upload_file import on_disk
from pages.situation.upward.read_beside import beside

_READING = "正在认表头…"
_HOW = (
    "选好上级发来的空表，系统认出表头后从台账填数；不能确定的留空，不猜。"
    "填过一次就记住，下次点一下就好。"
)


def show_forms(actor: Actor) -> None:
    """The list, and above it the way to bring another form."""
    upload = st.file_uploader(
        "上级下发的空表（Excel 或 Word）",
        type=["xlsx", "docx"],
        key="forms-file",
        max_upload_size=MOST_BYTES // 1024 // 1024,
    )
    st.caption(_HOW)
    if upload is not None:
        digest = hashlib.sha256(upload.getbuffer()).hexdigest()
        if st.session_state.get("forms-kept") != digest:
            st.session_state["forms-kept"] = digest
            _keep(actor, upload)
    _offer_own(actor)
    kept = kept_forms(guard.store(), actor)
    if not kept:
        notices.nothing_here("还没有填过上级报表。", next_step="请在上面选择上级发来的空表。")
        return
    names = person_names(guard.store(), {one.updated_by for one in kept})
    st.html(_list_html(kept, names))


def _offer_own(actor: Actor) -> None:
    """The statistics sheets of the program."""
    found = {one.stem: one for one in own_templates()}
    if not found:
        return
    chosen = st.selectbox(
        "或者用本系统的统计表",
        list(found),
        index=None,
        placeholder="请选择",
        key="forms-own-sheet",
    )
    if chosen is not None and st.button("填这张统计表", key="forms-own-fill"):
        try:
            with beside(_READING) as through:
                number = keep_form(guard.store(), actor, found[chosen], through=through)
        except LedgerError as error:
            guard.refused(error)
            return
        st.query_params["form"] = str(number)
        st.rerun()


def _keep(actor: Actor, upload: object) -> None:
    try:
        with on_disk(upload) as path, beside(_READING) as through:
            number = keep_form(guard.store(), actor, path, through=through)
    except LedgerError as error:
        guard.refused(error)
        return
    st.query_params["form"] = str(number)
    st.rerun()


def _list_html(kept: tuple[KeptForm, ...], names: Mapping[str, str]) -> Markup:
    rows = [
        (
            markup('<a href="forms?form={}" target="_self">{}</a>', one.id, safe(one.name)),
            clock.local_text(one.updated_at),
            names.get(one.updated_by) or one.updated_by,
            "本单位" if one.own else "上级单位",
            markup('<a href="/forms/{}/filled" target="_blank" rel="noopener">下载</a>', one.id),
        )
        for one in kept
    ]
    heads = ("报表（点开就填）", "最近对照", "由谁", "谁记住的", "直接填好")
    return html_table(heads, rows, frame="forms-list")
