"""Units that stand in the headers of a form, and whether they go with what is counted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.domain.values import fold
from ledger.exchange.reading.loose_numbers import UNITS
from ledger.reporting.forms.form_rows import UNIT_WORDS

_BRACKETS = re.compile(r"\(([^()]*)\)")
# Unit of a count → what forms may call it, and how many of the count's own make one of the form's.
_SAME: Mapping[str, Mapping[str, float]] = {
    "家": dict.fromkeys(("家", "个", "所", "处"), 1.0),
    "件": dict.fromkeys(("件", "件次", "批", "批次", "起", "宗", "个"), 1.0),
    "条": dict.fromkeys(("条", "件", "起", "个", "宗"), 1.0),
    "次": dict.fromkeys(("次", "个"), 1.0),
    "项": dict.fromkeys(("项", "个"), 1.0),
    "场": dict.fromkeys(("场", "场次", "次", "个"), 1.0),
    "份": {**dict.fromkeys(("份", "册", "张", "本", "套", "件"), 1.0), "万份": 1e4},
    "人": {**dict.fromkeys(("人", "人次", "名", "位", "个"), 1.0), "万人": 1e4},
    "人次": {**dict.fromkeys(("人次", "人"), 1.0), "万人次": 1e4, "万人": 1e4},
    "张": dict.fromkeys(("张", "床", "张床", "个"), 1.0),
    "天": dict.fromkeys(("天", "日"), 1.0),
    "%": {"%": 1.0, "百分比": 1.0},
    "元": {name: worth for name, worth in UNITS["元"].items() if name != "rmb"},
}
MONEY = frozenset(_SAME["元"])


# 一、(二) 3. 其中： before what a line of a form is called.
_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.,)]|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[、.)](?!\d)|其中[:,])+"
)


@dataclass(frozen=True)
class Said:
    """The texts of a header without their units, and the unit that is nearest to the cell."""

    texts: tuple[str, ...]
    unit: str


def without_units(parts: Sequence[str], unit: str = "") -> Said:
    """Header texts folded, units in brackets taken out; ``unit`` is that of a row of units.

    Other words in brackets stay texts of their own: 机构数(本月).
    """
    texts: list[str] = []
    for part in parts:
        text = _NUMBERED.sub("", fold(part)).rstrip(":")
        for inner in _BRACKETS.findall(text):
            named = re.sub(r"^单位:?", "", inner)
            if named in UNIT_WORDS or named in MONEY:
                unit = named
                text = text.replace(f"({inner})", "")
        tail = re.search(r"[/,、:](%|万?元)$", text)
        if tail:
            unit, text = tail[1], text[: tail.start()]
        if text.endswith("%") and len(text) > 1:
            unit, text = "%", text[:-1]
        if text:
            texts.append(text)
    if len(texts) > 1 and texts[-1] in UNIT_WORDS:  # 集体访(批) above 人次
        unit = texts[-1]
    return Said(tuple(texts), unit)


def factor_between(count_unit: str, form_unit: str) -> float | None:
    """How many of the count's unit make one of the form's; None where they do not go together."""
    return _SAME.get(count_unit, {count_unit: 1.0}).get(form_unit)


def money_unit(header: str, around: Sequence[str]) -> str | None:
    """The unit of money that holds for a column; None where none is named or two contradict.

    ``around`` are the units named above the table (单位：万元、人).
    """
    outer = next((one for one in around if one in MONEY), "")
    if header in MONEY and outer and header != outer:
        return None
    return (header if header in MONEY else outer) or None
