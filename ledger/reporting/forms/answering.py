"""Count what a cell of a form asks for, with the rows that were counted.

Everything is counted by the figures' own engine (`ledger.reporting.figures.counting`): a count of
a form becomes a figure of its own, so a number in a form is the number of the pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from geo.atlas import Atlas
from ledger.domain.access import ROOT_PATH, Actor
from ledger.domain.ledgers import ledger_named
from ledger.domain.small_counts import Number
from ledger.domain.timing.comparing import is_known
from ledger.domain.timing.periods import EARLIEST, Period
from ledger.records.query import Condition, Selection, matching
from ledger.records.rowsets import MOST_AREAS
from ledger.reporting.figures.binding import Asked, Bound, bind
from ledger.reporting.figures.counting import Counted, Counting, count_by
from ledger.reporting.figures.definitions import NOW, Book, Figure, Term, Words
from ledger.reporting.figures.model import FigureValue, Rows
from ledger.reporting.figures.standpoint import Beginnings, Standpoint, asked_of, shown_path
from ledger.reporting.figures.valuing import Here, values_of
from ledger.reporting.forms.asked_words import Meaning
from ledger.reporting.forms.form_periods import Times
from ledger.reporting.forms.senses import Count, Filter
from ledger.storage.tables import LEDGER_TABLES

_NO_WORDS = Words("", "", "", "", local=False)


@dataclass(frozen=True)
class Answer:
    """A number and the rows behind it. ``value`` is in the count's own unit, a share 0–1; None: no
    data. ``rows`` is how many records ``opens`` lists. ``parts`` are what a small number is told
    by: the counts that it was made of."""

    value: Number | None
    rows: int
    opens: Rows
    when: str
    parts: tuple[Number, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Place:
    """Where is counted: below these paths, called so in words."""

    paths: tuple[str, ...]
    codes: tuple[str, ...] = ()


class CannotTell(Exception):
    """Why a cell stays blank, in Chinese."""


class NotKept(CannotTell):
    """How things stood on a day gone by, of which no record was kept."""


class Answers:
    """Answers all cells of one form: one reader, one scope, one moment.

    ``of_today``: what is asked as things stood on a day gone by is told as it stands today.
    """

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        atlas: Atlas,
        book: Book,
        path: str,
        times: Times,
        *,
        of_today: bool = False,
    ) -> None:
        self.connection, self.actor, self.atlas, self.book = connection, actor, atlas, book
        self.path, self.times = path, times
        self.stood = times.today if of_today else times.last
        self.here = Standpoint(connection, actor, path, shown_path(actor, path), ())
        self._began = Beginnings(self.here, atlas)
        self._grouped: dict[Bound, Mapping[str | None, Counted]] = {}
        self._asked: dict[Period, Asked] = {}
        self._distinct: dict[Any, list[tuple[str | None, Any]]] = {}

    def value(self, meaning: Meaning, period: Period | None, place: Place) -> Answer:
        """The number of one cell. Raises `CannotTell`."""
        self._require_known(meaning, period)
        if meaning.count.days and period is not None:
            return self._the_same_by_every_day(meaning, period, place)
        return self._one(meaning, period, place)

    # ---- one number -------------------------------------------------------------------------

    def _one(self, meaning: Meaning, period: Period | None, place: Place) -> Answer:
        count = meaning.count
        if count.distinct:
            return self._distinct_values(meaning, period, place)
        sums = meaning.summed or count.sum
        if sums:
            return self._sum(meaning, sums, period, place)
        found = self._valued(self._figure(meaning, period), period, place)
        return self._answer(meaning, found, period, place)

    def _sum(
        self, meaning: Meaning, sums: Sequence[str], period: Period | None, place: Place
    ) -> Answer:
        figure = self._figure(meaning, period)
        every = self._valued(replace(figure, sum=""), period, place)
        parts = [self._valued(replace(figure, sum=key), period, place) for key in sums]
        there, told = int(every.counted), [int(one.counted) for one in parts]
        if there and not any(told):
            label = ledger_named(figure.ledger).label_of(sums[0])
            raise CannotTell(f"{there}条记录都没有填写{label}，没有数可填")
        total = sum((one.value or 0) for one in parts)
        answer = self._answer(meaning, every, period, place)
        note = ""
        if len(sums) == 1 and told[0] < there:
            label = ledger_named(figure.ledger).label_of(sums[0])
            note = f"{there}条记录中{there - told[0]}条没有填写{label}，未计入"
        return replace(answer, value=total, note=note)

    def _distinct_values(self, meaning: Meaning, period: Period | None, place: Place) -> Answer:
        figure = self._figure(meaning, period)
        every = self._valued(figure, period, place)
        bound = bind(figure, self._asked_in(period))
        rows = self._distinct_rows(meaning.count, bound)
        found = {value for path, value in rows if _lies_below(path, place.paths)}
        answer = self._answer(meaning, every, period, place)
        return replace(answer, value=len(found), parts=(len(found),))

    def _distinct_rows(self, count: Count, bound: Bound) -> list[tuple[str | None, Any]]:
        if bound not in self._distinct:
            ledger = ledger_named(count.ledger)
            table = LEDGER_TABLES[ledger.key]
            chosen = Selection(
                conditions=bound.base, area_path=None if self.path == ROOT_PATH else self.path
            )
            column = table.c[count.distinct]
            query = (
                select(table.c.area_path, column)
                .where(matching(self.actor, ledger, chosen), column.is_not(None))
                .distinct()
            )
            self._distinct[bound] = [(row[0], row[1]) for row in self.connection.execute(query)]
        return self._distinct[bound]

    def _the_same_by_every_day(self, meaning: Meaning, period: Period, place: Place) -> Answer:
        """Several days make sense (登记, 核查, 办结): told only if all come to the same number."""
        ledger = ledger_named(meaning.count.ledger)
        found = {
            day: self._one(
                replace(meaning, count=replace(meaning.count, days=(), day=day)), period, place
            )
            for day in meaning.count.days
        }
        values = {round(float(one.value or 0), 6) for one in found.values()}
        if len(values) > 1:
            ways = "；".join(
                f"按{ledger.label_of(day)}为{one.value:g}" for day, one in found.items()
            )
            raise CannotTell(f"按哪个日期算没有写明：{ways}")
        return next(iter(found.values()))

    # ---- figures ----------------------------------------------------------------------------

    def _figure(self, meaning: Meaning, period: Period | None) -> Figure:
        count = meaning.count
        extra = tuple(_term(one, self._tier_day(one, period)) for one in meaning.filters)
        if count.figure:
            figure = self.book.by_key[count.figure]
            return replace(figure, of=(*figure.of, *extra))
        where = count.where
        if count.in_period is not None and period is not None and period.start != EARLIEST:
            where = count.in_period
        day = NOW if count.timeless or period is None else count.day
        return Figure(
            count.key,
            count.label,
            "",
            count.unit,
            count.ledger,
            day,
            _NO_WORDS,
            of=(*where, *extra),
        )

    def _tier_day(self, one: Filter, period: Period | None) -> date | None:
        past = self.stood < self.times.today and one.column == "tier"
        return self.stood if past else None

    def _valued(self, figure: Figure, period: Period | None, place: Place) -> FigureValue:
        asked = self._asked_in(period)
        bound = bind(figure, asked)
        if bound not in self._grouped:
            self._grouped[bound] = count_by(
                self.connection, self.actor, self.path, bound, "area_path"
            )
        totals: dict[Counting, Number] = {}
        for path, counted in self._grouped[bound].items():
            if _lies_below(path, place.paths):
                for counting, number in counted.items():
                    totals[counting] = totals.get(counting, 0) + number
        return values_of(bound, totals, asked, self._here(place))[0]

    def _here(self, place: Place) -> Here:
        if len(place.paths) == 1:
            return Here(shown_path(self.actor, place.paths[0]))
        if len(place.codes) <= MOST_AREAS:
            return Here(None, (Condition("lies_in", "set", ",".join(place.codes)),))
        return Here(shown_path(self.actor, self.path))

    def _asked_in(self, period: Period | None) -> Asked:
        days = period or Period(self.times.today, self.times.today)
        if days not in self._asked:
            self._asked[days] = asked_of(self.connection, self.book, days)
        return self._asked[days]

    def _answer(
        self, meaning: Meaning, found: FigureValue, period: Period | None, place: Place
    ) -> Answer:
        rate = meaning.count.is_rate
        parts = (found.numerator, found.denominator) if rate else (found.counted,)
        when = _when(period, self.stood)
        return Answer(found.value, found.counted, found.rows, when, parts, found.note)

    # ---- what cannot be told ----------------------------------------------------------------

    def _require_known(self, meaning: Meaning, period: Period | None) -> None:
        count = meaning.count
        stock = count.timeless and (count.in_period is None or period is None)
        if count.in_period is not None and period is not None and period.start == EARLIEST:
            raise CannotTell("累计是本轮已排查的，还是历次排查过的，没有写明")
        if stock and period is not None and period.start != EARLIEST:
            raise CannotTell(f"{count.label}是截至某天的数，不能按{period.label}统计")
        if stock and self.stood < self.times.today:
            only_tier = meaning.filters and all(
                one.column == "tier" and len(one.values) == 1 for one in meaning.filters
            )
            if not only_tier or count.where or count.figure or count.sum:
                raise NotKept(f"没有留存{self.stood}的{count.label}，只有今天的数")
        if not stock and period is not None and period.start > self.times.today:
            raise CannotTell(f"{period.label}还没有到")
        if not stock and period is not None and period.end < self.times.today:
            self._require_begun(meaning, period)

    def _require_begun(self, meaning: Meaning, period: Period) -> None:
        if period.start == EARLIEST:
            return
        key = meaning.count.ledger
        first = self._began.of(Figure(key, "", "", "", key, NOW, _NO_WORDS))
        if not is_known(period, first):
            since = f"从{first}起才有记录" if first else "还没有记录"
            raise CannotTell(f"{ledger_named(key).label}台账{since}，没有{period.label}的数")


def _lies_below(path: str | None, paths: Sequence[str]) -> bool:
    if path is None:
        return ROOT_PATH in paths
    return any(path.startswith(one) for one in paths)


def _term(one: Filter, held: date | None) -> Term:
    if held is not None:
        tier = "none" if one.values[0] is None else str(one.values[0])
        return Term("tier_at", "set", f"{held.isoformat()}_{tier}")
    return Term(one.column, "in", one.values)


def _when(period: Period | None, stood: date) -> str:
    if period is None:
        return f"截至{stood}"
    if period.start == EARLIEST:
        return f"截至{period.end}累计"
    return f"{period.label}" if period.kind != "span" else f"{period.start}至{period.end}"


__all__ = ["Answer", "Answers", "CannotTell", "NotKept", "Place"]
