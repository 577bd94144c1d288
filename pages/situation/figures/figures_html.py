"""The numbers of the figures page as HTML: cards, compositions, and one figure taken apart."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from ledger.reporting.figures import Figures, FigureValue
from pages._text import markup, safe
from pages._ui.html_table import Cell, html_table
from pages._views.rows_link import rows_address
from pages.situation.figures.figure_lines import number_html
from pages.situation.figures.figures_view import FigureView, link

HEADLINE = ("petitions_registered", "timely_acceptance", "on_time_reply", "satisfaction")


_GROUP = '<h2>{}</h2><div class="cards">{}</div>'
_CARD = """<section class="card" id="figure-{}"><h3>{}</h3><p>{} {}</p>\
<p class="since">{}</p>{}{}</section>"""
_WIDE = '<section class="card wide"><h3>{}</h3>{}{}</section>'


def headline_html(found: Figures) -> Markup:
    """The answer in one line: what came in, how it was handled, what is overdue."""
    keyed = found.by_key
    parts = [
        markup("{} {}", keyed[key].label, number_html(keyed[key]))
        for key in HEADLINE
        if key in keyed
    ]
    late = [value for value in found if value.key.startswith("overdue_")]
    overdue = [value for value in late if value.value]
    said = Markup("、").join(markup("{} {}", safe(one.label), number_html(one)) for one in overdue)
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
        number_html(value),
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
            number_html(value, count=True),
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


def _definition(value: FigureValue) -> Markup:
    lines = Markup().join(markup("<p>{}</p>", safe(line)) for line in value.definition.lines)
    whole = ""
    if value.definition.denominator and value.base != value.rows:
        address = rows_address(value.base.ledger, value.base.selection)
        whole = markup('<p><a href="{}" target="_self">查看分母的记录</a></p>', address)
    return markup("<details><summary>口径</summary>{}{}</details>", lines, whole)
