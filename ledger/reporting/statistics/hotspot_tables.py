"""The table of hotspots: for scripts with keys as headers, for people with words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo.hotspot_classes import MoranClass
from ledger.domain.small_counts import KEPT_BACK
from ledger.exchange.writing.table import Cell, Field, Kind, Table
from ledger.reporting.statistics.answers import COUNTS, Answer
from ledger.reporting.statistics.requests import PEOPLE_LABELS
from ledger.reporting.statistics.wording import class_words

# The contract of the command line (DESIGN.md): rates per 1,000.
CONTRACT = (
    "code",
    "name",
    "count",
    "population",
    "rate",
    "eb_rate",
    "gi_z",
    "gi_p",
    "gi_class",
    "moran_i",
    "moran_p",
    "moran_class",
)
_DECIMALS = 6


def contract_table(answer: Answer) -> Table:
    """The table by the contract, one row per area by code; its headers are the keys.

    What cannot be computed is empty; in a paper, words stand instead of hidden counts.
    """
    fields = [Field(key, key) for key in CONTRACT]
    return Table("hotspots", fields, [[row[key] for key in CONTRACT] for row in _rows(answer)])


def people_table(answer: Answer, title: str) -> Table:
    """The table with Chinese headers and classes in words."""
    table, is_whole = answer.table, not answer.remark
    counts: dict[str, Kind] = {
        key: "text" if any(isinstance(cell, str) for cell in table[key]) else "integer"
        for key in COUNTS
    }
    first = f"前{answer.bases.days}天" if answer.bases.days else ""
    fields = [
        Field("code", "区域代码"),
        Field("name", "区域名称"),
        Field("count", "件数", counts["count"]),
        Field("before", f"上期{first}件数", counts["before"]),
        Field("year_before", f"去年同期{first}件数", counts["year_before"]),
        Field("population", PEOPLE_LABELS[answer.request.people], "integer"),
        Field("expected", "按人口应有件数", "number"),
        Field("rate", "每千人件数", "number"),
        Field("eb_rate", "平滑后每千人件数", "number" if is_whole else "text"),
        Field("gi_z", "Gi*统计量", "number"),
        Field("gi_p", "Gi*随机可能性(单侧)" if is_whole else "随机可能性不大于", "number"),
        Field("gi_class", "判断"),
        Field("moran_i", "局部莫兰指数", "number"),
        Field(
            "moran_p",
            "莫兰随机可能性(单侧)" if is_whole else "莫兰随机可能性不大于",
            "number",
        ),
        Field("moran_class", "与相邻区域的关系"),
    ]
    rows = []
    for row in _rows(answer):
        cells = dict(row)
        cells["gi_class"] = class_words(row)
        cells["moran_class"] = MoranClass(row["moran_class"]).label
        for key in COUNTS:
            as_text = counts[key] == "text" and row[key] is not None
            cells[key] = str(row[key]) if as_text else row[key]
        if not is_whole:
            cells["eb_rate"] = KEPT_BACK
        rows.append([cells[field.key] for field in fields])
    return Table(title, fields, rows)


def _rows(answer: Answer) -> list[dict[str, Any]]:
    """Plain values by key; what is hidden or cannot be computed is None."""
    names, table = answer.names, answer.table
    rows: list[dict[str, Any]] = []
    for code, values in zip(table.index, table.to_dict("records"), strict=True):
        plain = {str(key): _plain(value) for key, value in values.items()}
        rows.append({"code": code, "name": names[code], **plain})
    return sorted(rows, key=lambda row: str(row["code"]))


def _plain(value: Any) -> Cell:
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return None
    number = round(float(value), _DECIMALS)
    return int(number) if number.is_integer() else number
