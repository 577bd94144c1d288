"""The clocks of a record as HTML: last day and state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from ledger.domain.timing import clock
from ledger.domain.timing.deadline import Deadline, State
from pages._text import markup, safe
from pages._ui.html_table import html_table

# Colour never stands alone: a sign and the word go with it.
LOOKS: Mapping[State, tuple[str, str]] = {
    State.OVERDUE: ("late", "▲"),
    State.DONE_LATE: ("late", "▲"),
    State.DUE_SOON: ("soon", "●"),
    State.DONE_IN_TIME: ("", "✓"),
}
_ORDER = (
    State.OVERDUE,
    State.DUE_SOON,
    State.RUNNING,
    State.SUSPENDED,
    State.NOT_STARTED,
)


def duties_html(duties: Sequence[Deadline], *, done: bool = False) -> str:
    """Every clock as a row: what, by when, how it stands, and by which article; urgent first.

    Of a record that is ``done`` the clocks still running have lapsed with it.
    """
    kept = [one for one in duties if not (done and one.state in _ORDER)]
    rank = {state: place for place, state in enumerate(_ORDER)}
    ordered = sorted(kept, key=lambda one: rank.get(one.state, len(_ORDER)))
    rows = [_duty_row(one) for one in ordered]
    return html_table(("期限事项", "情况"), rows, frame="duties") if rows else ""


def _duty_row(duty: Deadline) -> tuple[Markup, Markup]:
    look, sign = LOOKS.get(duty.state, ("", ""))
    notes = [duty.basis]
    if duty.local:
        notes.append("本地规定")
    if duty.paused:
        notes.append(f"已扣除暂停 {duty.paused} 天")
    if duty.extended:
        notes.append(f"已延期 {duty.extended} 天")
    if duty.provisional:
        notes.append("节假日安排未公布，日期可能变动")
    if duty.assumed:
        notes.append("按适用处理：有事项不详")
    what = markup("{}<small>{}</small>", safe(duty.label), safe(";".join(filter(None, notes))))
    how = '<span class="{}">{} {}</span><small>{}</small>'
    return what, markup(how, look, sign, safe(duty.text), _due_words(duty))


def _due_words(duty: Deadline) -> str:
    if duty.state is State.SUSPENDED:
        return "恢复后再计算到期日"
    if duty.due is None:
        return "尚未起算"
    if isinstance(duty.due, datetime):
        return f"{clock.local_text(duty.due)} 到期"
    return f"{duty.due.isoformat()} 到期"
