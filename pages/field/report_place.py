"""Where somebody saw or heard something, and which institution it concerns."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Actor
from ledger.records.referable import referable
from pages._text import plain
from pages._ui import guard
from pages._ui.area_picker import area_option, areas_for_records, record_option
from pages._ui.field_frame import parameter
from pages.field.field_form import FieldForm

_SMALL = frozenset({"village", "grid"})


def own_area(actor: Actor) -> str | None:
    """The own grid or village; who looks after more says where it was."""
    area = guard.atlas().get(actor.scope_code)
    return area.code if area is not None and area.level in _SMALL else None


def institution_field(form: FieldForm) -> None:
    """Which institution it concerns, if one of those in scope; found by any of its words."""
    atlas, scope = guard.atlas(), form.actor.scope_path
    found = referable(form.store, form.actor, "institutions")
    names = {one.number: record_option(one, atlas, scope) for one in found}
    typed = form.typed
    given = typed.values.get("institution") or parameter("institution")
    key = f"report-institution-{typed.token[:8]}"
    if key not in st.session_state and given in names:
        st.session_state[key] = given
    chosen = st.selectbox(
        "涉及机构（没有可不选）",
        list(names),
        index=None,
        format_func=names.__getitem__,
        placeholder="名称、编号或拼音首字母",
        key=key,
    )
    if chosen or "institution" in typed.values:
        typed.values["institution"] = chosen


def area_field(form: FieldForm) -> None:
    """The own grid as words; a choice for those who look after more than one area."""
    atlas, actor, typed = guard.atlas(), form.actor, form.typed
    key = f"report-area-{typed.token[:8]}"
    areas = areas_for_records(atlas, actor, key, typed.values.get("area_code"))
    codes = [area.code for area in areas]
    if len(codes) == 1:
        typed.values["area_code"] = codes[0]
        name = plain(atlas[codes[0]].name)
        st.markdown(f":material/location_on: 所属区域：{name}")
        return
    if key not in st.session_state and typed.values.get("area_code") in codes:
        st.session_state[key] = typed.values["area_code"]
    typed.values["area_code"] = st.selectbox(
        "所属区域 :red[（必填）]",
        codes,
        index=None,
        placeholder="选择村（社区）或网格",
        format_func=lambda code: area_option(atlas, code, actor.scope_path),
        key=key,
    )
