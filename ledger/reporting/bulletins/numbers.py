"""总体情况, the figures: sentences with 环比 and 同比, a table, the trend, the ranking of areas.

The numbers are those of :mod:`ledger.reporting.figures`, with its definitions; nothing is counted
here. `ledger.domain.small_counts` defines which of them a paper hides.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.domain.small_counts import LEAST
from ledger.domain.timing.periods import Period
from ledger.reporting.bulletins.gathering import Question
from ledger.reporting.bulletins.model import UNIT, Block, Cell, Field, Heading, Picture, Table, Text
from ledger.reporting.bulletins.paragraphs import Number, Part, enumerated, paragraph
from ledger.reporting.bulletins.pictures import ranking_picture, trend_picture
from ledger.reporting.figures import Breakdown, By, Figures, FigureValue, breakdown, figures
from ledger.reporting.figures.papers import paper_breakdown, paper_figures

TREND, RANKING = "trend", "ranking"
_MOST_AREAS = 12
# What stands on paper, as far as the office's own file of definitions has it; the annex has all.
KEY_FIGURES = (
    *("petitions_registered", "petition_people", "collective_visits", "petitions_finished"),
    *("repeat_rate", "timely_acceptance", "on_time_reply", "participation", "satisfaction"),
    *("first_time_resolution", "backlog_resolution", "leads_registered", "leads_true"),
    *("inspections_made", "institutions_visited", "problems_found"),
    *("dispositions_opened", "dispositions_closed", "refunded"),
)
# Sentences: the figures that are compared in words, then those that are only named.
_SENTENCES = (
    (
        ("petitions_registered", "petitions_finished"),
        ("timely_acceptance", "on_time_reply", "satisfaction", "repeat_rate"),
    ),
    (("leads_registered",), ("leads_true",)),
    (("inspections_made",), ("institutions_visited", "problems_found")),
    (("dispositions_opened", "dispositions_closed"), ("refunded",)),
)
# The columns that hold the numbers compared, and what they are called in the annex.
_COMPARED = ("本期", "上期", "去年同期")
_BASES = ("", "（上期）", "（去年同期）")
_FIELDS = (
    Field("指标", width=12),
    Field(UNIT, width=4),
    Field("本期", "figure", width=8),
    Field("上期", "figure", width=8),
    Field("去年同期", "figure", width=8),
    Field("环比", "long", width=15),
)
_FULL_FIELDS = (
    Field("分组"),
    *_FIELDS,
    Field("同比", "long"),
    Field("分子", "number"),
    Field("分母", "number"),
    Field("口径", "long"),
)


def blocks(question: Question) -> tuple[list[Block], dict[str, bytes]]:
    """Everything about the period's figures, with the pictures."""
    counted = figures(question.store, question.actor, question.period, question.code)
    found = paper_figures(counted)
    keep = _Kept(question, counted)
    moving = [value for value in found if value.key in found.previous]
    key = [found.by_key[one] for one in KEY_FIGURES if one in found.previous] or moving
    said: list[Block] = [Heading("主要指标")]
    for told, named in _SENTENCES:
        parts = _sentence(question, found, keep, told, named)
        said += [paragraph(parts)] if parts else []
    said.append(_table(found, keep, key))
    said += [Text(text) for text in _notes(key)]
    said.append(_full_table(found, keep, moving))
    pictures: dict[str, bytes] = {}
    for name, caption, drawn in (_trend(question, found), _ranking(question, found)):
        if drawn:
            pictures[name] = drawn
            said.append(Picture(name, caption))
    return said, pictures


class _Kept:
    """Keeps the rows that the numbers counted: also of those that the paper hides."""

    def __init__(self, question: Question, counted: Figures) -> None:
        self.question = question
        self.counted = (counted.by_key, counted.previous, counted.year_before)

    def rows_of(self, key: str, base: int = 0, *, whole: bool = False) -> int | None:
        """The rows of a figure of this period, the one before (1) or a year before (2); with
        ``whole`` those of its denominator. None where there are no data."""
        value = self.counted[base].get(key)
        if value is None or value.value is None:
            return None
        rows = value.base if whole else value.rows
        label = f"{_label(value)}{_BASES[base]}"
        if value.base != value.rows:
            label += "：分母" if whole else "：分子"
        ids = self.question.selected(rows.ledger, rows.selection)
        return self.question.count(label, rows.ledger, ids)


def _sentence(
    question: Question, found: Figures, keep: _Kept, told: Sequence[str], named: Sequence[str]
) -> list[Part]:
    """One paragraph of figures; those that the file does not define are left out."""

    def number(key: str) -> list[Part]:
        return [found[key].label, Number(found[key].text, keep.rows_of(key))]

    compared = [
        [*number(key), f"，{'，'.join(found.comparisons(key))}"]
        for key in told
        if key in found.previous
    ]
    rates = [number(key) for key in named if key in found.previous]
    parts = [*compared, enumerated(rates, "，")] if rates else compared
    return [question.kind.this, *enumerated(parts, "；"), "。"] if parts else []


