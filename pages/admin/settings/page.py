"""系统设置: the office's name, the basemap under the risk map, deadlines and holidays."""

from __future__ import annotations

import streamlit as st

from ledger.domain.access import Action, Actor
from ledger.domain.errors import LedgerError
from ledger.operations import retention
from ledger.people import office
from ledger.records import office_calendar as timekeeping
from ledger.storage import Store
from pages._ui import guard, notices
from pages._ui.drafts import Draft

who = guard.visitor(Action.MANAGE_OPTIONS)
store, actor = guard.store(), who.actor


def attempt(message: str, service, *args) -> None:
    """Call one service; its refusal is shown in place."""
    try:
        service(store, actor, *args)
    except LedgerError as error:
        guard.refused(error)
        return
    notices.keep(message)
    st.rerun()


def ask_office() -> None:
    """The name above every page and on the sign-in page."""
    with st.form("office", border=False):
        name = st.text_input("单位名称", office.read_office(store), max_chars=40)
        if st.form_submit_button("保存单位名称", type="primary"):
            attempt("已保存单位名称。", office.save_office, name)


def ask_tiles(setting: dict) -> dict:
    """The fields of a tile server."""
    st.caption(
        "地址中用 {z}、{x}、{y} 表示层级和行列号；需要密钥的，用 {key} 表示其位置。"
        "使用者的浏览器会直接向该地址取图，请确认内网可以访问，并且允许使用。"
    )
    return {
        "url": st.text_input("地址", setting.get("url", "")),
        "key": st.text_input("密钥(没有则留空)", setting.get("key", ""), type="password"),
    }


def ask_file(setting: dict) -> dict:
    """The path of a local file."""
    st.caption("MBTiles 文件须放在服务器上，填写完整路径。图由本系统提供，不经过其他网站。")
    return {"path": st.text_input("文件路径", setting.get("path", ""))}


def ask_basemap() -> None:
    """Kind, address or file, datum, and whom to credit."""
    setting = office.read_basemap_setting(store, actor)
    kinds = list(office.KINDS)
    kind = st.radio(
        "底图类型",
        kinds,
        index=kinds.index(setting.get("kind", "none")),
        format_func=lambda one: office.KINDS[one],
        horizontal=True,
    )
    values: dict = {"kind": kind}
    if kind != "none":
        values |= ask_file(setting) if kind == "mbtiles" else ask_tiles(setting)
        datums = list(office.DATUMS)
        datum = setting.get("datum", "wgs84")
        values["datum"] = st.selectbox(
            "底图的坐标系",
            datums,
            index=datums.index(datum) if datum in datums else 0,
            format_func=lambda one: office.DATUMS[one],
            help="选错时，区域界线会与底图错开数百米",
        )
        values["deepest"] = st.number_input("最大层级", 0, 22, int(setting.get("deepest", 18)))
        values["credit"] = st.text_input("图源说明(显示在地图右下角)", setting.get("credit", ""))
    if st.button("保存底图", type="primary"):
        attempt("已保存底图设置。", office.save_basemap, values)


def ask_profile() -> None:
    """Which local set of deadlines is in force; the law's own are not a matter of choice."""
    chosen, known = timekeeping.profiles(store)
    keys = list(known)
    with st.form("profile", border=False):
        profile = st.selectbox(
            "网上诉求办理期限（各地不同，选一套）",
            keys,
            index=keys.index(chosen) if chosen in keys else 0,
            format_func=lambda one: known[one],
        )
        if st.form_submit_button("保存办理期限", type="primary"):
            attempt("已启用，各记录的期限已重新计算。", timekeeping.choose_profile, profile)


def ask_retention() -> None:
    """How long names and phones are kept after a matter was closed."""
    months = retention.months_kept(store)
    st.caption(
        "办结满期限后，举报人、信访人等受保护信息及其修改历史每天清除一次，不能恢复；件数、日期等统计不受影响。"
        "期限由本单位按档案和个人信息保护的规定确定。"
    )
    with st.form("retention", border=False):
        given = st.number_input(
            "办结后保存几个月（留空表示暂不清除）",
            retention.SHORTEST,
            retention.LONGEST,
            months,
        )
        if st.form_submit_button("保存期限设置", type="primary"):
            attempt("已保存受保护信息的保存期限。", retention.keep_for, given)


def ask_holidays() -> None:
    """The State Council's list of a year that the program does not know yet."""
    years = timekeeping.loaded_years(store)
    st.caption(
        "程序自带 2004 至 2026 年的节假日安排。以后各年公布后，把国务院办公厅通知的正文粘贴在这里；"
        "没有载入的年份按周末和法定节日计算，只有调休不知道，期限旁注明“节假日安排未公布”。"
        + (f"已载入：{'、'.join(str(year) for year in years)}。" if years else "")
    )
    draft, fields = Draft(store, actor, "settings/holidays"), {"text": "holidays-text"}
    draft.refill(fields)
    draft.show_restored()
    text = st.text_area("节假日安排通知正文", max_chars=5000, height=160, key=fields["text"])
    draft.keep_fields(fields)
    if st.button("载入节假日安排", type="primary", key="holidays-load"):
        attempt("已载入，各记录的期限已重新计算。", load_holidays, draft, text)


def load_holidays(store: Store, actor: Actor, draft: Draft, text: str) -> None:
    """Take the list over; what was typed is not wanted any more then."""
    timekeeping.load_holiday_list(store, actor, text)
    draft.discard()
    st.session_state.pop("holidays-text", None)


st.title("系统设置")
notices.show_kept()
left, right = st.columns(2, gap="large")
with left:
    st.subheader("单位")
    ask_office()
with right:
    st.subheader("底图")
    ask_basemap()
with left:
    st.subheader("办理期限")
    ask_profile()
    st.subheader("受保护信息的保存期限")
    ask_retention()
    st.subheader("节假日")
    ask_holidays()
