"""The tables of 系统状态: the facts, the backups, what was slow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from ledger.domain.settings import settings
from ledger.domain.timing import clock
from ledger.operations.readiness import MEGABYTE
from ledger.operations.status import Status
from pages._ui import notices
from pages.navigation import ENTRIES

_SLOWEST = 10


def size_words(size: int | None) -> str:
    """Bytes as people read them."""
    if size is None:
        return "无法读取"
    megabytes = size / MEGABYTE
    return f"{megabytes / 1024:.1f} GB" if megabytes >= 1024 else f"{megabytes:.1f} MB"


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


def show_pages(paces: Sequence[Mapping[str, Any]]) -> None:
    """Which pages take long to draw on this server."""
    if not paces:
        notices.nothing_here("近一天还没有人打开过页面。")
        return
    titles = {entry.url_path: entry.title for entry in ENTRIES}
    shown = paces[:_SLOWEST]
    st.dataframe(
        pd.DataFrame(
            {
                "页面": [titles.get(one["name"], one["name"]) for one in shown],
                "打开次数": [one["times"] for one in shown],
                "平均秒数": [round(one["mean"], 2) for one in shown],
                "超过1秒的次数": [one["over_second"] for one in shown],
            }
        ),
        hide_index=True,
        row_height=44,
    )


def show_slow(found: Sequence[Mapping[str, Any]]) -> None:
    """What took the database long, without anything that was looked for."""
    limit = settings().slow_statement_milliseconds
    if not found:
        notices.nothing_here(f"近一天没有超过 {limit} 毫秒的查询。")
        return
    st.caption(f"各服务进程近一天超过 {limit} 毫秒的最近 {len(found)} 条；不含查询的内容。")
    st.dataframe(
        pd.DataFrame(
            {
                "时间": [clock.local_text(datetime.fromisoformat(one["at"])) for one in found],
                "毫秒": [one["ms"] for one in found],
                "语句": [one["statement"] for one in found],
            }
        ),
        hide_index=True,
    )
