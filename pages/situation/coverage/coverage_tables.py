"""The tables of the coverage page as HTML: by area, who is still to be visited, and outreach."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from geo.atlas import Area
from ledger.casework.coverage import Coverage, Row, Uninspected
from pages._text import markup, safe
from pages._ui import html_table as tables
from pages._ui.badges import tier_badge
from pages._ui.html_table import html_table
from pages._ui.paging import paged
from pages._views.rows_link import number_link

LEVELS = {"village": "村(社区)", "grid": "网格"}


def percent(share: float | None) -> str:
    """A share in words; without anything to inspect there is none."""
    return "暂无数据" if share is None else f"{share:.1%}"


def answer_html(covered: Coverage) -> str:
    """The whole in one line."""
    total = covered.total
    left = total.institutions - total.inspected
    return (
        f'<p class="coverage-said">第 {covered.round} 轮：应排查 <b>{total.institutions:,}</b> 家，'
        f"已排查 <b>{total.inspected:,}</b> 家，未排查 "
        f"{number_link(f'{left:,} 家', missing_link(None, 'village'), left)}，"
        f"覆盖率 <b>{percent(total.share)}</b></p>"
    )


def missing_link(area: Area | None, level: str) -> str:
    """The address that lists what is not inspected in an area; without one, in all of them."""
    parts = {"level": level, "area": area.code if area else "all"}
    return "coverage?" + urlencode(parts)


def rows_html(covered: Coverage, level: str, chosen: Area | None, page: int = 1) -> str:
    """One row an area; the least covered first, those without institutions last; a page of them."""
    rows = sorted(covered.rows, key=lambda row: (row.share is None, row.share or 0))
    shown = paged(rows, page)
    lines = [_area_row(row, level, row.area == chosen and chosen is not None) for row in shown.rows]
    if covered.unplaced.institutions and shown.number == shown.pages:
        lines.append(_area_row(covered.unplaced, level, False))
    heads = (LEVELS[level], "应排查", "已排查", "未排查", "覆盖率")
    pages = shown.html(lambda number: page_link(level, page=number))
    return f"{html_table(heads, lines, frame='coverage')}{pages}"


def page_link(level: str, **at: int) -> str:
    """The address of another page of one of the tables."""
    numbers = {key.replace("_", "-"): str(number) for key, number in at.items()}
    return "coverage?" + urlencode({"level": level, **numbers})


def _area_row(row: Row, level: str, chosen: bool) -> tables.Row:
    left = row.institutions - row.inspected
    missing: object = f"{left:,}"
    if left and row.area is not None:
        said = markup("{:,}<span> 家</span>", left)
        missing = number_link(said, missing_link(row.area, level), left)
    name = row.area.name if row.area else "未归入任何区域"
    numbers = (f"{row.institutions:,}", f"{row.inspected:,}", missing, percent(row.share))
    return tables.Row((name, *numbers), look="chosen" if chosen else "")


def missing_html(found: Sequence[Uninspected], where: str, total: int, *, visit: bool) -> str:
    """The first of ``total`` institutions still to be visited, those never visited first."""
    table = html_table(
        ("机构", "等级", "区域", "走访", ""),
        [_missing_row(one, visit=visit) for one in found],
        frame="coverage",
    )
    return f'<p data-total="{total}">{safe(where)}，共 {total:,} 家。</p>{table}'


def _missing_row(one: Uninspected, *, visit: bool) -> tuple[object, ...]:
    last = "从未走访" if one.days is None else f"上次走访 {one.days} 天前"
    name = '<a href="institutions?record={}" target="_self">{} {}</a>'
    go: object = ""
    if visit:
        address = f"inspect?{urlencode({'institution': one.number})}"
        go = markup('<a class="go" href="{}" target="_self">走访</a>', address)
    return (
        markup(name, int(one.id), safe(one.number), safe(one.name)),
        tier_badge(one.tier),
        one.area_name,
        last + (",本轮拒绝检查" if one.refused else ""),
        go,
    )
