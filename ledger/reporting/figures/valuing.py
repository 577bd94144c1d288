"""Compute the numbers from the counts: divide, name, and attach the rows of each number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from ledger.domain.ledgers import ledger_named
from ledger.domain.small_counts import Number
from ledger.domain.timing.calendar import PROVISIONAL
from ledger.records.clock_outcomes import KEPT
from ledger.records.query import Condition, Selection
from ledger.reporting.figures.binding import Asked, Bound, as_of, filled_in
from ledger.reporting.figures.counting import (
    Counted,
    filled,
    key_of,
    measures_of,
    part_condition,
    parts_of,
)
from ledger.reporting.figures.model import FigureValue, Rows

# Days that may rest on a year whose holidays are not announced.
_KEPT_DAYS = frozenset(kept.due for kept in KEPT)


@dataclass(frozen=True)
class Here:
    """Where the rows lie: an area's path, and conditions that narrow further (an official)."""

    path: str | None
    extra: tuple[Condition, ...] = ()


def values_of(bound: Bound, counted: Counted, asked: Asked, here: Here) -> list[FigureValue]:
    """The numbers of a figure: one, or one per part of a composition."""
    numbers = [counted.get(key_of(bound, measure), 0) for measure in measures_of(bound)]
    match bound.figure.shape:
        case "count":
            return [_value(bound, asked, here, numbers[0], 1, numbers[0], (), numbers[0])]
        case "share":
            whole, part = numbers
            value = _share(part, whole)
            return [_value(bound, asked, here, part, whole, value, bound.counted, part)]
        case "ratio":
            whole, part, rows = numbers
            extra = (filled(bound.figure.sum),)
            return [_value(bound, asked, here, part, whole, _share(part, whole), extra, rows)]
        case "sum":
            rows, total = numbers
            # Nothing filled in is no data; a sum over such rows is not zero.
            value = total if rows else None
            extra = (filled(bound.figure.sum),)
            return [_value(bound, asked, here, total, rows, value, extra, rows)]
        case "days":
            rows, days = numbers
            both = tuple(filled(key) for key in bound.figure.days or ())
            return [_value(bound, asked, here, days, rows, _share(days, rows), both, rows)]
        case "parts":
            return list(_parts(bound, numbers, asked, here))


def _parts(bound: Bound, numbers: list[Number], asked: Asked, here: Here) -> Iterable[FigureValue]:
    by = bound.figure.by
    whole = numbers[0]
    parts = parts_of(ledger_named(bound.figure.ledger), by)
    for part, number in zip(parts, numbers[1:], strict=True):
        extra = (part_condition(by, part),)
        value = _value(bound, asked, here, number, whole, _share(number, whole), extra, number)
        yield FigureValue(
            **{**vars(value), "key": f"{value.key}.{part.name}", "part": part.label},
        )


def _value(
    bound: Bound,
    asked: Asked,
    here: Here,
    numerator: Number,
    denominator: Number,
    value: Number | None,
    extra: tuple[Condition, ...],
    counted: Number,
) -> FigureValue:
    figure = filled_in(bound.figure, asked)
    counts = figure.shape == "count"
    base = Selection(conditions=(*bound.base, *here.extra), area_path=here.path)
    return FigureValue(
        key=figure.key,
        label=figure.label,
        group=figure.group,
        unit=figure.unit,
        value=value,
        numerator=numerator,
        denominator=numerator if counts else denominator,
        definition=figure.words,
        rows=Rows(figure.ledger, base.also(*extra)),
        base=Rows(figure.ledger, base.also(*extra) if figure.shape == "days" else base),
        counted=int(counted),
        as_of=as_of(figure, asked),
        note=_note(bound, asked),
        is_final=not _immature(bound, asked),
    )


def _share(part: Number, whole: Number) -> float | None:
    return part / whole if whole else None


def _note(bound: Bound, asked: Asked) -> str:
    """What the reader has to know of this very number."""
    days = _immature(bound, asked)
    if not days:
        may_move = bound.figure.period in _KEPT_DAYS and not asked.settled
        return f"本期有期限的{PROVISIONAL}，结果可能变动" if may_move else ""
    if _settles(bound):
        return f"本期答复的事项还没有都满{days}日，结果可能变动，不作比较"
    return f"期末后满{days}日才定得下来，结果可能变动，不作比较"


def _immature(bound: Bound, asked: Asked) -> int:
    """After how many days the number is final, if these are not over yet; else 0."""
    settled = dict(asked.settings)["resolution_days"] if _settles(bound) else 0
    days = max(settled, bound.figure.matures)
    return days if asked.period.end > asked.today - timedelta(days=days) else 0


def _settles(bound: Bound) -> bool:
    return any(one.operator == "set" and one.key == "settled" for one in bound.counted)
