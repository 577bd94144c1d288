"""What one column of a list holds for a record, in the form's unit and way of writing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ledger.domain.access import Action
from ledger.domain.columns import NUMERIC, ColumnType
from ledger.domain.columns import Column as LedgerColumn
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing.clock import OFFICE
from ledger.records.query import Condition, Selection
from ledger.records.record_pages import read_all
from ledger.reporting.forms.asked_cells import Setting
from ledger.reporting.forms.filled import Written
from ledger.reporting.forms.form_grid import FormCell
from ledger.reporting.forms.form_units import MONEY, factor_between, money_unit
from ledger.reporting.forms.senses import FieldWord

_DATE_SHOWN = re.compile(r"\d{4}([./\-年])\d{1,2}(?:\1|月)\d{1,2}(日?)")
_SEPARATOR = "、"


class FieldReader:
    """The content of one column of a list for a record, in the form's unit and way of writing."""

    def __init__(
        self, word: FieldWord, unit: str, around: Sequence[str], sample: FormCell, setting: Setting
    ) -> None:
        self.word, self.sample, self.setting = word, sample, setting
        self.ledger = ledger_named(word.ledger)
        keys = word.sum or ((word.column,) if word.column else ())
        columns = [ledger_named(word.other or word.ledger).by_key[key] for key in keys]
        self.columns: list[LedgerColumn] = columns
        self.factor, self.problem = 1.0, ""
        own = columns[0].unit if columns else ""
        if columns and columns[0].type is ColumnType.MONEY:
            named = money_unit(unit, around)
            if named is None:
                self.problem = (
                    f"单位矛盾：表上写“{'、'.join(around)}”，这一列写“{unit}”"
                    if unit in MONEY
                    else "没有写明金额的单位（元还是万元）"
                )
            else:
                self.factor = factor_between("元", named) or 1.0
        elif columns and columns[0].type in NUMERIC and unit:
            fits = factor_between(own, unit)
            if fits is None:
                self.problem = f"台账里这一列的单位是“{own or '无'}”，表上是“{unit}”"
            self.factor = fits or 1.0
        self._linked: dict[str, list[Any]] | None = None

    def read(self, record: Mapping[str, Any]) -> Written | None:
        """The value for a record; None where the ledger has none."""
        if self.word.facts:
            return self._facts(record)
        if self.word.sum:
            given = [record[key] for key in self.word.sum if record[key] is not None]
            return written_number(sum(map(float, given)) / self.factor) if given else None
        column = self.columns[0]
        if self.word.other:
            values = [self._one(column, value) for value in self._others(record, column)]
            told = list(dict.fromkeys(str(v) for v in values if v not in (None, "")))
            return _SEPARATOR.join(told) or None
        return self._one(column, record.get(column.key))

    def _one(self, column: LedgerColumn, value: Any) -> Written | None:
        if value is None:
            return "待研判" if column.key == "tier" else None
        if column.type in NUMERIC:
            return written_number(float(value) / self.factor)
        if isinstance(value, datetime):
            value = value.astimezone(OFFICE).date()
        if isinstance(value, date):
            return self._day(value)
        return column.format(value) or None

    def _day(self, day: date) -> Written:
        """As the form's example writes it (2026.6.30), else a date of the cell."""
        shown = _DATE_SHOWN.fullmatch(self.sample.text)
        if shown is None or isinstance(self.sample.value, date):
            return day
        if shown[1] == "年":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.year}{shown[1]}{day.month}{shown[1]}{day.day}"

    def _facts(self, record: Mapping[str, Any]) -> str | None:
        """The risk facts that are known to be so (one that is bad when it is 否 says so); of a home
        of tier two to four without any, why it is judged so."""
        told = []
        for column in self.ledger.columns:
            if column.type is not ColumnType.TRI or column.group != "风险事实":
                continue
            if column.worse == "yes" and record[column.key] is True:
                told.append(column.label)
            elif column.worse == "no" and record[column.key] is False:
                told.append(f"{column.label}为否")
        if not told and record["tier"] not in (None, "1"):
            return record["tier_reason"] or None
        return _SEPARATOR.join(told) or None

    def _others(self, record: Mapping[str, Any], column: LedgerColumn) -> list[Any]:
        """The values of another ledger's records that name this one, in the order of their days."""
        if self._linked is None:
            other = ledger_named(self.word.other)
            answers = self.setting.answers
            answers.actor.require(Action.EXPORT, other.key)
            by = next(
                one.key
                for one in other.columns
                if one.type is ColumnType.REFERENCE and one.refers == self.ledger.key
            )
            sort = ((other.dated or "number", False), ("number", False))
            linked: dict[str, list[Any]] = defaultdict(list)
            chosen = Selection(conditions=(Condition(by, "not_blank"),), sort=sort)
            for row in read_all(answers.connection, answers.actor, other, chosen):
                linked[row[by]].append(row[column.key])
            self._linked = dict(linked)
        return self._linked.get(str(record["number"]), [])


def written_number(value: float) -> int | float:
    """A number as it is written into a cell: whole where it is, else to six places."""
    exact = round(value, 6)
    return int(exact) if exact.is_integer() else exact
