"""Invented names. Each one says that it is invented: 示例, 演示, （演）, 测试, 某某."""

from __future__ import annotations

import numpy as np

COUNTY = "示例县"
# In the order of the seats: the two halves of the county town, three towns, one rural township.
TOWNSHIPS = ("丙霞街道", "丁澜街道", "甲云镇", "乙岚镇", "戊雪镇", "己岫乡")
TOWNSHIP_SUFFIXES = ("001", "002", "100", "101", "102", "200")

# Combinations that no village in the national list of 2023 bears.
_RURAL_FIRST = "霁蘅槿萤岫漪暮曦霖霓苡蒹鹂翎"
_RURAL_SECOND = "川溪浦湾坞岭坡埠塘坪"
_URBAN_FIRST = "琅珞琼珂瑾琬玥璇"
_URBAN_SECOND = "光和庭台园桥"

INSTITUTION_WORDS = tuple(
    first + second for first in "松鹤枫椿晚银康颐乐夕暖安福桑" for second in "柏鸣晴禾澜舍宁岚苑汀"
)
_SURNAMES = "赵钱孙李周吴郑王冯陈张何吕施孔曹"
_STEMS = "甲乙丙丁戊己庚辛壬癸"


def village_names(rng: np.random.Generator, urban: int, rural: int) -> tuple[list[str], list[str]]:
    """Names of `urban` communities (居委会) and `rural` villages (村委会), all different."""
    town = _combine(rng, _URBAN_FIRST, _URBAN_SECOND, urban)
    country = _combine(rng, _RURAL_FIRST, _RURAL_SECOND, rural)
    return [f"{n}社区（演）" for n in town], [f"{n}村（演）" for n in country]


def grid_name(village: str, serial: int) -> str:
    """`霁川村（演）` and 3 give `霁川村（演）第3网格`."""
    return f"{village}第{serial}网格"


def person(rng: np.random.Generator) -> str:
    """A name that no one bears: `张某某` or `测试甲`."""
    if rng.random() < 0.6:
        return f"{_SURNAMES[rng.integers(len(_SURNAMES))]}某某"
    return f"测试{_STEMS[rng.integers(len(_STEMS))]}"


def phone(rng: np.random.Generator) -> str:
    """A number under the area code 000, which does not exist."""
    return f"000-{rng.integers(10_000_000, 99_999_999)}"


def _combine(rng: np.random.Generator, first: str, second: str, count: int) -> list[str]:
    every = [a + b for a in first for b in second]
    return [every[i] for i in rng.permutation(len(every))[:count]]
