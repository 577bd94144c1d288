"""The open measures of the rating page as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from geo.atlas import Atlas
from ledger.casework.awaiting import due_words
from ledger.domain.ledgers import MEASURES
from ledger.records.due import due_text
from ledger.records.query import Selection
from ledger.reporting.rating.measures import KIND_LABELS, Taken
from pages._text import markup, safe, shortened
from pages._ui.html_table import html_table
from pages._ui.paging import ROWS
from pages._views.rows_link import number_link, rows_address


def open_html(measures: Sequence[Taken], opened: Selection, atlas: Atlas, today: date) -> str:
    """Measures that are not done: what, where, their state, what was followed up.

    The first of them; ``opened`` selects them all in the ledger of measures.
    """
    heads = ("措施", "村(社区)", "办理状态", "期限", "跟进和回复")
    table = html_table(heads, [_open_row(one, atlas, today) for one in measures[:ROWS]])
    more = ""
    if len(measures) > ROWS:
        said = f"到考评措施台账查看全部 {len(measures):,} 项"
        more = f"<p>{number_link(said, rows_address('measures', opened), len(measures))}</p>"
    return f'<div class="rating">{table}{more}</div>'


def _open_row(one: Taken, atlas: Atlas, today: date) -> tuple[object, ...]:
    area = atlas.get(one.area_code)
    due = Markup("")
    if one.due_on is not None:
        day, words = due_text(one.due_on, one.due_label), due_words(one.due_on, today)
        due = markup("{}<small>{}</small>", day, words)
        if one.due_on < today:
            due = markup('<span class="late">▲ {}</span>', due)
    answer = "回复：" + shortened(one.answer) if one.answer else ""
    said = [one for one in (answer, one.follow_up and shortened(one.follow_up)) if one]
    state = MEASURES.by_key["state"].format(one.state)
    link = '<a href="measures?record={}" target="_self">{} {}</a><small>{}</small>'
    number, kind = safe(one.number), KIND_LABELS.get(one.kind, "")
    return (
        markup(link, int(one.id), number, kind, safe(one.period or "")),
        area.name if area else one.area_code,
        state,
        due,
        Markup("；").join(said) or "还没有",
    )
