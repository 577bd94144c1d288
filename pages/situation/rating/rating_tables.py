"""The tables of the rating page as HTML: the ranking, one village line by line, open measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from geo.atlas import Atlas
from ledger.casework.awaiting import due_words
from ledger.domain.ledgers import LEDGERS, MEASURES
from ledger.records.due import due_text
from ledger.records.query import Selection
from ledger.reporting.rating.measures import KIND_LABELS, Taken, number_words
from ledger.reporting.rating.model import Part, Rating, Scored, VillageRating
from pages._text import attribute, clip, safe
from pages._ui.paging import ROWS, paged
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
    lines = "".join(_rank_row(one, view, atlas, made, ranked) for one in shown.rows)
    place = "<th>名次</th>" if ranked else ""
    head = (
        f'<tr>{place}<th>村(社区)</th><th class="number">得分</th><th>主要加减分</th>'
        "<th>措施</th></tr>"
    )
    pages = shown.html(lambda number: link(view, page=number))
    return f'<div class="rating ranking"><table>{head}{lines}</table></div>{pages}'


def _rank_row(
    one: VillageRating,
    view: RatingView,
    atlas: Atlas,
    made: Mapping[str, list[Taken]],
    ranked: bool,
) -> str:
    above = atlas.ancestors(one.area.code)
    within = f"<small>{safe(above[-1].name)}</small>" if above else ""
    address = attribute(link(view, village=one.area.code))
    chosen = ' class="chosen"' if one.area.code == view.village else ""
    place = f'<td class="number">{one.rank}</td>' if ranked else ""
    return (
        f'<tr{chosen}>{place}<td><a href="{address}" target="_self">{safe(one.area.name)}</a>'
        f'{within}</td><td class="number"><b>{number_words(one.points)}</b></td>'
        f"<td>{_main_lines(one.lines)}</td>"
        f"<td>{_measure_html(one, made.get(one.area.code, ()))}</td></tr>"
    )


def _main_lines(lines: Iterable[Scored]) -> str:
    """The lines that moved the points most, in words."""
    moved = sorted((one for one in lines if one.points), key=lambda one: -abs(one.points))
    words = [f"{one.line.label}{signed(one.points)}" for one in moved[:_MOST_NAMED]]
    return safe("，".join(words)) if words else "—"


def _measure_html(one: VillageRating, made: Sequence[Taken]) -> str:
    """What was proposed already, with its state; else what is suggested."""
    if made:
        return "".join(_taken_link(each) for each in made)
    return f"建议{KIND_LABELS[one.suggested.kind]}" if one.suggested else ""


def _taken_link(made: Taken) -> str:
    state = MEASURES.by_key["state"].format(made.state)
    return (
        f'<a href="measures?record={int(made.id)}" target="_self">'
        f"{KIND_LABELS.get(made.kind, '')}：{safe(state)}</a>"
    )


def explanation_html(rating: Rating, one: VillageRating) -> str:
    """Start, every line with its rows, and the sum; each number of rows opens them."""
    rules = rating.rules
    rows = [f'<tr><td colspan="2">起评分</td>{_points_cell(rules.start)}</tr>']
    rows += [_line_html(scored) for scored in one.lines]
    rows.append(
        f'<tr class="sum"><td colspan="2">得分</td>'
        f'<td class="number"><b>{number_words(one.points)}</b></td></tr>'
    )
    head = '<tr><th>计分项</th><th class="number">件数</th><th class="number">分值</th></tr>'
    return f'<div class="rating"><table>{head}{"".join(rows)}</table></div>'


def _line_html(scored: Scored) -> str:
    line = scored.line
    notes = [line.basis]
    if line.cap is not None:
        notes.append(f"最多{number_words(line.cap)}分" + ("，已到上限" if scored.is_capped else ""))
    if not scored.count and line.none:
        notes.append(f"一件也没有，计{signed(line.none)}分")
    head = (
        f"<tr><td>{safe(line.label)}<small>{safe('；'.join(notes))}</small></td>"
        f'<td class="number">{scored.count:,}</td>{_points_cell(scored.points, sign=True)}</tr>'
    )
    parts = "".join(_part_html(part) for part in scored.parts if part.count)
    return head + parts


def _part_html(part: Part) -> str:
    said = f"{LEDGERS[part.ledger].label}，{part.count}件，打开"
    address = rows_address(part.ledger, part.selection)
    number = number_link(f"{part.count:,} 件", address, part.count, {"aria-label": said})
    return (
        f'<tr class="part"><td>{safe(part.label)}<small>每件{signed(part.each)}分</small></td>'
        f'<td class="number">{number}</td>{_points_cell(part.points, sign=True)}</tr>'
    )


def _points_cell(points: Decimal, *, sign: bool = False) -> str:
    look = " minus" if points < 0 else ""
    return f'<td class="number{look}">{signed(points) if sign else number_words(points)}</td>'


def signed(points: Decimal) -> str:
    """Points with their sign: +2, -0.5, 0."""
    return f"+{number_words(points)}" if points > 0 else number_words(points)


def open_html(measures: Sequence[Taken], opened: Selection, atlas: Atlas, today: date) -> str:
    """Measures that are not done: what, where, how they stand, what was followed up.

    The first of them; ``opened`` selects them all in the ledger of measures.
    """
    head = (
        "<tr><th>措施</th><th>村(社区)</th><th>办理状态</th><th>期限</th><th>跟进和回复</th></tr>"
    )
    rows = "".join(_open_row(one, atlas, today) for one in measures[:ROWS])
    more = ""
    if len(measures) > ROWS:
        said = f"到考评措施台账查看全部 {len(measures):,} 项"
        more = f"<p>{number_link(said, rows_address('measures', opened), len(measures))}</p>"
    return f'<div class="rating"><table>{head}{rows}</table>{more}</div>'


def _open_row(one: Taken, atlas: Atlas, today: date) -> str:
    area = atlas.get(one.area_code)
    due = ""
    if one.due_on is not None:
        day = due_text(one.due_on, one.due_label)
        words = f"{day}<small>{due_words(one.due_on, today)}</small>"
        due = f'<span class="late">▲ {words}</span>' if one.due_on < today else words
    said = [f"回复：{clip(one.answer, 60)}" if one.answer else "", clip(one.follow_up or "", 60)]
    state = MEASURES.by_key["state"].format(one.state)
    return (
        f'<tr><td><a href="measures?record={int(one.id)}" target="_self">'
        f"{safe(one.number)} {KIND_LABELS.get(one.kind, '')}</a>"
        f"<small>{safe(one.period or '')}</small></td>"
        f"<td>{safe(area.name if area else one.area_code)}</td><td>{safe(state)}</td>"
        f"<td>{due}</td><td>{safe('；'.join(filter(None, said)) or '还没有')}</td></tr>"
    )
