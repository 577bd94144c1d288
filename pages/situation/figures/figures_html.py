"""The numbers of the figures page as HTML: cards, compositions, and one figure taken apart."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from ledger.domain.timing.clock import today
from ledger.reporting.figures import Figures, FigureValue, Line
from pages._text import markup, safe
from pages._ui.html_table import Cell, Row, html_table
from pages._views.rows_link import number_link, rows_address
from pages.situation.figures.figures_view import FigureView, link

HEADLINE = ("petitions_registered", "timely_acceptance", "on_time_reply", "satisfaction")
NO_NAME = {"area": "未细分到下级", "official": "未指定包案领导"}


_GROUP = '<h2>{}</h2><div class="cards">{}</div>'
_CARD = """<section class="card" id="figure-{}"><h3>{}</h3><p>{} {}</p>\
<p class="since">{}</p>{}{}</section>"""
_WIDE = '<section class="card wide"><h3>{}</h3>{}{}</section>'


def headline_html(found: Figures) -> Markup:
    """The answer in one line: what came in, how it was handled, what is overdue."""
    keyed = found.by_key
    parts = [
        markup("{} {}", keyed[key].label, _number(keyed[key])) for key in HEADLINE if key in keyed
    ]
    late = [value for value in found if value.key.startswith("overdue_")]
    overdue = [value for value in late if value.value]
    said = Markup("、").join(markup("{} {}", safe(one.label), _number(one)) for one in overdue)
    told = markup("超期未办：{}", said) if said else "没有超期未办"
    return markup('<p class="figures-said">{}。{}。</p>', Markup("，").join(parts), told)


def groups_html(found: Figures, view: FigureView) -> Markup:
    """Every group with its numbers, compositions after the single ones."""
    return Markup().join(
        markup(_GROUP, safe(group), Markup().join(_cards(found, values, view)))
        for group, values in found.groups.items()
    )


def _cards(found: Figures, values: list[FigureValue], view: FigureView) -> Iterable[Markup]:
    single = [value for value in values if value.part is None]
    yield from (_card(found, value, view) for value in single)
    labels = dict.fromkeys(value.label for value in values if value.part is not None)
    for label in labels:
        parts = [one for one in values if one.label == label and one.part is not None]
        yield _composition(found, parts, view)


def _card(found: Figures, value: FigureValue, view: FigureView) -> Markup:
    since = [markup("<span>{}</span>", safe(words)) for words in found.comparisons(value.key)]
    if value.as_of is not None and value.as_of == found.today:
        since.append(Markup("<span>截至今天</span>"))
    fraction = markup('<span class="fraction">{}</span>', safe(value.fraction))
    note = markup('<p class="note">{}</p>', safe(value.note))
    return markup(
        _CARD,
        value.key,
        _taken_apart(value, view, value.label),
        _number(value),
        fraction if value.fraction else "",
        Markup().join(since),
        note if value.note else "",
        _definition(value),
    )


def _composition(found: Figures, parts: list[FigureValue], view: FigureView) -> Markup:
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
    counted = any(value.denominator for value in parts)
    lines = html_table((), rows, frame="lines") if counted else Markup("<p>暂无数据</p>")
    return markup(_WIDE, safe(parts[0].label), lines, _definition(parts[0]))


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


def _definition(value: FigureValue) -> Markup:
    lines = Markup().join(markup("<p>{}</p>", safe(line)) for line in value.definition.lines)
    whole = ""
    if value.definition.denominator and value.base != value.rows:
        address = rows_address(value.base.ledger, value.base.selection)
        whole = markup('<p><a href="{}" target="_self">查看分母的记录</a></p>', address)
    return markup("<details><summary>口径</summary>{}{}</details>", lines, whole)


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
