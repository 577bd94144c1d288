"""What each cell of a table of counts asks for: its meaning, its time, its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from geo.atlas import Area, Atlas
from ledger.domain.timing.periods import Period
from ledger.domain.values import fold
from ledger.exchange.reading.area_names import AreaNames
from ledger.reporting.forms.answering import Answers, CannotTell, Place
from ledger.reporting.forms.asked_words import Context, Meaning, Unsure
from ledger.reporting.forms.filled import OpenCell
from ledger.reporting.forms.form_answers import FormAnswers
from ledger.reporting.forms.form_meaning import understand
from ledger.reporting.forms.form_periods import KINDS_SAID, Times, period_for
from ledger.reporting.forms.form_shapes import Column, FormTable, Line
from ledger.reporting.forms.form_units import without_units
from ledger.reporting.forms.known_words import segment
from ledger.reporting.forms.table_kinds import TableKind, is_left, read_area

_CURRENT = (*KINDS_SAID, "", "same", "so_far", "ytd")

# What a 去年同期 of the same group can be compared with.
_COMPARED = frozenset((*KINDS_SAID, "ytd", "so_far"))


@dataclass(frozen=True)
class Asked:
    """One cell: its meaning and time, or why it has none. A sum of the columns beside it has to
    come to the number of ``whole``."""

    line: Line
    column: Column
    meaning: Meaning | None = None
    period: Period | None = None
    place: Place | None = None
    problem: OpenCell | None = None
    area: Area | None = None
    whole: tuple[Meaning, Place] | None = None


@dataclass(frozen=True)
class Setting:
    """What all tables of a form share."""

    answers: Answers
    atlas: Atlas
    names: AreaNames
    times: Times
    told: FormAnswers
    path: str
    hides: bool

    @property
    def where(self) -> str:
        """The name of the area that is reported; empty for all."""
        area = self.atlas.get(self.path.strip("/").rpartition("/")[2])
        return area.name if area else ""


class Asking:
    """Says of each cell of one table what it asks for, or why that is not clear."""

    def __init__(
        self, table: FormTable, kind: TableKind, context: Context, setting: Setting
    ) -> None:
        self.table, self.kind, self.context, self.setting = table, kind, context, setting
        naming = {at for at, _ in kind.naming}
        self.columns = [
            one for one in table.values if one.at not in naming and not is_left(one, setting.told)
        ]
        self._names = [fold(part) for head in table.heads for part in head.parts]
        self._twice = _twice(self.columns)
        self._areas: dict[int, Area | None] = {}

    @property
    def by_area(self) -> bool:
        """Whether the rows are areas."""
        return self.kind.kind in ("areas", "named_areas")

    def asked(self, line: Line, column: Column, place: Place, area: Area | None) -> Asked:
        """What one cell asks for."""
        words = () if self.by_area else line.parts
        blank = Asked(line, column, place=place, area=area)
        if column.at in self._twice:
            return replace(
                blank, problem=self.open_cell(line, column, "有两列的表头一模一样，分不清各要什么")
            )
        here = self._column_area(column)
        if here is not None:
            if area is not None:
                return replace(
                    blank, problem=self.open_cell(line, column, "行和列都是区域，分不清")
                )
            column_place = Place((here.path,), (here.code,))
            blank = replace(blank, place=column_place, area=here)
        summed = self._of_columns_beside(line, column, place, area)
        if summed is not None:
            return summed
        meaning = self._meaning(line, column, words)
        if isinstance(meaning, Unsure):
            return replace(blank, problem=self.open_cell(line, column, meaning.message, meaning))
        if meaning.share and meaning.implied:
            based = self._base(line, column, words)
            if isinstance(based, str):
                return replace(blank, problem=self.open_cell(line, column, based))
            period, base = based
            own = replace(base, share=True, percent=meaning.percent, factor=1.0)
            return replace(blank, meaning=own, period=period)
        found = self._period(meaning, line, column, words)
        if isinstance(found, str):
            return replace(blank, problem=self.open_cell(line, column, found, about="period"))
        return replace(blank, meaning=meaning, period=found)

    def _meaning(self, line: Line, column: Column, words: Sequence[str]) -> Meaning | Unsure:
        unit = line.unit or column.unit
        parts = column.parts if self._column_area(column) is None else column.parts[:-1]
        return understand((*words, *parts), self.context, unit, self._names)

    def _column_area(self, column: Column) -> Area | None:
        """The area that a column is headed with: 甲云镇 above its numbers."""
        if column.at not in self._areas:
            found: Area | None = None
            if column.parts and not segment(fold(column.parts[-1]), self.context):
                code = read_area(column.parts[-1:], self.setting.names, self.setting.told)
                area = self.setting.atlas.get(code) if isinstance(code, str) else None
                if area is not None and area.path.startswith(self.setting.path):
                    found = area
            self._areas[column.at] = found
        return self._areas[column.at]

    def _of_columns_beside(
        self, line: Line, column: Column, place: Place, area: Area | None
    ) -> Asked | None:
        """A column of sums: what the counts beside it come to together; None for any other."""
        if not self._is_sum(column):
            return None
        beside = [
            one
            for one in self.columns
            if one.at != column.at and one.parts[:-1] == column.parts[:-1] and not self._is_sum(one)
        ]
        asked = [self.asked(line, one, place, area) for one in beside]
        told = [
            one
            for one in asked
            if one.meaning is not None and not one.meaning.share and not one.meaning.count.is_rate
        ]
        if len(told) < 2 or len(told) < len(asked) or len({one.period for one in told}) > 1:
            return None
        meanings = [one.meaning for one in told if one.meaning is not None]
        try:
            joined = merged(meanings)
        except CannotTell:
            return None
        words = () if self.by_area else line.parts
        own = self._meaning(line, column, words)
        every = {one.column for one in joined.filters if one not in meanings[0].filters}
        bare = replace(joined, filters=tuple(f for f in joined.filters if f.column not in every))
        return Asked(
            line,
            column,
            joined,
            told[0].period,
            union([one.place for one in told]),
            area=area,
            whole=(own if isinstance(own, Meaning) else bare, place),
        )

    def _is_sum(self, column: Column) -> bool:
        texts = without_units(column.parts[-1:]).texts
        return bool(texts) and texts[0] in self.context.words.roles["totals"]

    def _period(
        self, meaning: Meaning, line: Line, column: Column, words: Sequence[str]
    ) -> Period | str | None:
        times = self.setting.times
        if meaning.span == "" and meaning.count.timeless:
            return None
        if meaning.span == "so_far" and meaning.count.timeless and meaning.count.in_period is None:
            return None
        if meaning.span not in ("year_before", "previous"):
            return period_for(meaning.span, times)
        beside = self._beside(line, column, words)
        return beside if isinstance(beside, str) else period_for(meaning.span, times, beside)

    def _beside(self, line: Line, column: Column, words: Sequence[str]) -> Period | str | None:
        """The current period of a column of the same group: of 本周 beside 去年同期; a text where
        several stand there, or one without a beginning."""
        current: dict[str, str] = {}
        for other in self.columns:
            if other.at == column.at or other.parts[:-1] != column.parts[:-1]:
                continue
            meaning = self._meaning(line, other, words)
            if isinstance(meaning, Meaning) and meaning.span in _COMPARED:
                current.setdefault(meaning.span, other.parts[-1])
        if len(current) > 1 or "so_far" in current:
            named = "、".join(f"“{name}”" for name in current.values())
            return f"“{column.parts[-1]}”与哪一期相比没有写明，同组的有{named}"
        if not current:
            return None
        found = period_for(next(iter(current)), self.setting.times)
        return found if isinstance(found, Period) else None

    def _base(
        self, line: Line, column: Column, words: Sequence[str]
    ) -> tuple[Period | None, Meaning] | str:
        """Of what a 占比 is the share: the count to its left, of the form's own period."""
        group: list[tuple[Period | None, Meaning]] = []
        first: tuple[str, ...] | None = None
        for other in reversed([one for one in self.columns if one.at < column.at]):
            meaning = self._meaning(line, other, words)
            if isinstance(meaning, Unsure) or meaning.share or meaning.count.is_rate:
                if group:
                    break
                continue
            if first is not None and other.parts[:1] != first:
                break
            first = other.parts[:1]
            period = self._period(meaning, line, other, words)
            if not isinstance(period, str) and meaning.span in _CURRENT:
                group.append((period, meaning))
        own = self.setting.times.own
        chosen = [one for one in group if own is not None and one[0] == own] or group
        if len(chosen) != 1:
            return "占比是哪一项、哪一期的，没有写明"
        return chosen[0]

    def open_cell(
        self,
        line: Line,
        column: Column,
        message: str,
        unsure: Unsure | None = None,
        about: str = "",
    ) -> OpenCell:
        """A cell that stays blank: a question where a word is ``unsure`` or the period is not told,
        else a reason."""
        return OpenCell(
            self.table.grid,
            (line.at, column.at),
            header_of(line, column),
            message,
            unsure.text if unsure else column.name,
            about or ("headers" if unsure else ""),
            unsure.proposals if unsure else (),
        )


