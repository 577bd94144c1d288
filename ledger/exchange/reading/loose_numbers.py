"""Numbers as people write them: "3万元", "1.2万", "约20人", "20余人", "三十张"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.domain.cell_parsers import ungrouped

# What one of a unit is worth in the unit in which a column is kept.
UNITS: Mapping[str, Mapping[str, float]] = {
    "元": {
        "元": 1,
        "块": 1,
        "块钱": 1,
        "人民币": 1,
        "rmb": 1,
        "百元": 1e2,
        "千元": 1e3,
        "万元": 1e4,
        "十万元": 1e5,
        "百万元": 1e6,
        "千万元": 1e7,
        "亿元": 1e8,
    },
    "月": {"月": 1, "个月": 1, "季度": 3, "个季度": 3, "季": 3, "年": 12, "半年": 6},
    "人": {"人": 1, "名": 1, "位": 1, "个": 1, "人次": 1, "户": 1, "百人": 1e2, "万人": 1e4},
    "张": {"张": 1, "床": 1, "个": 1, "张床": 1, "床位": 1, "个床位": 1, "百张": 1e2},
    "天": {"天": 1, "日": 1, "个工作日": 1, "工作日": 1},
    "份": {"份": 1, "册": 1, "张": 1, "本": 1, "件": 1, "套": 1, "个": 1, "万份": 1e4},
    "度": {},
    "": {"个": 1, "次": 1, "件": 1, "起": 1, "家": 1, "轮": 1, "人": 1},
}
_SCALES = {"百": 1e2, "千": 1e3, "万": 1e4, "w": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7}
_SCALES |= {"亿": 1e8}
_DIGITS = {sign: at for at, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_LARGEST_STEP = 10_000

_ABOUT = "约|大约|大概|将近|接近|近|逾|超过|超|不足|不到|至少|最多|最高|共计|共|合计|计"
_OR_SO = "左右|上下|以上|以内|以下|有余|余|多|几|来"
_NUMBER = re.compile(
    rf"(?P<about>{_ABOUT})?[¥$]?(?P<number>-?\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千万亿]+)"
    rf"(?P<so>{_OR_SO})?(?P<scale>十万|百万|千万|百|千|万|亿|w)?(?P<so2>{_OR_SO})?"
    rf"(?P<unit>[^\d/\-~至(),.;]{{0,4}}?)[整正]?(?P<per>/(?:人|床|月|人/月|床/月|月/人|月/床))?"
    rf"(?P<so3>{_OR_SO})?"
)
_SIGN = r"[\d零〇一二两三四五六七八九十百千]"
_RANGE = re.compile(r"^\D{0,3}\d+(?:\.\d+)?\D{0,2}(?:-|~|—|–|至|到)\d+(?:\.\d+)?\D{0,4}$")
_EXACT = frozenset({"共计", "共", "合计", "计"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in the column's own unit; ``about`` when the file itself was not exact."""

    number: float
    about: bool
    own_unit: bool
    doubt: str = ""


def plain(text: str) -> str:
    """Half-width, without blanks and thousands separators, lower case."""
    return re.sub(r"[\s,_']+", "", unicodedata.normalize("NFKC", text)).lower()


def _as_number(text: str) -> str:
    """Half-width, lower case, thousands put together ("8 000", "1,000"); "3 4" and "3,4" stay."""
    half = unicodedata.normalize("NFKC", text).strip().lstrip("'").lower()
    half = re.sub(rf"(?<!{_SIGN})\s+|\s+(?!{_SIGN})", "", half)
    grouped = re.sub(r"(?<=\d)[\s'_](?=\d{3}(?!\d))", ",", re.sub(r"\s+", " ", half))
    return ungrouped(grouped)


def is_range(text: str) -> bool:
    """Whether the text gives two numbers, as "20-30人" does; then neither is taken."""
    return bool(_RANGE.match(plain(text)))


def read_quantity(text: str, unit: str, factor: float = 1.0) -> Quantity | None:
    """A number written with words around it; None when it is none.

    ``unit`` is the column's, ``factor`` what the header's unit is worth in it (万元: 10,000). A
    unit in the cell goes before the header's.
    """
    found = _NUMBER.fullmatch(_as_number(text))
    if found is None:
        return None
    number = _value(found["number"])
    if number is None:
        return None
    worth = _worth(found["unit"] or "", found["scale"] or "", unit)
    if worth is None:
        return None
    about = (found["about"] or "") not in {"", *_EXACT}
    about = about or any(found[part] for part in ("so", "so2", "so3"))
    own_unit = bool(found["scale"] or found["unit"])
    clash = own_unit and factor != 1 and worth != factor
    doubt = "与表头的单位不一致，按格中所写的单位计" if clash else ""
    return Quantity(
        round(number * (worth if own_unit else factor), 6), bool(about), own_unit, doubt
    )


def _worth(unit: str, scale: str, column_unit: str) -> float | None:
    known = UNITS.get(column_unit, {})
    by_scale = _SCALES.get(scale, 1.0)
    if unit in known:
        return by_scale * known[unit]
    # "3千万元" is parted as 3 | 千万 | 元, "3万" as 3 | 万 |.
    return by_scale if not unit else None


def _value(text: str) -> float | None:
    if text[0].isdigit() or text[0] == "-":
        return float(text)
    return chinese_number(text)


def chinese_number(text: str) -> float | None:
    """ "一百二十" → 120, "二〇二二" → 2022; None when it is no number, or not one for certain.

    "三四十" is between two numbers, "三十三十" is two of them, and "一百二" is 120 to some and 102
    to others.

    Read by hand because cn2an (0.5.24) is not certain: it takes 一百二 for 120 and 十百〇 for 10,
    raises KeyError for 六十零, and takes 0.3 s to import.
    """
    if all(sign in _DIGITS for sign in text):
        return float("".join(str(_DIGITS[sign]) for sign in text))
    return _spelled(text)


def _spelled(text: str) -> float | None:
    """A number of words; what stands before and after 亿 and 万 is such a number itself."""
    for sign, worth in (("亿", 1e8), ("万", 1e4)):
        front, found, rest = text.partition(sign)
        if found:
            high, low = _spelled(front), _spelled(rest)
            if not high or low is None or low >= worth or _DIGITS.get(rest):
                return None
            return high * worth + low
    return _below_ten_thousand(text)


def _below_ten_thousand(text: str) -> float | None:
    """The same of digits and 十, 百, 千 in falling order; nothing at all is 0."""
    total, digit, last = 0.0, None, _LARGEST_STEP
    for sign in text:
        if sign in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[sign]
        elif sign in _STEPS and _STEPS[sign] < last:
            last = _STEPS[sign]
            total += (1 if digit is None else digit) * last
            digit = None
        else:
            return None
    if digit and len(text) > 1 and text[-2] not in "零〇十":
        return None
    return total + (digit or 0)


def header_factor(unit_text: str, column_unit: str) -> float | None:
    """What a unit named in a header is worth in the column's unit; None when it is no unit."""
    text = plain(unit_text).removeprefix("单位:").removeprefix("单位")
    text = re.sub(r"/(?:人|床|月|床/月|人/月|月/人|月/床)$", "", text)
    return UNITS.get(column_unit, {}).get(text)
