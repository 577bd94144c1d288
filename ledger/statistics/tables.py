"""The table of hotspots: for scripts with keys as headers, for people with words."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import pandas as pd

from geo.hotspot_classes import HotspotClass, MoranClass
from ledger.exchange.exports import harmless
from ledger.exchange.workbooks import Cell, Field, table_workbook
from ledger.statistics.hotspots import Answer
from ledger.statistics.requests import PEOPLE_LABELS
from ledger.statistics.small_counts import HIDDEN

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
_EARLIER = ("before", "year_before")


def contract_csv(answer: Answer) -> bytes:
    """The table by the contract, one row per area by code, as csv with BOM.

    What cannot be computed is empty; a count that is hidden from the reader is "<3".
    """
    hidden = None if answer.seen.exact else HIDDEN
    rows = [
        [hidden if key == "count" and row[key] is None else row[key] for key in CONTRACT]
        for row in _rows(answer)
    ]
    return _csv(CONTRACT, rows)


def people_csv(answer: Answer) -> bytes:
    """The table with Chinese headers and classes in words, as csv with BOM."""
    fields, rows = people_table(answer)
    return _csv([field.header for field in fields], rows)


def people_workbook(answer: Answer, title: str) -> bytes:
    """The same as a workbook."""
    fields, rows = people_table(answer)
    return table_workbook(title, fields, rows)


def people_table(answer: Answer) -> tuple[list[Field], list[list[Cell]]]:
    """Header and cells for people: a count that is hidden reads "<3"."""
    fields = [
        Field("code", "区域代码"),
        Field("name", "区域名称"),
        Field("count", "件数", "integer" if answer.seen.exact else "text"),
        Field("before", "上期件数", "integer" if answer.seen.exact else "text"),
        Field("year_before", "去年同期件数", "integer" if answer.seen.exact else "text"),
        Field("population", PEOPLE_LABELS[answer.request.people], "integer"),
        Field("expected", "按人口应有件数", "number"),
        Field("rate", "每千人件数", "number"),
        Field("eb_rate", "平滑后每千人件数", "number"),
        Field("gi_z", "Gi*统计量", "number"),
        Field("gi_p", "Gi*随机可能性(单侧)" if answer.seen.exact else "随机可能性不大于", "number"),
        Field("gi_class", "判断"),
        Field("moran_i", "局部莫兰指数", "number"),
        Field(
            "moran_p",
            "莫兰随机可能性(单侧)" if answer.seen.exact else "莫兰随机可能性不大于",
            "number",
        ),
        Field("moran_class", "与相邻区域的关系"),
    ]
    words = {"gi_class": HotspotClass, "moran_class": MoranClass}
    rows = []
    for row in _rows(answer):
        cells = dict(row)
        for key, kind in words.items():
            cells[key] = kind(row[key]).label
        if not answer.seen.exact:
            for key in ("count", *_EARLIER):
                cells[key] = HIDDEN if row[key] is None else str(row[key])
        rows.append([cells[field.key] for field in fields])
    return fields, rows


def _rows(answer: Answer) -> list[dict[str, Any]]:
    """Plain values by key; what is hidden or cannot be computed is None."""
    names, table = answer.names, answer.seen.table
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


def _csv(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
