"""How names of areas are written: endings, kinds, names of parents in front, numbers of grids."""

from __future__ import annotations

import re
from collections.abc import Iterable

from geo.names import ASIDE
from ledger.domain.initials import initials, same_sound
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

# Characters of names of places that are taken for each other by their shape.
_GROUPS = (
    "坪评枰 溪奚 浦埔铺蒲莆圃 塘搪溏糖 湾弯 埠阜 岭领 坡陂波 岗冈 坝垻坦 堰偃 墩敦 圩圬 垸皖 庄压 "
    "营莹萤 寨塞赛 桥侨轿 港巷 沙纱 河何 湖胡糊 潭谭 泉皋 田由甲申电 东车 西酉 南楠 大太犬 中申 "
    "阳阴扬杨 新薪 龙尤 风凤 凰皇 马乌 鸟乌岛 羊半 牛午 石右 金全 木本术 水永 火灭 柏拍 柳抑 桃挑 "
    "李季 梅悔 荷苛 蓝篮 青清晴 白自 黄横 红江 天夫 日曰 未末 己已巳 千干于 万方 官宫 祠词 陈阵 "
    "周同 郑邓 邱丘 曲典 崔催 戴载"
)
_SHAPES = tuple(_GROUPS.split())


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
    """Names of the same length that may be meant, likeliest first: those that differ only in
    characters that sound or look alike, then in one character, then with the same initials."""
    said, sound = ASIDE.sub("", text), initials(ASIDE.sub("", text))
    found: list[tuple[int, str]] = []
    for name in names:
        plain = ASIDE.sub("", name)
        if len(plain) != len(said) or len(said) < 2:
            continue
        differ = [(a, b) for a, b in zip(plain, said, strict=True) if a != b]
        if len(differ) < len(said) and all(_alike(a, b) for a, b in differ):
            found.append((0, name))
        elif len(differ) == 1:
            found.append((1, name))
        elif len(differ) == 2 and len(sound) == len(said) and initials(plain) == sound:
            found.append((2, name))
    return [name for _, name in sorted(found, key=lambda one: one[0])]


def _alike(one: str, other: str) -> bool:
    """Whether two characters are taken for each other: by their sound or by their shape."""
    return same_sound(one, other) or any(one in group and other in group for group in _SHAPES)
