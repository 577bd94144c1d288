"""One record beside the table: what it is, why it has its tier, its form, place and history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.errors import LedgerError, NotFound
from ledger.operations.turns import runs
from ledger.records import service as records
from ledger.records.opened import compared
from ledger.records.typed import Pending, edits_of
from pages._text import plain, safe
from pages._ui.badges import tier_badge, tier_word
from pages._ui.drafts import field_values, labels_of
from pages.records.ledger.attach_panel import show_attachments
from pages.records.ledger.duties_panel import show_duties
from pages.records.ledger.form import Form
from pages.records.ledger.history import show_history
from pages.records.ledger.place import PLACE_GROUP, show_place
from pages.records.ledger.protected import show_protected
from pages.records.ledger.related import show_references, show_related
from pages.records.ledger.review import show_review
from pages.records.ledger.session import Desk, go
from pages.records.ledger.steps_panel import has_steps, show_steps
from pages.records.ledger.tier import show_tier


def show_record(desk: Desk) -> None:
    """The record that the address names."""
    record_id = desk.view.record
    if record_id is None:
        desk.memory.opened = desk.memory.brought = None
        return
    with st.container(border=True, key="record"):
        try:
            fresh = records.get(desk.store, desk.actor, desk.ledger.key, record_id)
        except NotFound as missing:
            st.error(str(missing))
            st.button("关闭", key="record-close", on_click=go, args=(_closed(desk),))
            return
        _panel(desk, fresh)
    _bring_into_view(desk, record_id)


def _bring_into_view(desk: Desk, record_id: int) -> None:
    """Where the record stands below the table, opening it must be seen; once per record.

    The mark is read by pages/_web/static/record.js.
    """
    with st.container(key="record-scroll"):
        if desk.memory.brought != record_id:
            st.html(f'<i class="bring-record" data-record="{record_id:d}"></i>')
    desk.memory.brought = record_id


def _closed(desk: Desk) -> Any:
    return replace(desk.view, record=None)


@st.fragment
@runs.turn()
def _panel(desk: Desk, fresh: dict[str, Any]) -> None:
    """A fragment that runs alone while the user types, so that the table is not drawn again."""
    memory = desk.memory
    form = _form(desk, fresh)
    record = form.record
    _show_head(desk, record)
    if record["deleted"]:
        _show_restore(desk, record)
        show_history(desk, record["id"], putting_back=False)
        return
    show_references(desk, fresh)
    if _taken_up(desk, form, fresh):
        form = _form(desk, fresh)
        record = form.record
    pending = form.pending()
    if fresh["version"] != record["version"]:
        st.warning(
            f"您填写期间，{plain(fresh['updated_by'])} 保存了这条记录。您填写的内容还在，"
            "保存时会请您对照。",
            icon=":material/group:",
        )
    if memory.reviewing == "record" and memory.clash is not None and pending.values:
        _show_save(desk, form, pending)  # alone: nobody should have to look for the choice
        return
    sections: dict[str, Callable[[], None]] = {}
    if desk.ledger.judged:
        sections["等级依据"] = lambda: _show_judged(desk, record, fresh)
    elif has_steps(desk):
        sections["办理"] = lambda: show_steps(desk, fresh, unsaved=bool(pending.values))
    sections["资料"] = lambda: _show_facts(desk, form)
    if desk.ledger.geometry == "point":
        sections["位置"] = lambda: show_place(form)
    if desk.ledger.judged:
        sections["往来"] = lambda: show_related(desk, record)
    sections["附件"] = lambda: show_attachments(desk, record)
    sections["历史"] = lambda: show_history(desk, record["id"])
    chosen = st.segmented_control(
        "查看",
        list(sections),
        default=next(iter(sections)),
        required=True,
        key="record-section" if desk.ledger.judged else f"record-section-{desk.ledger.key}",
        label_visibility="collapsed",
        persist_state="page",
    )
    sections[str(chosen)]()
    # The fields on show may have changed what is pending in this very run.
    pending = form.pending()
    if desk.may(Action.EDIT):
        desk.draft(record["id"]).keep(pending.values, record["version"])
    _show_save(desk, form, pending)
    if memory.reviewing != "record":
        _show_delete(desk, record)


def _show_judged(desk: Desk, record: Mapping[str, Any], fresh: Mapping[str, Any]) -> None:
    show_duties(desk, fresh)
    show_tier(desk, record)


def _taken_up(desk: Desk, form: Form, fresh: dict[str, Any]) -> bool:
    """Put what was typed in a lost session back into the form; whether there was any."""
    if not desk.may(Action.EDIT) or form.pending().values:
        return False
    draft = desk.draft(fresh["id"])
    found = draft.waiting()
    if found is None:
        return False
    draft.take()
    read_on = {**fresh, "version": found.version or fresh["version"]}
    desk.memory.opened = read_on
    again = Form(desk, read_on, _prefix(desk, read_on))
    for key, typed in field_values(desk.ledger, found).items():
        again.set(key, typed)
    if read_on["version"] != fresh["version"] and again.pending().values:
        _compare(desk, again)
    return True


def _compare(desk: Desk, form: Form) -> None:
    """The record moved on while the draft lay there: compare before anything is saved."""
    pending = form.pending()
    (edit,) = edits_of(desk.atlas, desk.actor, desk.ledger, [pending])
    clash = compared(desk.store, desk.actor, desk.ledger.key, edit)
    desk.memory.forget_review()
    desk.memory.reviewing, desk.memory.clash = "record", clash


def _form(desk: Desk, fresh: dict[str, Any]) -> Form:
    """The form on the record as it was first read; on the newest one unless much was typed."""
    opened = desk.memory.opened
    if opened is None or opened["id"] != fresh["id"]:
        opened = desk.memory.opened = fresh
    form = Form(desk, opened, _prefix(desk, opened))
    if opened["version"] != fresh["version"] and not form.pending().values:
        desk.memory.opened = fresh
        form = Form(desk, fresh, _prefix(desk, fresh))
    return form


def _prefix(desk: Desk, record: dict[str, Any]) -> str:
    return f"field-{desk.ledger.key}-{record['id']}-{record['version']}"


def _show_head(desk: Desk, record: Any) -> None:
    title = safe(record.get(desk.ledger.title) or "未命名")
    badges = ""
    if desk.ledger.judged:
        override = record["tier_override"]
        badges = tier_badge(record["tier"], "(人工调整)" if override else "")
        if override:
            computed = tier_word(record["tier_computed"])
            badges += f'<span class="beside">规则判定：{computed}</span>'
    with st.container(horizontal=True, vertical_alignment="top", wrap=False):
        st.html(
            f'<div class="record-head"><small>{safe(record["number"])}</small>'
            f"<h2>{title}</h2>{badges}</div>"
        )
        st.button(
            "关闭", key="record-close", icon=":material/close:", on_click=go, args=(_closed(desk),)
        )


def _show_facts(desk: Desk, form: Form) -> None:
    columns = [c for c in desk.ledger.editable if c.group != PLACE_GROUP and c.key != "number"]
    if desk.may(Action.EDIT):
        show_protected(desk, form.record)
        form.show(sorted(columns, key=_group_order(columns)))
        return
    groups = groupby(sorted(columns, key=_group_order(columns)), key=lambda c: c.group)
    for group, members in groups:
        rows = "".join(
            f"<dt>{safe(c.label)}</dt><dd>{safe(desk.words(c.key, form.record.get(c.key)))}</dd>"
            for c in members
        )
        st.html(f'<h3 class="group">{safe(group)}</h3><dl class="facts">{rows}</dl>')
    show_protected(desk, form.record)


def _group_order(columns: Any) -> Callable[[Any], int]:
    """The sort key of columns: the place of their group, in the order of first columns."""
    order = {group: place for place, group in enumerate(dict.fromkeys(c.group for c in columns))}
    return lambda column: order[column.group]


def _show_save(desk: Desk, form: Form, pending: Pending) -> None:
    memory, draft = desk.memory, desk.draft(form.record["id"])
    if not pending.values:
        if memory.reviewing == "record":
            memory.forget_review()
        return
    draft.show_restored(labels_of(desk.ledger, pending.values))

    def start_review() -> None:
        memory.forget_review()
        memory.reviewing = "record"

    def saved() -> None:
        form.forget()
        memory.opened = None
        draft.discard()

    def dropped() -> None:
        form.forget()
        draft.discard()

    def rebased(fresh: dict[int, Pending]) -> None:
        form.forget()
        memory.opened = None
        for other in fresh.values():
            memory.opened = dict(other.record)
            again = Form(desk, other.record, _prefix(desk, memory.opened))
            for key, typed in other.values.items():
                again.set(key, typed)
            memory.reviewing = "record"

    if memory.reviewing == "record":
        show_review(desk, {form.record["id"]: pending}, saved=saved, rebased=rebased)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="record-unsaved"):
        st.markdown(f"**{len(pending.values)} 处修改尚未保存**")
        st.button("保存", type="primary", key="record-save", on_click=start_review)
        st.button("放弃", key="record-drop", on_click=dropped)


def _show_delete(desk: Desk, record: Any) -> None:
    if not desk.may(Action.DELETE):
        return
    with st.popover("移入回收站", icon=":material/delete:", key="record-delete-popover"):
        st.markdown("移入回收站后不再计入统计，可以随时恢复。")
        reason = st.text_input("理由(必填)", key=f"delete-reason-{record['id']}", max_chars=200)
        if st.button("确认移入回收站", type="primary", key="record-delete"):
            _move(desk, record, reason, records.delete, "已移入回收站")


def _show_restore(desk: Desk, record: Any) -> None:
    st.info("这条记录在回收站中，不计入统计。", icon=":material/delete:")
    if not desk.may(Action.DELETE):
        return
    reason = st.text_input("恢复理由(必填)", key=f"restore-reason-{record['id']}", max_chars=200)
    if st.button("恢复到台账", type="primary", key="record-restore", icon=":material/undo:"):
        _move(desk, record, reason, records.restore, "已恢复")


def _move(desk: Desk, record: Any, reason: str, verb: Callable[..., None], done: str) -> None:
    if not reason.strip():
        st.error("请先填写理由。")
        return
    try:
        verb(
            desk.store,
            desk.actor,
            desk.ledger.key,
            {record["id"]: record["version"]},
            reason=reason.strip(),
        )
    except LedgerError as error:
        st.error(plain(error, 400))
        return
    desk.memory.tell("success", f"{record['number']} {done}。")
    desk.memory.opened = None
    desk.memory.edits.pop(record["id"], None)
    go(_closed(desk))
    st.rerun()
