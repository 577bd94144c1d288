"""The parsers of columns, each of which reads one cell.

Texts are compared after NFKC (full-width to half-width); whatever cannot be taken is refused
with words that say what is allowed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from ledger.domain.timing.clock import OFFICE
from ledger.domain.values import ColumnType, Declared, Value, ValueRefused, fold


def _shown(raw: object) -> str:
    text = str(raw)
    return text if len(text) <= 20 else text[:20] + "…"


# Pages show every text as letters, whatever it holds; but a script in a ledger is never meant.
_SCRIPT = re.compile(r"<\s*/?\s*script\b", re.IGNORECASE)
# Controls, and halves of characters that no encoding can write.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Marks of direction and joiners, blanks of every width: alone they are nothing to read.
_UNSEEN = frozenset({"Cf", "Zs", "Zl", "Zp"})


def _text(column: Declared, raw: object) -> str:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)  # Excel stores every number as a float: 13800000000.0
    if isinstance(raw, bytes | list | tuple | dict | set):
        raise ValueRefused("不是文字，请重新输入")
    text = str(raw).strip()
    if len(text) > column.length:
        raise ValueRefused(f"内容过长({len(text)}字)，最多{column.length}字，请删减")
    if _SCRIPT.search(text):
        raise ValueRefused("含有网页脚本代码(script)，请删除后重新填写")
    if _CONTROL.search(text):
        raise ValueRefused("含有不可见的控制字符，请重新输入")
    if text and all(unicodedata.category(letter) in _UNSEEN for letter in text):
        raise ValueRefused("没有可见的文字，请重新输入")
    return text


def _number(column: Declared, raw: object) -> float:
    if isinstance(raw, bool):
        raise ValueRefused("应填数字，不能填是/否")
    if not isinstance(raw, int | float):
        text = unicodedata.normalize("NFKC", str(raw)).strip()
        try:
            raw = float(ungrouped(text)) if "_" not in text else math.nan
        except ValueError:
            raw = math.nan
        if math.isnan(raw):
            raise ValueRefused(f"“{_shown(text)}”不是数字，请只填数字{_in_unit(column)}")
    number = float(raw)
    if not math.isfinite(number):
        raise ValueRefused("数字无效，请重新填写")
    return _bounded(column, number)


_GROUPED = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?!\d)|(?<![\d.])\d{1,4}(?:,\d{4})+(?!\d)")


def ungrouped(text: str) -> str:
    """A number without the commas between its thousands (1,000) or ten thousands (1,0000).

    Other commas stay: "3,4" is two numbers.
    """
    return _GROUPED.sub(lambda found: found[0].replace(",", ""), text)


def _in_unit(column: Declared) -> str:
    return f"(单位：{column.unit})" if column.unit else ""


def _bounded(column: Declared, number: float) -> float:
    if column.minimum is not None and number < column.minimum:
        raise ValueRefused(f"“{number:g}”过小，不能小于{column.minimum:g}")
    if column.maximum is not None and number > column.maximum:
        raise ValueRefused(f"“{number:g}”过大，不能大于{column.maximum:g}")
    return number


def _integer(column: Declared, raw: object) -> int:
    number = _number(column, raw)
    if not number.is_integer():
        raise ValueRefused(f"“{number:g}”不是整数，请填整数{_in_unit(column)}")
    return int(number)


def _money(column: Declared, raw: object) -> float:
    return round(_number(column, raw), 2)


def _longitude(column: Declared, raw: object) -> float:
    number = _number(column, raw)
    if not -180 <= number <= 180:
        raise ValueRefused(f"经度“{number:g}”超出范围(-180 至 180)，请核对是否与纬度写反")
    return number


def _latitude(column: Declared, raw: object) -> float:
    number = _number(column, raw)
    if not -90 <= number <= 90:
        raise ValueRefused(f"纬度“{number:g}”超出范围(-90 至 90)，请核对是否与经度写反")
    return number


_DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_TIME = r"(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?秒?|分)?"
_DATE = re.compile(rf"{_DAY}(?:[ T]{_TIME})?")
_INSTANT = re.compile(rf"{_DAY}[ T]{_TIME} ?(Z|[+-]\d{{2}}(?::?\d{{2}})?)", re.IGNORECASE)


def office_time(raw: object) -> datetime | None:
    """A moment written with its UTC offset, in the office's time zone; None without an offset.

    "2022-05-03T16:00Z" is the first minute of the 4th of May in China.
    """
    if isinstance(raw, datetime):
        return raw.astimezone(OFFICE) if raw.tzinfo else None
    found = _INSTANT.fullmatch(unicodedata.normalize("NFKC", str(raw)).strip())
    if found is None:
        return None
    *parts, zone = found.groups()
    year, month, day, hour, minute, seconds = (int(part or 0) for part in parts)
    sign, digits = zone[0], zone[1:].replace(":", "") or "0"
    east = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    try:
        there = datetime(year, month, day, hour, minute, seconds, tzinfo=UTC)
        return (there + (east if sign == "-" else -east)).astimezone(OFFICE)
    except (ValueError, OverflowError):
        return None


def _date(column: Declared, raw: object) -> date:
    """A day, with or without a time of the day; what says a time zone means the office's day."""
    there = office_time(raw)
    if there is not None:
        return there.date()
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = unicodedata.normalize("NFKC", str(raw)).strip()
    found = _DATE.fullmatch(text)
    try:
        if found:
            return date(*(int(part) for part in found.groups()[:3]))
        if re.fullmatch(r"\d{8}", text):
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        pass
    raise ValueRefused(f"“{_shown(text)}”不是日期，请按 2026-05-20 的格式填写")


