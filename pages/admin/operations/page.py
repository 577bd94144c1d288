"""系统状态: does everything work, how old are the backups, who is on, what was slow."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ledger.domain.access import Action
from ledger.domain.errors import LedgerError
from ledger.domain.settings import settings
from ledger.domain.timing import clock
from ledger.operations.readiness import MEGABYTE
from ledger.operations.status import Status, status
from pages._text import plain
from pages._ui import guard, notices

who = guard.visitor(Action.OPERATE)
store, actor = guard.store(), who.actor


def size_words(size: int | None) -> str:
    """Bytes as people read them."""
    if size is None:
        return "无法读取"
    megabytes = size / MEGABYTE
    return f"{megabytes / 1024:.1f} GB" if megabytes >= 1024 else f"{megabytes:.1f} MB"


def show_answer(found: Status) -> None:
    """The page's first line: all is well, or what to do."""
    wrong = [check for check in found.checks if not check.well]
    for check in wrong:
        st.error(plain(f"{check.label}：{check.words}", None), icon=":material/error:")
    if found.backup_overdue:
        hours = settings().backup_oldest_hours
        said = "还没有备份。"
        if found.backups:
            newest = clock.local_text(found.backups[0].made_at)
            said = f"最近一次备份是 {newest}，已超过 {hours} 小时。"
        st.warning(
            f"{said}请在服务器上备份一次，命令和存放位置见使用手册的“备份”一节。",
            icon=":material/warning:",
        )
    if not wrong and not found.backup_overdue:
        st.success("数据库、磁盘和备份均正常。", icon=":material/check_circle:")


def show_facts(found: Status) -> None:
    """Version, sizes and counts."""
    facts = {
        "程序版本": found.version,
        "数据库结构版本": found.schema,
        "数据库": f"{found.database_kind}，{size_words(found.database_bytes)}",
        "磁盘剩余": size_words(found.free_bytes),
        "日志条数": f"{found.log_entries:,}",
        "用户": f"{found.users} 位，{found.open_sessions} 个登录",
    }
    st.dataframe(
        pd.DataFrame({"项目": list(facts), "现状": list(facts.values())}),
        hide_index=True,
        row_height=44,
    )


def show_backups(found: Status) -> None:
    """The copies in the backup folder."""
    if not found.backups:
        notices.nothing_here("备份文件夹里还没有备份。", next_step="备份后刷新本页即可看到。")
        return
    st.dataframe(
        pd.DataFrame(
            {
                "备份时间": [clock.local_text(one.made_at) for one in found.backups[:20]],
                "文件": [one.name for one in found.backups[:20]],
                "大小": [size_words(one.size) for one in found.backups[:20]],
            }
        ),
        hide_index=True,
        row_height=44,
    )


def show_slow(found: Status) -> None:
    """What took the database long, without anything that was looked for."""
    limit = settings().slow_statement_milliseconds
    if not found.slow:
        notices.nothing_here(f"启动以来没有超过 {limit} 毫秒的查询。")
        return
    st.caption(f"启动以来超过 {limit} 毫秒的最近 {len(found.slow)} 条；不含查询的内容。")
    st.dataframe(
        pd.DataFrame(
            {
                "时间": [clock.local_text(one.at) for one in found.slow],
                "毫秒": [one.milliseconds for one in found.slow],
                "语句": [one.statement for one in found.slow],
            }
        ),
        hide_index=True,
    )


try:
    found = status(store, actor)
except LedgerError as error:
    guard.refused(error)
    st.stop()

st.title("系统状态")
show_answer(found)
left, right = st.columns(2, gap="large")
with left:
    st.subheader("概况")
    show_facts(found)
with right:
    st.subheader("备份")
    show_backups(found)
st.subheader("慢查询")
show_slow(found)
