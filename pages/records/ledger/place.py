"""The place of a record: the small map, the fields of its position, and the resulting grid."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Action
from ledger.domain.columns import Column, ColumnType, ValueRefused
from ledger.records.entering import out_of_scope
from ledger.records.places.placement import Place, Site, place
from pages._text import plain, safe
from pages._ui.map import place_map
from pages.records.ledger.form import Form

PLACE_GROUP = "位置"


def show_place(form: Form) -> None:
    """Map first, then the fields; clicking the map fills the coordinates."""
    may_edit = form.desk.may(Action.EDIT)
    lon, lat = _by_type(form, ColumnType.LONGITUDE), _by_type(form, ColumnType.LATITUDE)
    position = _position(form, lon, lat)
    area = _by_type(form, ColumnType.AREA)
    east, north = position or (None, None)
    clicked = place_map(form.key("map"), east, north, form.typed(area), editable=may_edit)
    if may_edit and clicked is not None and clicked != st.session_state.get(form.key("clicked")):
        st.session_state[form.key("clicked")] = clicked
        form.set(lon.key, f"{clicked[0]:.6f}")
        form.set(lat.key, f"{clicked[1]:.6f}")
        st.rerun()  # so that the map shows the new position
    if may_edit:
        st.caption("在地图上点一下即可设定位置，也可以直接填写经纬度。")
    _show_grid(form, area, position)
    if may_edit:
        _show_fields(form, area, positioned=position is not None)
        return
    columns = [c for c in form.desk.ledger.columns if c.group == PLACE_GROUP]
    rows = "".join(
        f"<dt>{safe(c.label)}</dt><dd>{safe(form.desk.words(c.key, form.record.get(c.key)))}</dd>"
        for c in columns
    )
    st.html(f'<dl class="facts">{rows}</dl>')


def _show_fields(form: Form, area: Column, *, positioned: bool) -> None:
    with st.container(key=f"fields-{form.prefix}-position"):
        for column in form.desk.ledger.editable:
            if column.group == PLACE_GROUP and column is not area:
                form.field(column)
        form.field(area, disabled=positioned)
    if positioned:
        st.caption("有坐标时，所属区域由坐标决定。要手工选择区域，请先清空经纬度。")


def _show_grid(form: Form, area: Column, position: tuple[float, float] | None) -> None:
    """The result of the position: the grid, or the distance to the nearest area."""
    if position is None:
        st.warning(
            "还没有坐标：请在地图上点选位置，或选择所属的村(社区)。", icon=":material/location_off:"
        )
        return
    (found,) = place(form.desk.atlas, [Site(*position, form.typed(area))])
    if found.placement == "outside":
        st.warning(_outside(form, found), icon=":material/wrong_location:")
        return
    if not form.desk.actor.sees(found.area_path):
        st.warning(f"{out_of_scope(found)}。", icon=":material/wrong_location:")
        return
    words = form.desk.words(area.key, found.area_code)
    st.markdown(f":material/location_on: 该位置属于:**{plain(words)}**")


def _outside(form: Form, found: Place) -> str:
    nearest = form.desk.atlas.get(found.nearest_code)
    nearest = nearest if nearest and form.desk.actor.sees(nearest.path) else None
    near = f",离最近的“{plain(nearest.name)}”约 {found.distance_m:,.0f} 米" if nearest else ""
    return f"该位置不在任何区域内{near}。请核对经纬度是否写反，或在地图上重新点选。"


def _by_type(form: Form, kind: ColumnType) -> Column:
    return next(column for column in form.desk.ledger.columns if column.type is kind)


def _position(form: Form, lon: Column, lat: Column) -> tuple[float, float] | None:
    try:
        east, north = lon.parse(form.typed(lon)), lat.parse(form.typed(lat))
    except ValueRefused:
        return None
    if not isinstance(east, (int, float)) or not isinstance(north, (int, float)):
        return None
    return float(east), float(north)
