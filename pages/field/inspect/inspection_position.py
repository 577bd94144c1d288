"""Where a visit takes place: the position of the tablet, held against the institution's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from ledger.records.places.placement import Site
from ledger.records.places.placement import place as locate
from pages._text import plain
from pages._ui.field_frame import run_again, section
from pages.field.field_map import pick_map
from pages.field.inspect.field_position import ask_position
from pages.field.inspect.visit import Visit


def position_field(visit: Visit) -> None:
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
