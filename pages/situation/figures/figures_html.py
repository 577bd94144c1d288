"""The numbers of the figures page as HTML: cards, compositions, and one figure taken apart."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from ledger.domain.timing.clock import today
from ledger.reporting.figures import Figures, FigureValue, Line
from pages._text import attribute, markup, safe
from pages._ui.html_table import Cell, Row, html_table
from pages._views.rows_link import number_link, rows_address
from pages.situation.figures.figures_view import FigureView, link

HEADLINE = ("petitions_registered", "timely_acceptance", "on_time_reply", "satisfaction")
NO_NAME = {"area": "未细分到下级", "official": "未指定包案领导"}


def headline_html(found: Figures) -> str:
    """The answer in one line: what came in, how it was handled, what is overdue."""
    keyed = found.by_key
    parts = [f"{keyed[key].label} {_number(keyed[key])}" for key in HEADLINE if key in keyed]
    late = [value for value in found if value.key.startswith("overdue_")]
    overdue = [value for value in late if value.value]
    said = "、".join(f"{safe(value.label)} {_number(value)}" for value in overdue)
    told = f"超期未办：{said}" if said else "没有超期未办"
    return f'<p class="figures-said">{"，".join(parts)}。{told}。</p>'


def groups_html(found: Figures, view: FigureView) -> str:
    """Every group with its numbers, compositions after the single ones."""
    return "".join(
        f'<h2>{safe(group)}</h2><div class="cards">{"".join(_cards(found, values, view))}</div>'
        for group, values in found.groups.items()
    )


def _cards(found: Figures, values: list[FigureValue], view: FigureView) -> Iterable[str]:
    single = [value for value in values if value.part is None]
    yield from (_card(found, value, view) for value in single)
    labels = dict.fromkeys(value.label for value in values if value.part is not None)
    for label in labels:
        parts = [one for one in values if one.label == label and one.part is not None]
        yield _composition(found, parts, view)


def _card(found: Figures, value: FigureValue, view: FigureView) -> str:
    since = [f"<span>{safe(words)}</span>" for words in found.comparisons(value.key)]
    if value.as_of is not None and value.as_of == found.today:
        since.append("<span>截至今天</span>")
    fraction = f'<span class="fraction">{safe(value.fraction)}</span>' if value.fraction else ""
    note = f'<p class="note">{safe(value.note)}</p>' if value.note else ""
    return (
        f'<section class="card" id="figure-{attribute(value.key)}">'
        f"<h3>{_taken_apart(value, view, value.label)}</h3>"
        f"<p>{_number(value)} {fraction}</p>"
        f'<p class="since">{"".join(since)}</p>{note}{_definition(value)}</section>'
    )


def _composition(found: Figures, parts: list[FigureValue], view: FigureView) -> str:
    bar = '<i style="width:{:.1f}%"></i>'
    rows = [
        (
            Cell(_taken_apart(value, view, value.part or ""), head=True),
            Cell(markup(bar, 100 * (value.value or 0)), look="bar"),
            value.text,
            _number(value, count=True),
            Cell("，".join(found.comparisons(value.key)), look="since"),
        )
        for value in parts
        if value.numerator or not value.key.endswith(".blank")
    ]
    head = f"<h3>{safe(parts[0].label)}</h3>"
    if not any(value.denominator for value in parts):
        empty = f"<p>暂无数据</p>{_definition(parts[0])}"
        return f'<section class="card wide">{head}{empty}</section>'
    return (
        f'<section class="card wide">{head}{html_table((), rows, frame="lines")}'
        f"{_definition(parts[0])}</section>"
    )


def _taken_apart(value: FigureValue, view: FigureView, name: str) -> Markup:
    on = Markup(' class="on" aria-current="true"') if view.figure == value.key else ""
    taken = '<a{} href="{}" target="_self" title="看图：{}">{}</a>'
    return markup(taken, on, link(view, figure=value.key), name, safe(name))


def _number(value: FigureValue, *, count: bool = False) -> Markup:
    """The number; it opens the rows that it counted."""
    text = f"{value.numerator:,}" if count else value.text
    address = rows_address(value.rows.ledger, value.rows.selection)
    look = {"class": "big", "data-figure": value.key, "title": "查看这些记录"}
    return number_link(safe(text), address, value.counted, look)


def _definition(value: FigureValue) -> str:
    lines = "".join(f"<p>{safe(line)}</p>" for line in value.definition.lines)
    whole = ""
    if value.definition.denominator and value.base != value.rows:
        address = rows_address(value.base.ledger, value.base.selection)
        whole = f'<p><a href="{attribute(address)}" target="_self">查看分母的记录</a></p>'
    return f"<details><summary>口径</summary>{lines}{whole}</details>"


def lines_html(lines: Iterable[Line], view: FigureView) -> str:
    """The breakdown of one figure: every line links to its part, every number to its rows."""
    return html_table((), [_line(line, view) for line in lines], frame="lines")


def _line(line: Line, view: FigureView) -> Row:
    name = safe(line.name or NO_NAME.get(view.by, ""))
    changed: dict[str, object] = {}
    if line.area is not None:
        changed = {"area": line.area}
    elif line.period is not None:
        changed = {"period": line.period}
    elif line.name:
        changed = {"official": line.name}
    if changed:
        name = markup('<a href="{}" target="_self">{}</a>', link(view, **changed), name)
    here = "chosen" if line.period == view.period and view.by == "period" else ""
    return Row((Cell(name, head=True), _number(line.value), line.value.fraction), look=here)


def shown_as_of() -> str:
    """The day on which the numbers were taken."""
    day = today()
    return f"数据截至{day.year}年{day.month}月{day.day}日"