def _moment(column: Declared, raw: object) -> datetime:
    """A moment in the office's time zone; a bare date is its first minute."""
    there = office_time(raw)
    if there is not None:
        return there
    if isinstance(raw, datetime):
        return raw.replace(tzinfo=OFFICE)
    day = _date(column, raw)
    said = _DATE.fullmatch(unicodedata.normalize("NFKC", str(raw)).strip())
    hour, minute = (int(said[4] or 0), int(said[5] or 0)) if said else (0, 0)
    try:
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=OFFICE)
    except ValueError:
        raise ValueRefused(f"“{_shown(raw)}”不是时间，请按 2026-05-20 09:30 的格式填写") from None


def _choice(column: Declared, raw: object) -> str:
    key = column.choice_by_text.get(fold(str(raw)))
    if key is None:
        allowed = "、".join(column.choice_labels.values())
        raise ValueRefused(f"“{_shown(raw)}”不在可选项内，只能填：{allowed}")
    return key


_TRI_TEXTS: Mapping[str, bool | None] = {
    **dict.fromkeys(["是", "有", "√", "✓", "✔", "y", "yes", "true", "1", "1.0", "t"], True),
    **dict.fromkeys(["否", "无", "×", "✗", "n", "no", "false", "0", "0.0", "f"], False),
    **dict.fromkeys(["不详", "未知", "不清楚", "unknown"], None),
}


def _tri(column: Declared, raw: object) -> bool | None:
    text = fold(str(raw))
    if text not in _TRI_TEXTS:
        raise ValueRefused(f"“{_shown(raw)}”无法识别，只能填：是、否、不详")
    return _TRI_TEXTS[text]


def _credit_code(column: Declared, raw: object) -> str:
    text = unicodedata.normalize("NFKC", str(raw)).strip().upper()
    try:
        return str(uscc.validate(text))
    except ValidationError:
        raise ValueRefused(
            f"“{_shown(text)}”不是有效的统一社会信用代码(18位，末位为校验码)，请核对；无证照场所请留空"
        ) from None


_PHONE = re.compile(r"^[\d+][\d\-() /、,;转]{2,39}$")
# A whole number as it is dialled: no further digit, letter or star of a mask touches it.
_DIALLED = re.compile(
    r"(?<![0-9A-Za-z*])(?:(?:\+?86-?)?1[3-9]\d{9}|(?!1[3-9])(?:\d{3,4}-?)?\d{7,8})"
    r"(?![0-9A-Za-z*])"
)
_BETWEEN_PHONES = re.compile(r"[、,;/()转]")
_MOBILE = re.compile(r"1[3-9]")
_MOBILE_DIGITS = 11


def _phone(column: Declared, raw: object) -> str:
    text = unicodedata.normalize("NFKC", _text(column, raw))
    if not _PHONE.match(text):
        raise ValueRefused(f"“{_shown(text)}”不像电话号码，请只填数字、“-”和“转”")
    for piece in _BETWEEN_PHONES.split(text):
        digits = re.sub(r"[- ]", "", piece)
        if _MOBILE.match(digits) and len(digits) > 6 and len(digits) % _MOBILE_DIGITS:
            raise ValueRefused(
                f"“{_shown(piece.strip())}”有{len(digits)}位，手机号应为{_MOBILE_DIGITS}位，请核对"
            )
    return text


def phones_in(text: str) -> tuple[list[str], str]:
    """The whole phone numbers that stand in a half-width text, and the text without them."""
    return _DIALLED.findall(text), _DIALLED.sub("", text)


PARSERS: Mapping[ColumnType, Callable[[Declared, Any], Value]] = {
    ColumnType.TEXT: _text,
    ColumnType.LONG_TEXT: _text,
    ColumnType.INTEGER: _integer,
    ColumnType.NUMBER: _number,
    ColumnType.MONEY: _money,
    ColumnType.DATE: _date,
    ColumnType.CHOICE: _choice,
    ColumnType.TRI: _tri,
    ColumnType.LONGITUDE: _longitude,
    ColumnType.LATITUDE: _latitude,
    ColumnType.AREA: _text,
    ColumnType.REFERENCE: _text,
    ColumnType.MOMENT: _moment,
    ColumnType.CREDIT_CODE: _credit_code,
    ColumnType.PHONE: _phone,
}