def merged(meanings: Sequence[Meaning]) -> Meaning:
    """One meaning for several: filters on the same column joined. Raises `CannotTell`."""
    first = meanings[0]
    if any(replace(one, filters=()) != replace(first, filters=()) for one in meanings):
        raise CannotTell("不是同一种数，不能合计")
    if len({tuple(f.column for f in one.filters) for one in meanings}) != 1:
        raise CannotTell("条件不同，不能合计")
    filters = []
    for at, one in enumerate(first.filters):
        values = dict.fromkeys(value for m in meanings for value in m.filters[at].values)
        filters.append(replace(one, values=tuple(values)))
    return replace(first, filters=tuple(filters))


def union(places: Sequence[Place | None]) -> Place:
    """Several places as one."""
    known = [one for one in places if one is not None]
    paths = tuple(dict.fromkeys(path for place in known for path in place.paths))
    codes = tuple(dict.fromkeys(code for place in known for code in place.codes))
    return Place(paths, codes)


def header_of(line: Line, column: Column) -> str:
    """What a cell is called: the name of its row and its header."""
    return f"{line.name} | {column.name}" if line.name else column.name


def _twice(columns: Sequence[Column]) -> set[int]:
    """Columns of which another one has the very same header."""
    seen: dict[tuple[str, ...], list[int]] = {}
    for column in columns:
        seen.setdefault(tuple(map(fold, column.parts)), []).append(column.at)
    return {at for places in seen.values() if len(places) > 1 for at in places}
