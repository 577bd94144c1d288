"""What a rating can count: which rows of which ledger belong to a period.

Every count is a selection, so what gives or takes points is what a click opens. "Until the end" is
the end of the period, or today while it runs (``as_of``); what stood open then and was finished
since is counted where it was finished, as late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.domain.timing.periods import Period
from ledger.records import historical
from ledger.records.late import span_text
from ledger.records.query import Condition

Conditions = tuple[Condition, ...]
# Cases of the past that a file brought in give and take no points.
_PRESENT = Condition(historical.KEY, "blank")
_MADE = ("sound", "problem", "closed")
_NOT_UNTRUE = ("true", "partly", None)


@dataclass(frozen=True)
class Span:
    """The period that is rated, the day until which it is known, and the round of that day."""

    period: Period
    as_of: date
    round: int


@dataclass(frozen=True)
class Lateness:
    """From ``low`` to ``high`` calendar days late (None: and more)."""

    low: int
    high: int | None

    @property
    def label(self) -> str:
        """In words: 超期1至3天."""
        if self.high is None:
            return f"超期{self.low}天以上"
        return f"超期{self.low}天" if self.low == self.high else f"超期{self.low}至{self.high}天"


@dataclass(frozen=True)
class Count:
    """One thing that can be counted; ``by_lateness`` ones are asked for each step of lateness."""

    key: str
    label: str
    ledger: str
    conditions: Callable[[Span, Lateness | None], Conditions]
    by_lateness: bool = False


def _during(column: str) -> Callable[[Span], Conditions]:
    """Days of a column that lie in the period."""

    def conditions(span: Span) -> Conditions:
        return (
            Condition(column, "ge", span.period.start),
            Condition(column, "le", span.period.end),
        )

    return conditions


def _in_period(key: str, label: str, ledger: str, column: str, *further: Condition) -> Count:
    """Rows whose day lies in the period and which meet further conditions."""
    during = _during(column)
    return Count(key, label, ledger, lambda span, _: (*during(span), *further))


def _overdue(key: str, label: str, ledger: str) -> Count:
    """Rows whose next duty was so late on the last known day; finished records have no due date."""

    def conditions(span: Span, lateness: Lateness | None) -> Conditions:
        low, high = (1, None) if lateness is None else (lateness.low, lateness.high)
        until = Condition("due_on", "le", span.as_of - timedelta(days=low))
        if high is None:
            return (until,)
        return (Condition("due_on", "ge", span.as_of - timedelta(days=high)), until)

    return Count(key, label, ledger, conditions, by_lateness=True)


def _finished_late(key: str, label: str, ledger: str, column: str, row_set: str) -> Count:
    """Rows finished in the period, so late."""
    during = _during(column)

    def conditions(span: Span, lateness: Lateness | None) -> Conditions:
        low, high = (1, None) if lateness is None else (lateness.low, lateness.high)
        late = Condition(row_set, "set", span_text(low, high))
        return (*during(span), late, _PRESENT)

    return Count(key, label, ledger, conditions, by_lateness=True)


def _uninspected(span: Span, _: Lateness | None) -> Conditions:
    return (Condition("not_visited_by", "set", f"{span.as_of}_{span.round}"),)


def _leads_by_visits(span: Span, _: Lateness | None) -> Conditions:
    return (
        Condition("registered_at_within", "set", span.period.text),
        Condition("source", "in", ("inspection",)),
        Condition("finding", "in", _NOT_UNTRUE),
        _PRESENT,
    )


COUNTS: Mapping[str, Count] = {
    count.key: count
    for count in (
        Count("uninspected", "本轮未走访的机构", "institutions", _uninspected),
        _in_period(
            "inspections_made",
            "走访",
            "inspections",
            "inspected_on",
            Condition("result", "in", _MADE),
            _PRESENT,
        ),
        _overdue("overdue_petitions", "信访事项", "petitions"),
        _overdue("overdue_leads", "线索", "leads"),
        _overdue("overdue_dispositions", "处置", "dispositions"),
        _overdue("overdue_inspections", "排查整改", "inspections"),
        _overdue("overdue_measures", "限期整改", "measures"),
        _finished_late("late_replies", "信访答复", "petitions", "finished_on", "reply_late"),
        _finished_late("late_closures", "处置销号", "dispositions", "closed_on", "closure_late"),
        _finished_late(
            "late_rectified", "排查整改", "inspections", "rectified_on", "rectified_late"
        ),
        _in_period(
            "closed_in_time",
            "处置按期销号",
            "dispositions",
            "closed_on",
            Condition("closed_in_time", "in", (True,)),
        ),
        _in_period(
            "rectified_in_time",
            "排查按期整改",
            "inspections",
            "rectified_on",
            Condition("rectified_late", "set", "0"),
            _PRESENT,
        ),
        Count("leads_by_visits", "走访发现的线索", "leads", _leads_by_visits),
        _in_period("outreach_held", "宣传活动", "outreach", "held_on"),
        _in_period(
            "repeat_petitions",
            "重访",
            "petitions",
            "registered_on",
            Condition("repeat", "in", (True,)),
            _PRESENT,
        ),
        _in_period(
            "dissatisfied",
            "评价不满意",
            "petitions",
            "finished_on",
            Condition("rating", "in", ("dissatisfied",)),
            _PRESENT,
        ),
    )
}
