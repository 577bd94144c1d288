"""The tables of the rating page as HTML: the ranking, one village line by line, open measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from markupsafe import Markup

from geo.atlas import Atlas
from ledger.domain.ledgers import MEASURES
from ledger.records.query import Selection
from ledger.reporting.rating.measures import KIND_LABELS, Taken, number_words
from ledger.reporting.rating.model import Rating, Scored, VillageRating
from pages._text import markup, safe
from pages._ui.html_table import Cell, Row, html_table
from pages._ui.paging import paged
from pages._views.rows_link import number_link, rows_address
from pages.situation.rating.rating_view import RatingView, link

TakenOf = Mapping[tuple[str, str], Taken]
_MOST_NAMED = 2


def answer_html(rating: Rating, measures: Sequence[Taken], opened: Selection, today: date) -> str:
    """The whole in one line: how many, how they stand, what is suggested and what is open.

    ``opened`` selects the measures as the ledger lists them.
    """
    count = len(rating.villages)
    mean = sum((one.points for one in rating.villages), Decimal(0)) / count if count else Decimal(0)
    kinds = [one.suggested.kind for one in rating.villages if one.suggested]
    suggested = "、".join(
        f"{label} <b>{kinds.count(kind)}</b>"
        for kind, label in KIND_LABELS.items()
        if kind in kinds
    )
    late = sum(one.due_on is not None and one.due_on < today for one in measures)
    until = "" if rating.as_of == rating.period.end else f"(截至{rating.as_of})"
    said = [f"{safe(rating.period.label)}{until}：{count:,} 个村(社区)"]
    word = "平均" if count > 1 else "得分"
    said.append(f"{word} <b>{number_words(round(mean, 1))}</b> 分")
    said.append(f"建议{suggested}" if suggested else "没有低于界线的村(社区)")
    overdue = f'，其中<span class="late"> ▲ 逾期 {late}</span>' if late else ""
    link = number_link(f"{len(measures):,} 项", rows_address("measures", opened), len(measures))
    said.append(f"未销号的措施 {link}{overdue}")
    return f'<p class="rating-said">{"；".join(said)}。</p>'


def ranking_html(rating: Rating, view: RatingView, atlas: Atlas, taken: TakenOf) -> str:
    """One row a village, the worst first unless asked otherwise; a page of them."""
    ranked = len(rating.villages) > 1
    rows = rating.villages if view.best_first else tuple(reversed(rating.villages))
    shown = paged(rows, view.page)
    made: dict[str, list[Taken]] = {}
    for (code, _), one in taken.items():
        made.setdefault(code, []).append(one)
    lines = [_rank_row(one, view, atlas, made, ranked) for one in shown.rows]
    heads = ("村(社区)", Cell("得分", look="number"), "主要加减分", "措施")
    table = html_table(("名次", *heads) if ranked else heads, lines, frame="rating ranking")
    return f"{table}{shown.html(lambda number: link(view, page=number))}"


def _rank_row(
    one: VillageRating,
    view: RatingView,
    atlas: Atlas,
    made: Mapping[str, list[Taken]],
    ranked: bool,
) -> Row:
    above = atlas.ancestors(one.area.code)
    name = markup(
        '<a href="{}" target="_self">{}</a>{}',
        link(view, village=one.area.code),
        safe(one.area.name),
        markup("<small>{}</small>", safe(above[-1].name)) if above else "",
    )
    cells = (
        name,
        Cell(markup("<b>{}</b>", number_words(one.points)), look="number"),
        _main_lines(one.lines),
        _measure_html(one, made.get(one.area.code, ())),
    )
    place = [Cell(one.rank, look="number")] if ranked else []
    return Row((*place, *cells), look="chosen" if one.area.code == view.village else "")


def _main_lines(lines: Iterable[Scored]) -> str:
    """The lines that moved the points most, in words."""
    moved = sorted((one for one in lines if one.points), key=lambda one: -abs(one.points))
    words = [f"{one.line.label}{signed(one.points)}" for one in moved[:_MOST_NAMED]]
    return "，".join(words) or "—"


def _measure_html(one: VillageRating, made: Sequence[Taken]) -> str:
    """What was proposed already, with its state; else what is suggested."""
    if made:
        return Markup("").join(_taken_link(each) for each in made)
    return f"建议{KIND_LABELS[one.suggested.kind]}" if one.suggested else ""


def _taken_link(made: Taken) -> Markup:
    state = MEASURES.by_key["state"].format(made.state)
    link = '<a href="measures?record={}" target="_self">{}：{}</a>'
    return markup(link, int(made.id), KIND_LABELS.get(made.kind, ""), safe(state))


def signed(points: Decimal) -> str:
    """Points with their sign: +2, -0.5, 0."""
    return f"+{number_words(points)}" if points > 0 else number_words(points)
