"""Two people's changes of one record, field by field: before, theirs and mine."""

from __future__ import annotations

from ledger.domain.errors import Conflict, FieldConflict
from pages._text import markup, safe
from pages._ui.html_table import html_table
from pages.records.ledger.session import Desk


def comparison_html(desk: Desk, conflict: Conflict) -> str:
    """Every field that either side changed, in words; what will merge says so."""
    rows = [_row(desk, field) for field in conflict.fields]
    return html_table(("列", "原来", "对方改为", "我改为"), rows, frame="changes conflict")


def _row(desk: Desk, field: FieldConflict) -> tuple[object, ...]:
    before, theirs, mine = (
        desk.words(field.key, value) for value in (field.before, field.theirs, field.mine)
    )
    outcome = "▲ 冲突，请选择" if field.clash else f"自动合并：{_merged_words(desk, field)}"
    unchanged = "（未改）"
    late = "late" if field.clash else ""
    return (
        markup('{}<small class="{}">{}</small>', safe(field.label), late, safe(outcome)),
        before,
        theirs if field.theirs != field.before else unchanged,
        mine if field.mine != field.before else unchanged,
    )


def _merged_words(desk: Desk, field: FieldConflict) -> str:
    changed_by_me = field.mine != field.before
    return desk.words(field.key, field.mine if changed_by_me else field.theirs)
