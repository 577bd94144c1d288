"""Read a cell that does not plainly hold a value of its column.

Rules, by what the cell holds:

- *Blank*: nothing was said. An existing record keeps what it has.
- *"无", "没有", or a stroke* ("/", "—", "-"): said to be none. In columns of numbers and money
  that is 0, in yes-or-no columns 否, in texts the word 无; in choices the choice so called, and
  otherwise, as in days, positions, phones, codes, areas and references, the field is emptied. A
  required field cannot be none; a 编号 that is none is given by the system. Words are sure. A
  stroke is doubtful where tier rules read the column: some mean "does not apply" by it.
- *Something the column takes as it stands*: read plainly, without a note.
- *Numbers* with words and units ("3万元", "约20人"), *days* in part ("5月20日"), *ticks* and
  boxes, *choices* with a remark, *positions* in degrees and minutes: understood, with a note;
  doubtful whenever the file itself was not exact, or something had to be supplied.
- Anything else is refused, in words that say what is allowed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from ledger.domain.cell_parsers import office_time
from ledger.domain.columns import Column, ColumnType, ValueRefused
from ledger.domain.timing.clock import OFFICE
from ledger.domain.values import fold
from ledger.exchange.reading.loose_dates import Context, read_day
from ledger.exchange.reading.loose_numbers import is_range, plain, read_quantity
from ledger.exchange.reading.loose_words import (
    is_dialled,
    is_none,
    is_none_sign,
    parted_mobiles,
    read_choice,
    read_phone,
    read_tri,
    tidy_text,
)
from ledger.exchange.reading.position_words import read_degrees, read_pair
from ledger.exchange.reading.understanding import BLANK, Understood, shown

Reader = Callable[[Any], Any]
T = ColumnType
_QUANTITIES = (T.INTEGER, T.NUMBER, T.MONEY)
_SHORT_TEXTS = (T.TEXT, T.REFERENCE)
NONE = "无"
# Above, a number is written as a day: 20220503.
_LARGEST_SERIAL = 100_000


def loose_reader(
    column: Column, context: Context, factor: float = 1.0, *, pairs: bool = False
) -> Reader:
    """How the cells of a column are read: a value, or `Understood`; refuses with `ValueRefused`.

    ``factor`` is what one of the header's unit is worth in the column's: 10,000 for 万元.
    ``pairs``: the column of the file holds longitude and latitude together.
    """
    loose = _loose(column, context, factor, pairs)

    def read(raw: Any) -> Any:
        if raw.__class__ is str:
            if len(raw) <= 4 and is_none(raw):
                return _none(column, raw)
        elif raw.__class__ is time or raw.__class__ is timedelta:
            raise ValueRefused(f"“{raw}”是时间，请改填这一列要求的内容")
        found = loose(raw)
        if column.happened:
            column.refuse_ahead(found.value if found.__class__ is Understood else found)
        return found

    return read


def _loose(column: Column, context: Context, factor: float, pairs: bool) -> Reader:
    if column.type in _QUANTITIES:
        return _quantity(column, factor)
    if column.type is T.DATE:
        return _in_office_time(column, _or(column, lambda raw: read_day(raw, context)))
    if column.type is T.MOMENT:
        return _in_office_time(column, _or(column, lambda raw: _moment(raw, context), written=True))
    if column.type is T.TRI:
        return _or(column, lambda raw: read_tri(str(raw)))
    if column.type is T.CHOICE:
        return _or(column, lambda raw: read_choice(column, str(raw)))
    if column.type in (T.LONGITUDE, T.LATITUDE):
        return _or(column, lambda raw: _degrees(column, raw, pairs))
    if column.type is T.CREDIT_CODE:
        return _code(column)
    if column.type is T.PHONE:
        return _phone(column)
    if column.type in _SHORT_TEXTS:
        return _text(column)
    return lambda raw: column.parse(as_written(raw))


def _or(
    column: Column, other: Callable[[Any], Understood | None], *, written: bool = False
) -> Reader:
    """The column's own reading; where it refuses, the other one."""

    def read(raw: Any) -> Any:
        raw = as_written(raw) if written else raw
        try:
            return column.parse(raw)
        except ValueRefused:
            found = other(raw)
            if found is None:
                raise
            return found

    return read


def _in_office_time(column: Column, other: Reader) -> Reader:
    """A moment with a time zone is told, since its day may be another one here."""

    def read(raw: Any) -> Any:
        there = office_time(raw)
        if there is None:
            return other(raw)
        how = f"带时区的时间：“{shown(raw)}”是北京时间 {there:%Y-%m-%d %H:%M}"
        return Understood(column.parse(raw), how)

    return read


def _moment(raw: Any, context: Context) -> Understood | None:
    """The first minute of a day that is not written in full; a serial number with its hours."""
    found = read_day(raw, context)
    if found is None:
        return None
    part = raw % 1 if isinstance(raw, float) and raw < _LARGEST_SERIAL else 0.0
    at = datetime.combine(found.value, time(), OFFICE) + timedelta(minutes=round(part * 1440))
    return Understood(at, found.how, found.sure)