def _notes(values: Sequence[FigureValue]) -> list[str]:
    """What the reader has to know of some of the numbers, each note once with all it is of."""
    by_note: dict[str, list[str]] = {}
    for value in values:
        if value.note and not value.hidden:
            by_note.setdefault(value.note, []).append(_label(value))
    return [f"{'、'.join(labels)}：{note}。" for note, labels in by_note.items()]


def _row(found: Figures, value: FigureValue) -> tuple[Cell, ...]:
    before, year = found.previous[value.key], found.year_before.get(value.key)
    return (
        _label(value),
        value.unit,
        _told(value),
        _told(before),
        None if year is None else _told(year),
        _compared(found, value, "环比"),
    )


def _full_row(found: Figures, value: FigureValue) -> tuple[Cell, ...]:
    return (
        value.group,
        *_row(found, value),
        _compared(found, value, "同比"),
        value.hidden or value.numerator,
        value.hidden or value.denominator,
        "；".join(value.definition.lines),
    )


def _table(found: Figures, keep: _Kept, values: Sequence[FigureValue]) -> Table:
    rows = tuple(_row(found, one) for one in values)
    counted = _cells(keep, values, _FIELDS)
    return Table("figures", "主要指标", _FIELDS, rows, None, counted)


def _full_table(found: Figures, keep: _Kept, values: Sequence[FigureValue]) -> Table:
    rows = tuple(_full_row(found, one) for one in values)
    counted = _cells(keep, values, _FULL_FIELDS)
    return Table("all_figures", "全部指标及口径", _FULL_FIELDS, rows, 0, counted)


def _cells(
    keep: _Kept, values: Sequence[FigureValue], fields: Sequence[Field]
) -> tuple[tuple[int, int, int], ...]:
    """Row, column and rows counted of every number in a table."""
    at = {field.header: column for column, field in enumerate(fields)}
    found = [
        (row, at[header], keep.rows_of(value.key, base, whole=header == "分母"))
        for row, value in enumerate(values)
        for header, base in (*zip(_COMPARED, range(3), strict=True), ("分子", 0), ("分母", 0))
        if header in at
    ]
    return tuple((row, column, kept) for row, column, kept in found if kept is not None)


def _compared(found: Figures, value: FigureValue, word: str) -> str | None:
    """环比 or 同比 for a column of that name; None where the figure is not compared so."""
    said = next((one for one in found.comparisons(value.key) if one.startswith(word)), None)
    return None if said is None else said.removeprefix(word)


def _told(value: FigureValue) -> Cell:
    return value.hidden or value.value


def _label(value: FigureValue) -> str:
    return f"{value.label}：{value.part}" if value.part else value.label


def _trend(question: Question, found: Figures) -> tuple[str, str, bytes | None]:
    """Petitions and leads over the last twelve periods."""
    lines: dict[str, list[int | None]] = {}
    labels: list[str] = []
    for key in ("petitions_registered", "leads_registered"):
        if key not in found.previous:
            continue
        over = _taken_apart(question, key, "period")
        labels = [_short(line.period) for line in over.lines if line.period is not None]
        lines[over.figure.label] = [
            None if line.value.value is None else int(line.value.value) for line in over.lines
        ]
    caption = f"近{len(labels)}期信访和线索登记量（横轴为每期最后一天）"
    return TREND, caption, trend_picture(labels, lines) if lines else None


def _ranking(question: Question, found: Figures) -> tuple[str, str, bytes | None]:
    """Petitions of the period by area, without the counts that are not to be told."""
    caption = f"各地信访登记量（少于{LEAST}件的不列）"
    if "petitions_registered" not in found.previous:
        return RANKING, caption, None
    key = "petitions_registered"
    over = _taken_apart(question, key, "area")
    told = {
        line.area.name: int(line.value.value)
        for line in over.lines
        if line.area is not None and not line.hidden and line.value.value
    }
    longest = dict(sorted(told.items(), key=lambda item: (-item[1], item[0]))[:_MOST_AREAS])
    drawn = ranking_picture(longest, unit=over.figure.unit) if len(longest) > 1 else None
    return RANKING, caption, drawn


def _taken_apart(question: Question, key: str, by: By) -> Breakdown:
    found = breakdown(question.store, question.actor, question.period, key, by, question.code)
    return paper_breakdown(found)


def _short(period: Period) -> str:
    end = period.end
    return f"{end.year % 100:02d}.{end.month}.{end.day}"
