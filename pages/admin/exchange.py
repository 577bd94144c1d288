"""导入导出: a file is checked first, shown with what it would do, and taken over on 确认."""

from __future__ import annotations

import streamlit as st

from geo.crs import BD09, GCJ02, WGS84, SourceCrs
from ledger.access import Action
from ledger.columns import Ledger
from ledger.errors import LedgerError
from ledger.exchange.imports import ImportReport, import_file
from ledger.exchange.mapping import FileMapping, read_mapping
from ledger.exchange.tables_in import ENDINGS
from ledger.exchange.templates import template
from ledger.exchange.workbooks import MEDIA_TYPE, problem_workbook
from ledger.ledgers import LEDGERS
from pages._ui import guard, notices
from pages._ui.address import View
from pages._ui.notices import plain
from pages._ui.toolbar import download_links
from pages.admin.uploads import SHOWN, fingerprint, frame_of, on_disk

who = guard.visitor(Action.EXPORT)
store, actor = guard.store(), who.actor
PREVIEW = "exchange-preview"
_SYSTEMS: dict[str, SourceCrs] = {
    "WGS84 或 CGCS2000(国家标准、GPS 设备)": WGS84,
    "GCJ-02(高德、腾讯等手机地图)": GCJ02,
    "BD-09(百度地图)": BD09,
    "文件中没有坐标": WGS84,
}
_COUNTS = {
    "created": "新增",
    "updated": "更新",
    "unchanged": "未变",
    "rejected": "不能导入",
    "outside": "坐标在区域外",
}
OPEN = {key: ledger for key, ledger in LEDGERS.items() if ledger.geometry != "polygon"}


@st.cache_data(show_spinner=False)
def template_of(ledger_key: str) -> bytes:
    """The empty template; the same for everybody."""
    return template(LEDGERS[ledger_key])


def mapping_of(ledger: Ledger, upload, system: str | None) -> FileMapping | None:
    """How the file is to be understood; None while that has not been said."""
    if upload is not None:
        with on_disk(upload) as path:
            return read_mapping(path, ledger)
    return None if system is None else FileMapping(crs=_SYSTEMS[system])


def ask(ledger: Ledger):
    """The file and how it is to be read."""
    st.download_button(
        "下载空白模板",
        template_of(ledger.key),
        file_name=f"{ledger.label}导入模板.xlsx",
        mime=MEDIA_TYPE,
        icon=":material/description:",
        key="template",
    )
    kinds = [ending.removeprefix(".") for ending in ENDINGS]
    upload = st.file_uploader("要导入的表格", type=kinds, key="import-file")
    system = st.selectbox(
        "坐标系",
        list(_SYSTEMS),
        index=None,
        placeholder="请选择文件中经纬度的坐标系",
        help="选错会使位置偏移数百米。从手机地图抄来的坐标多为 GCJ-02 或 BD-09。",
        key="import-crs",
    )
    with st.expander("列名与本系统不同？上传映射文件"):
        st.caption("映射文件(TOML)写明列名、取值和坐标系；上传后以其中的坐标系为准。")
        explained = st.file_uploader("映射文件", type=["toml"], key="import-mapping")
    return upload, system, explained


def run(ledger: Ledger, upload, mapping: FileMapping, **options) -> ImportReport | None:
    """Call the service; what it refuses is shown in place."""
    try:
        with on_disk(upload) as path, st.spinner("正在读取文件……"):
            return import_file(store, actor, ledger.key, path, mapping=mapping, **options)
    except LedgerError as error:
        guard.refused(error)
        return None


def show_counts(report: ImportReport) -> None:
    """One number beside the other."""
    for place, (key, label) in zip(st.columns(len(_COUNTS)), _COUNTS.items(), strict=True):
        place.metric(label, f"{getattr(report, key):,}")


def show_problems(report: ImportReport) -> None:
    """What to mend, row by row, and the same as a workbook."""
    if report.ignored:
        st.info(f"没有用到的列：{plain('、'.join(report.ignored[:30]))}", icon=":material/info:")
    if not report.problems:
        return
    words = {"error": "不能导入", "warning": "提醒"}
    rows = [
        {"行": item.row, "列": item.column, "结果": words[item.severity], "问题": item.message}
        for item in report.problems
    ]
    st.dataframe(frame_of(rows), hide_index=True, key="problems")
    if len(rows) > SHOWN:
        st.caption(f"这里列出前 {SHOWN} 处，共 {len(rows)} 处，全部见问题清单。")
    st.download_button(
        "下载问题清单",
        problem_workbook(report.problems),
        file_name="导入问题清单.xlsx",
        mime=MEDIA_TYPE,
        icon=":material/download:",
        key="problem-list",
    )


def confirm(ledger: Ledger, upload, mapping: FileMapping, report: ImportReport) -> None:
    """The last step; what is wrong stays out only if that is said."""
    waiting = report.created + report.updated
    if not waiting:
        st.info("没有需要写入的内容。", icon=":material/info:")
        return
    partly = False
    if report.rejected:
        partly = st.checkbox(
            f"不导入有问题的 {report.rejected:,} 行，其余照常导入", key="accept-valid"
        )
    pressed = st.button(
        f"确认导入 {waiting:,} 条",
        type="primary",
        icon=":material/check:",
        disabled=bool(report.rejected) and not partly,
        key="confirm-import",
    )
    if not pressed:
        return
    written = run(ledger, upload, mapping, accept_valid=partly)
    if written is not None and written.written:
        st.session_state.pop(PREVIEW, None)
        notices.keep(
            f"已导入{ledger.label}：新增 {written.created:,} 条，更新 {written.updated:,} 条。"
        )
        st.rerun()
    if written is not None:
        st.error("检查之后台账有了变化，没有写入。请重新检查。", icon=":material/error:")


def import_section(ledger: Ledger) -> None:
    """Ask, check, show, confirm."""
    upload, system, explained = ask(ledger)
    try:
        mapping = mapping_of(ledger, explained, system)
    except LedgerError as error:
        guard.refused(error)
        return
    ready = upload is not None and mapping is not None
    pressed = st.button(
        "检查文件", icon=":material/fact_check:", disabled=not ready, key="check-import"
    )
    if upload is None or mapping is None:
        st.caption("选好文件和坐标系后先检查；检查不会写入任何内容。")
        return
    if pressed:
        report = run(ledger, upload, mapping, dry_run=True)
        st.session_state[PREVIEW] = (
            None if report is None else (fingerprint(upload, ledger.key, mapping), report)
        )
    kept = st.session_state.get(PREVIEW)
    if kept is None or kept[0] != fingerprint(upload, ledger.key, mapping):
        return
    st.subheader(f"检查结果：共 {kept[1].read:,} 行", anchor=False)
    show_counts(kept[1])
    show_problems(kept[1])
    confirm(ledger, upload, mapping, kept[1])


def export_section(ledger: Ledger) -> None:
    """Whole ledgers; narrower files come from the ledger's own page."""
    st.caption("下载您辖区内的全部记录。只要其中一部分时，请在台账页面筛选后下载。")
    links = download_links(ledger, View(), 0)
    st.html(links.replace("<p>下载当前筛选的全部 0 条</p>", ""))


st.title("导入导出", anchor=False)
notices.show_kept()
chosen = st.selectbox(
    "台账", list(OPEN), format_func=lambda key: OPEN[key].label, key="exchange-ledger"
)
if actor.may(Action.IMPORT):
    st.header("导入", anchor=False)
    import_section(OPEN[chosen])
st.header("导出", anchor=False)
export_section(OPEN[chosen])
