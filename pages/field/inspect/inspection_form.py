"""The visit as one column of large fields: who and when, the checklist, photos, position."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import streamlit as st

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import TRI_LABELS, Column
from ledger.domain.ledgers import INSPECTIONS, INSTITUTIONS
from ledger.domain.ledgers.inspections import CHECKLIST_KEYS
from ledger.records import assessments, attachments
from ledger.records.places.placement import Site
from ledger.records.places.placement import place as locate
from ledger.storage import Store
from pages._text import plain
from pages._ui.field_frame import run_again, section
from pages._ui.upload_file import chosen_looks
from pages.field.field_form import FieldForm
from pages.field.field_map import pick_map
from pages.field.inspect.field_position import ask_position
from pages.field.inspect.inspection_preview import fact_words

REFUSED = INSPECTIONS.by_key["result"].choice_labels["refused"]
_PHOTO_TYPES = ["jpg", "jpeg", "png", "pdf"]


@dataclass(frozen=True)
class Visit:
    """Everything a visit's form works with: the form and the institution as it stands."""

    store: Store
    actor: Actor
    atlas: Atlas
    form: FieldForm
    place: Mapping[str, Any]


def show_first_question(visit: Visit) -> None:
    """The question that settles most of the tier of this institution."""
    advice = assessments.advice(visit.store, visit.actor, visit.place)
    if advice is not None and advice.first is not None:
        st.info(f"先问：{plain(advice.first, None)}", icon=":material/help:")


def show_visit_fields(visit: Visit) -> None:
    """All fields, top to bottom."""
    form = visit.form
    section("这次走访")
    for key in ("inspected_on", "inspectors", "round", "result"):
        form.field(INSPECTIONS.by_key[key])
    if form.typed.values.get("result") == REFUSED:
        st.caption("拒绝检查也请保存：本轮仍计为未走访，下次可再去。")
    _checklist(visit)
    section("发现的问题")
    for key in ("findings", "rectify_by", "remarks"):
        form.field(INSPECTIONS.by_key[key])
    _photos(visit)
    _position(visit)


def filled(values: Mapping[str, Any]) -> int:
    """How many items of the checklist were answered; 不详 is no answer."""
    blank = (None, "", TRI_LABELS[None])
    return sum(values.get(key) not in blank for key in CHECKLIST_KEYS)


def _checklist(visit: Visit) -> None:
    head = st.empty()
    st.caption("每次走访重新填写；没有问到的留空或选“不详”，台账现值不变。")
    columns = [INSPECTIONS.by_key[key] for key in CHECKLIST_KEYS]
    for group, members in groupby(columns, key=lambda c: INSTITUTIONS.by_key[c.key].group):
        st.markdown(f"**{group}**")
        for column in members:
            visit.form.field(column, beside=now_words(visit.place, column))
    done = filled(visit.form.typed.values)
    with head:
        section("检查清单", f"已填 {done} / {len(CHECKLIST_KEYS)} 项")


def now_words(place: Mapping[str, Any], column: Column) -> str:
    """``台账现值 否(2026-05-20)``: what the ledger says, and as of when if a visit said it."""
    as_of = (place.get("facts_as_of") or {}).get(column.key, {}).get("on")
    value = fact_words(column.key, place.get(column.key))
    return plain(f"台账现值 {value}" + (f"（{as_of}）" if as_of else ""), 80)


def _photos(visit: Visit) -> None:
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


def _position(visit: Visit) -> None:
    form = visit.form
    typed = form.typed
    section("走访位置", "可以不填")
    fix = ask_position(f"visit-fix-{typed.token[:8]}")
    heard = f"visit-heard-{typed.token[:8]}"
    if fix is not None and st.session_state.get(heard) != fix.press:
        st.session_state[heard] = fix.press
        typed.values |= {"lon": f"{fix.lon:.6f}", "lat": f"{fix.lat:.6f}"}
        typed.values["accuracy"] = f"{fix.accuracy_m:.0f}"
    here = position_of(typed.values)
    if st.toggle("在地图上点选位置", key=f"visit-pick-{typed.token[:8]}"):
        picked = pick_map(
            visit.store, visit.actor, visit.atlas, f"visit-map-{typed.token[:8]}", here
        )
        last = f"visit-picked-{typed.token[:8]}"
        if picked is not None and st.session_state.get(last) != picked:
            st.session_state[last] = picked
            typed.values |= {"lon": f"{picked[0]:.6f}", "lat": f"{picked[1]:.6f}"}
            typed.values.pop("accuracy", None)
            run_again()
    if here is None:
        st.caption("没有记录坐标。没有坐标时，走访归入机构所在的网格。")
        return
    st.markdown(f":material/location_on: {plain(position_words(visit, here))}")
    if st.button("不记录位置", key="visit-nowhere"):
        for key in ("lon", "lat", "accuracy"):
            typed.values.pop(key, None)
        run_again()


def position_of(values: Mapping[str, Any]) -> tuple[float, float] | None:
    """The position in a form's values (WGS84, degrees); None if there is none."""
    try:
        return float(values["lon"]), float(values["lat"])
    except (KeyError, TypeError, ValueError):
        return None


def within(visit: Visit, here: tuple[float, float]) -> bool:
    """Whether a position can be saved with the visit: it is in the inspector's scope."""
    (found,) = locate(visit.atlas, [Site(*here, None)])
    return found.placement == "position" and visit.actor.sees(found.area_path)


def position_words(visit: Visit, here: tuple[float, float]) -> str:
    """Where a position is, and whether it is saved."""
    said = f"经度 {here[0]:.6f}，纬度 {here[1]:.6f}"
    accuracy = visit.form.typed.values.get("accuracy")
    said += f"（误差约 {accuracy} 米）" if accuracy else ""
    if within(visit, here):
        return said
    return f"{said}。该位置不在您的辖区内，不随走访保存；走访归入机构所在的网格"
