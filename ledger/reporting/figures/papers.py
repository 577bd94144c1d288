"""Figures for papers: small counts are hidden (`ledger.domain.small_counts`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from geo.atlas import Area
from ledger.domain.small_counts import GUARDED, HIDDEN, KEPT_BACK, VILLAGES, is_small, with_others
from ledger.reporting.figures.model import Breakdown, Figures, FigureValue


def paper_figures(found: Figures) -> Figures:
    """The figures of a period with small counts hidden."""
    values, previous, year_before = (
        _paper_values(list(numbers), found.area)
        for numbers in (found.values, found.previous.values(), found.year_before.values())
    )
    return replace(
        found,
        values=tuple(values),
        previous={value.key: value for value in previous},
        year_before={value.key: value for value in year_before},
    )


def _paper_values(values: Sequence[FigureValue], area: Area | None) -> list[FigureValue]:
    if area is None or area.level not in VILLAGES:
        return list(values)
    found = {value.key: value for value in values}
    guarded = [value for value in values if value.rows.ledger in GUARDED]
    for name in dict.fromkeys(value.key.partition(".")[0] for value in guarded):
        parts = [value for value in guarded if value.key.partition(".")[0] == name]
        words = [_instead(value, area) for value in parts]
        if parts[0].part is not None and not is_small(parts[0].denominator):
            words = with_others(words, [(value.numerator,) for value in parts])
        found |= {one.key: _kept(one, said) for one, said in zip(parts, words, strict=True)}
    return list(found.values())


def paper_breakdown(found: Breakdown) -> Breakdown:
    """A breakdown of a figure with small counts hidden.

    Areas and officials add up to the number of the whole area, periods do not: the lines of these
    are hidden in a village only, those of areas at every level.
    """
    in_village = found.area is not None and found.area.level in VILLAGES
    if found.figure.ledger not in GUARDED or not (in_village or found.by == "area"):
        return found
    values = [line.value for line in found.lines]
    words = [_instead(line.value, line.area or found.area) for line in found.lines]
    if found.by != "period":
        words = with_others(words, [(value.numerator, value.denominator) for value in values])
    pairs = zip(found.lines, words, strict=True)
    lines = tuple(replace(line, value=_kept(line.value, said)) for line, said in pairs)
    return replace(found, lines=lines)


def _instead(value: FigureValue, area: Area | None) -> str:
    """What stands instead of a number that would tell a count below three; empty if none would."""
    if is_small(value.numerator) or is_small(value.denominator):
        return HIDDEN
    share = value.unit == "%" and value.part is None
    in_village = area is not None and area.level in VILLAGES
    rest = value.denominator - value.numerator
    return KEPT_BACK if share and in_village and is_small(rest) else ""


def _kept(value: FigureValue, words: str) -> FigureValue:
    if not words:
        return value
    return replace(value, value=None, numerator=0, denominator=0, counted=0, hidden=words)
