"""Units and years that stand in titles and headers: "(万元)", "单位：元", "2022年5月"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from ledger.domain.columns import Column, ColumnType
from ledger.domain.timing import clock
from ledger.exchange.reading.header_rows import Label
from ledger.exchange.reading.loose_dates import Context, year_in
from ledger.exchange.reading.loose_numbers import header_factor
from ledger.exchange.reading.tables_in import Sheet

_QUANTITIES = (ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.MONEY)
_IN_BRACKETS = re.compile(r"\(([^()]{1,12})\)")
_BEHIND = re.compile(r"[/、,:]([^/、,:()]{1,5})$")
_SAID = re.compile(r"(?:金额)?单位[::]\s*\(?([^\s)]{1,16})")


def factor_of(column: Column, label: Label) -> tuple[float, str] | None:
    """What the header's own unit is worth in the column's, and its name; None without a unit."""
    if column.type not in _QUANTITIES:
        return None
    for part in reversed(label.parts):
        text = unicodedata.normalize("NFKC", part)
        for found in [*_IN_BRACKETS.findall(text), *_BEHIND.findall(text)]:
            for unit in re.split(r"[、,;]", found):
                factor = header_factor(unit, column.unit)
                if factor is not None:
                    return factor, unit.strip()
    return None


def unit_of_sheet(sheet: Sheet, above: int, column: Column) -> tuple[float, str] | None:
    """The unit named above the header ("单位：万元"), as far as it is one of money."""
    if column.type is not ColumnType.MONEY:
        return None
    for row in sheet.rows[:above]:
        for cell in row:
            if isinstance(cell, str) and (found := _SAID.search(_half(cell))):
                for unit in re.split(r"[、,;/]", found[1]):
                    factor = header_factor(unit, column.unit)
                    if factor is not None:
                        return factor, unit
    return None


def units_in_row(row: Sequence[Any], column: Column, position: int) -> tuple[float, str] | None:
    """The unit that a row of units gives to one column."""
    cell = row[position] if position < len(row) else None
    if column.type not in _QUANTITIES or not isinstance(cell, str):
        return None
    text = _half(cell).strip("() ")
    factor = header_factor(text, column.unit)
    return None if factor is None else (factor, text.removeprefix("单位:"))


def context_of(sheet: Sheet, above: int) -> Context:
    """The year that the file speaks of: its titles', else the sheet's name's, else the file's."""
    today = clock.today()
    titles = [str(cell) for row in sheet.rows[:above] for cell in row if isinstance(cell, str)]
    places = [("标题", text) for text in titles]
    places += [("工作表名称", sheet.name), ("文件名", sheet.file)]
    for where, text in places:
        year = year_in(text)
        if year is not None and 1990 <= year <= today.year + 1:
            return Context(today, year, where, sheet.epoch)
    return Context(today, epoch=sheet.epoch)


def _half(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