def _none(column: Column, raw: str) -> Any:
    if column.key == "number":
        return BLANK
    if column.type is T.CHOICE and fold(raw) in column.choice_by_text:
        return column.parse(raw)
    if column.required:
        raise ValueRefused(f"必须填写，不能写“{shown(raw)}”")
    sign = is_none_sign(raw)
    sure = not (sign and column.fact)
    check = "" if sure else "，请核对"
    if column.type is T.TRI:
        return Understood(False, f"划线：“{shown(raw)}”按“否”理解{check}", sure) if sign else False
    if column.type in _QUANTITIES:
        if column.minimum is not None and column.minimum > 0:
            return Understood(None, f"写明没有：“{shown(raw)}”按空理解", sure)
        zero = 0 if column.type is T.INTEGER else 0.0
        return Understood(zero, f"写明没有：“{shown(raw)}”按 0 理解{check}", sure)
    if column.type is T.CHOICE:
        key = column.choice_by_text.get(NONE)
        if key is not None:
            label = column.choice_labels[key]
            return Understood(key, f"写明没有：“{shown(raw)}”按“{label}”理解{check}", sure)
    if column.type in (T.TEXT, T.LONG_TEXT):
        return Understood(NONE, f"划线：“{shown(raw)}”按“无”理解") if sign else tidy_text(raw)
    return Understood(None, f"写明没有：“{shown(raw)}”按空理解")


def _quantity(column: Column, factor: float) -> Reader:
    def converted(number: float) -> Any:
        return column.parse(round(number * factor, 6))

    def read(raw: Any) -> Any:
        if isinstance(raw, datetime | date):
            raise ValueRefused(f"“{shown(raw)}”是日期，请改填数字")
        strict = column if factor == 1 else _UNBOUNDED
        try:
            number = strict.parse(raw)
        except ValueRefused:
            return _worded(column, str(raw), factor)
        return number if factor == 1 or not isinstance(number, float) else converted(number)

    return read


_UNBOUNDED = Column("any", "任意数字", T.NUMBER)


def _worded(column: Column, text: str, factor: float) -> Understood:
    """A number with words around it; refused in the column's own words when it is none."""
    if is_range(text):
        raise ValueRefused(f"“{shown(text)}”是一个范围，请只填一个数字")
    found = read_quantity(text, column.unit, factor)
    if found is None:
        column.parse(text)  # says what is wrong
        raise ValueRefused(f"“{shown(text)}”不是数字，请只填数字")
    value = column.parse(found.number)
    number = f"{found.number:.6f}".rstrip("0").rstrip(".")
    sure = not found.about and not found.doubt
    manner = "约数" if found.about else "带单位的数字" if found.own_unit else "数字写法"
    check = f"{found.doubt and '，' + found.doubt}{'' if sure else '，请核对'}"
    return Understood(value, f"{manner}：“{shown(text)}”按 {number}{column.unit} 理解{check}", sure)


def _degrees(column: Column, raw: Any, pairs: bool) -> Understood | None:
    text = str(raw)
    pair = read_pair(text)
    if pair is not None and not pairs:
        raise ValueRefused(f"“{shown(raw)}”是两个数，请把经度和纬度分别填在各自的列里")
    found = read_degrees(text)
    if pair is not None:
        number = pair[column.type is T.LATITUDE]
    elif found is None or pairs:
        return None
    else:
        number, is_longitude = found
        if is_longitude is not None and is_longitude != (column.type is T.LONGITUDE):
            raise ValueRefused(f"“{shown(raw)}”写的不是{column.label}，请核对经纬度是否写反")
    return Understood(
        column.parse(number), f"坐标写法：“{shown(raw)}”的{column.label}按 {number:g} 理解"
    )


def _phone(column: Column) -> Reader:
    loose = _or(column, lambda raw: read_phone(str(raw)), written=True)

    def read(raw: Any) -> Any:
        raw = parted_mobiles(raw)
        value = loose(raw)
        if isinstance(value, str) and not is_dialled(value):
            how = f"号码位数不像电话(可能少了区号的 0 或抄错)：“{shown(value)}”，请核对"
            return Understood(value, how, sure=False)
        return value

    return read


def _code(column: Column) -> Reader:
    def read(raw: Any) -> Any:
        if isinstance(raw, float) or "e+" in str(raw).lower():
            raise ValueRefused(
                f"“{shown(raw)}”被 Excel 当作数字，末尾几位已经丢失，请把这一列设为文本后重新填写"
            )
        text = str(raw)
        bare = plain(text).upper()
        value = column.parse(bare)
        if bare == unicodedata.normalize("NFKC", text).strip().upper():
            return value
        return Understood(value, f"去掉空格：“{shown(text)}”按“{value}”理解")

    return read


def _text(column: Column) -> Reader:
    def read(raw: Any) -> Any:
        written = as_written(raw)
        value = column.parse(written)
        if written.__class__ is not str or not isinstance(value, str):
            return value
        tidy = tidy_text(value)
        if tidy == value:
            return value
        return Understood(column.parse(tidy), f"去掉空格、全角：“{shown(value)}”按“{tidy}”理解")

    return read


def as_written(raw: Any) -> Any:
    """A cell as the text it is shown as: dates without a midnight nobody typed."""
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(" ")
    if isinstance(raw, bool):
        return "是" if raw else "否"
    return raw.isoformat() if isinstance(raw, date | time) else raw
