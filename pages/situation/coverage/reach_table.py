"""The table of the coverage page that tells which areas outreach reached."""

from __future__ import annotations

from ledger.casework.outreach_coverage import OutreachCoverage, Reach
from ledger.domain.ledgers.outreach import STAGE
from pages._text import markup, safe
from pages._ui.html_table import Cell, html_table
from pages._ui.paging import paged
from pages.situation.coverage.coverage_tables import page_link


def outreach_html(covered: OutreachCoverage, level: str, page: int = 1) -> str:
    """Activities and people by village, a page of them; those without any come first."""
    rows = sorted(covered.rows, key=lambda reach: sum(reach.activities.values()))
    reached = sum(bool(reach.activities) for reach in covered.rows)
    unstaged = any(None in reach.activities for reach in rows)
    stages = [stage.label for stage in STAGE] + (["未注明阶段"] if unstaged else [])
    shown = paged(rows, page)
    table = html_table(
        ("村(社区)", *stages, "覆盖人次", "其中老年人"),
        [_reach_row(reach, unstaged) for reach in shown.rows],
        frame="coverage",
    )
    pages = shown.html(lambda number: page_link(level, outreach_page=number))
    return (
        f'<p class="coverage-said">已开展宣传的村(社区) <b>{reached} / {len(covered.rows)}</b></p>'
        f"{table}{pages}"
    )


def _reach_row(reach: Reach, unstaged: bool) -> list[object]:
    name: object = "未归入任何区域"
    if reach.area is not None:
        link = '<a href="outreach?area={}" target="_self">{}</a>'
        name = markup(link, reach.area.code, safe(reach.area.name))
    counts = [reach.activities.get(stage.key, 0) for stage in STAGE]
    held = [f"{count:,} 场" if count else Cell("▲ 未开展", look="none") for count in counts]
    if unstaged:
        held.append(f"{reach.activities.get(None, 0):,} 场")
    people = ["暂无数据" if one is None else f"{one:,}" for one in (reach.people, reach.elders)]
    return [name, *held, *people]
