"""The panel beside the hotspot map: what is hot and cold, or one area explained."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from geo.atlas import Atlas
from geo.hotspot_classes import HotKind, HotspotClass
from geo.trends import Pattern
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.reporting.statistics.history import History, pattern_words
from ledger.reporting.statistics.hotspots import Answer
from ledger.reporting.statistics.requests import LEVEL_LABELS, PEOPLE_LABELS
from ledger.reporting.statistics.wording import class_words, explain
from pages._text import markup, plain, safe
from pages._ui.hotspot_look import expected_words, in_order, rate_cells, rate_text
from pages._ui.html_table import Cell, html_table
from pages._views.hotspot_view import HotspotView, counted_rows
from pages._views.rows_link import number_link, rows_address
from pages.situation.hotspots.hotspot_cases import Beside, case_cells, case_heads

LISTED = 10
TABLED = 120
Go = Callable[[HotspotView], None]


def show_panel(
    answer: Answer, past: History, atlas: Atlas, view: HotspotView, also: Beside | None, go: Go
) -> None:
    """The chosen area, or the ranking of what the map shows, or all of it as a table."""
    if view.area in answer.names:
        _area(answer, past, atlas, view, go)
        return
    if not view.table:
        _ranking(answer, past, view, go)
    st.button(
        "收起表格" if view.table else f"以表格查看 {len(answer.rows)} 个区域",
        icon=":material/table_rows:",
        key="hot-table",
        type="tertiary",
        on_click=go,
        args=(replace(view, table=not view.table),),
    )
    if view.table:
        st.html(_table(answer, atlas, view, also))


def _ranking(answer: Answer, past: History, view: HotspotView, go: Go) -> None:
    st.html('<h2 class="map-title">哪里真正集中</h2>')
    hot, fading = _rankings(answer, past)
    cold = answer.of_class(HotspotClass.COLD)
    if not hot:
        st.caption("没有热点：各区域的多少都可能只是偶然，或数据太少。")
    else:
        st.caption("点一行或点地图上的区域，看理由、数字和历史。")
    _buttons(answer, past, view, go, hot, "hot")
    if fading:
        st.html('<h3 class="map-sub">正在消退(现在已不是热点)</h3>')
        _buttons(answer, past, view, go, fading, "fading")
    if cold:
        names = "、".join(safe(answer.names[code]) for code in cold)
        st.html(
            f'<details class="hot-more"><summary>冷点 {len(cold)} 个</summary>'
            f'<p class="map-said">{names}</p></details>'
        )


@lru_cache(maxsize=32)
def _rankings(answer: Answer, past: History) -> tuple[Sequence[str], Sequence[str]]:
    """The hot areas, and those that were hot and no longer are."""
    hot = answer.of_class(HotspotClass.HOT)
    fading = past.patterns.index[past.patterns == str(Pattern.FADING)]
    return (
        _ranked(answer, hot),
        _ranked(answer, [str(code) for code in fading if code not in hot]),
    )


def _ranked(answer: Answer, codes: Sequence[str]) -> list[str]:
    """Most above what people let expect first."""
    rows = answer.rows

    def excess(code: str) -> float:
        expected = rows[code]["expected"]
        return float("-inf") if pd.isna(expected) else float(rows[code]["count"] - expected)

    return sorted(codes, key=lambda code: (-excess(code), code))


def _buttons(
    answer: Answer,
    past: History,
    view: HotspotView,
    go: Go,
    codes: Sequence[str],
    kind: str,
) -> None:
    more = f"hot-more-{kind}"
    size = st.session_state.get(more, LISTED)
    for code in codes[:size]:
        row = answer.rows[code]
        pattern = Pattern(str(past.patterns[code]))
        when = "" if pattern is Pattern.NONE else f" · {pattern.label}"
        numbers = f"{row['count']:,}件"
        if not pd.isna(row["expected"]):
            numbers += f" · 应为{expected_words(row['expected'])}"
        if row["hot_kind"]:
            numbers += f" · {HotKind(row['hot_kind']).label}"
        st.button(
            f"**{plain(answer.names[code], 40)}** \u2002 {numbers}{when}",
            key=f"hot-rank-{kind}-{code}",
            width="stretch",
            on_click=go,
            args=(replace(view, area=code),),
        )
    if len(codes) > size:
        st.button(
            f"再列 {min(LISTED, len(codes) - size)} 个(共 {len(codes)} 个)",
            key=f"hot-more-button-{kind}",
            on_click=lambda: st.session_state.update({more: size + LISTED}),
        )


def _table(answer: Answer, atlas: Atlas, view: HotspotView, also: Beside | None) -> str:
    """Everything on the map as a table, hotspots first; each number opens its rows."""
    rows = []
    for code in in_order(answer)[:TABLED]:
        row = answer.rows[code]
        said = (f"{row['count']:,}", *rate_cells(row), class_words(row))
        count = int(row["count"]) if code in atlas else 0
        address = count and rows_address(view.ledger, counted_rows(view, atlas, code))
        cells: list[object] = [
            number_link(one, str(address), count) if count else one for one in said
        ]
        cells += case_cells(atlas, also, code) if also else []
        rows.append((Cell(answer.names[code], head=True), *cells))
    rest = len(answer.rows) - len(rows)
    note = markup("<p>其余 {} 个区域见下载的表格。</p>", rest) if rest > 0 else ""
    head = ("区域", "件数", "每千人", "平滑后", "判断", *(case_heads(also) if also else ()))
    return html_table(head, rows, look="map-table", frame="map-table-box", label="全部区域") + note


def _area(answer: Answer, past: History, atlas: Atlas, view: HotspotView, go: Go) -> None:
    code = str(view.area)
    row = answer.rows[code]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f'<h2 class="map-title">{safe(answer.names[code])}</h2>')
        st.button(
            "返回列表",
            icon=":material/close:",
            key="hot-close",
            type="tertiary",
            on_click=go,
            args=(replace(view, area=None),),
        )
    kind = HotspotClass(str(row["gi_class"]))
    sentences = "".join(f"<li>{safe(line)}</li>" for line in explain(answer, code))
    st.html(
        f'<p class="hot-class hot-class-{kind}">{safe(class_words(row))}</p>'
        f'<ul class="hot-why">{sentences}</ul>'
    )
    st.html(_numbers(answer, row))
    st.html(_history(past, code))
    _links(answer, atlas, view, code, row, go)


def _numbers(answer: Answer, row: Mapping[Any, Any]) -> str:
    people = PEOPLE_LABELS[answer.request.people]
    items = [
        (people, "没有数据" if pd.isna(row["population"]) else f"{row['population']:,.0f}"),
        ("每千人件数", _rate(row["rate"])),
        ("平滑后", _rate(row["eb_rate"])),
    ]
    if not pd.isna(row["gi_z"]):
        items.append(("Gi* 统计量", f"{row['gi_z']:.2f}"))
    cells = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in items)
    return f'<dl class="hot-numbers">{cells}</dl>'


def _history(past: History, code: str) -> str:
    """The last periods as bars with their numbers and classes in words."""
    periods = past.of(code)
    most = max((count for _, count, _ in periods), default=0)
    rows = []
    for period, count, kind in periods:
        width = 0 if not most else round(100 * count / most)
        word = "" if kind is HotspotClass.NONE else kind.label
        bar = markup('<i class="hot-bar-{}" style="width:{}%"></i>', kind, width)
        rows.append((_short(period), Cell(bar, look="hot-bar"), f"{count:,}", word))
    table = html_table(("时段", "多少", "件数", "判断"), rows, look="hot-table")
    return (
        f'<h3 class="map-sub">近{len(periods)}期</h3>'
        f'<p class="map-said">{safe(pattern_words(past, code))}</p>'
        f"{table}"
    )


def _short(period: Period) -> str:
    """A period in a narrow column: a span by its last day, a week by its number."""
    if period.kind == "span":
        return f"截至{period.end}"
    name = period.label.partition("(")[0]
    return f"{name}（未结束）" if period.end > clock.today() else name


def _links(
    answer: Answer,
    atlas: Atlas,
    view: HotspotView,
    code: str,
    row: Mapping[Any, Any],
    go: Go,
) -> None:
    label = ledger_named(view.ledger).label
    if code in atlas and row["count"]:
        count = int(row["count"])
        address = rows_address(view.ledger, counted_rows(view, atlas, code))
        link = number_link(f"打开这{count}件{label}", address, count, {"class": "map-open"})
        st.html(f"<p>{link}</p>")
    if code in atlas and atlas.has_children(code):
        below = atlas.children(code)[0].level
        if below in LEVEL_LABELS and atlas[code].level in ("county", "township"):
            st.button(
                f"只看这里：各{LEVEL_LABELS[below]}",
                icon=":material/zoom_in:",
                key="hot-enter",
                width="stretch",
                on_click=go,
                args=(replace(view, under=code, level=below, area=None),),
            )


def safe_link(address: str) -> str:
    """An address for an attribute; it was made of encoded parameters."""
    return address.replace("&", "&amp;").replace('"', "%22")


def _rate(value: Any) -> str:
    return "—" if pd.isna(value) else rate_text(value)
