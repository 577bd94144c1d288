"""How names of areas are written: endings, kinds, names of parents in front, numbers of grids."""

from __future__ import annotations

import re
from collections.abc import Iterable

from geo.names import ASIDE
from ledger.domain.initials import initials
from ledger.exchange.reading.loose_numbers import chinese_number

# From the broadest to the narrowest.
LEVELS = ("township", "village", "grid")
_TOWNSHIP = re.compile(r"(?:街道|镇|乡|办事处|街道办|人民政府|政府)$")
_VILLAGE = re.compile(r"(?:社区|村|居委会|村委会|村民委员会|居民委员会)$")
_GRID = re.compile(r"网格\d*$|格$")
_BETWEEN = re.compile(r"^[\s\-—–_/\\|·.、,，>＞→:：]+")
# Before the names that are known: 福建省示例市.
_BEYOND = re.compile(r"^(?:[\u4e00-\u9fff]{2,8}?(?:省|自治区|市|州|盟|县|区|旗))+")
_NUMBER = re.compile(
    r"第?([0-9]{1,3}|[一二三四五六七八九十]{1,3})(?:号)?(?:网格|格)|网格第?([0-9]{1,3})号?$"
)
_BARE_NUMBER = re.compile(r"[0-9]{1,3}|[一二三四五六七八九十]{1,3}")


def level_said(name: str) -> int | None:
    """The level that a name says by its ending (0 township, 1 village, 2 grid); None for none."""
    text = ASIDE.sub("", name) or name
    for level, ending in enumerate((_TOWNSHIP, _VILLAGE, _GRID)):
        if ending.search(text):
            return level
    return None


def without_front(text: str, front: str) -> str | None:
    """The text behind a name that stands in front of it, and the mark between; None if it does
    not stand there or nothing follows."""
    if not text.startswith(front):
        return None
    rest = _BETWEEN.sub("", text[len(front) :])
    return rest or None


def without_beyond(text: str) -> str:
    """The text without a province, city or county that is not known, in front of it."""
    return _BETWEEN.sub("", _BEYOND.sub("", text))


def grid_number(text: str) -> int | None:
    """The number of a grid: 第一网格, 1号网格, 网格03; of a number alone too. None for none."""
    found = _NUMBER.search(text)
    digits = (found[1] or found[2]) if found else text if _BARE_NUMBER.fullmatch(text) else None
    if digits is None:
        return None
    number = float(digits) if digits.isdecimal() else chinese_number(digits)
    return None if number is None else int(number)


def near_misses(text: str, names: Iterable[str]) -> list[str]:
    """Names that differ in one character, or sound alike by their initials."""
    said, sound = ASIDE.sub("", text), initials(ASIDE.sub("", text))
    found = []
    for name in names:
        plain = ASIDE.sub("", name)
        if len(plain) != len(said) or len(said) < 2:
            continue
        differ = sum(one != other for one, other in zip(plain, said, strict=True))
        alike = len(sound) == len(said) and initials(plain) == sound
        if differ == 1 or (alike and differ <= 2):
            found.append(name)
    return found
