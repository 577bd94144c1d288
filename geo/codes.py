"""Codes of areas: their form, the parent that a code names, and paths in the tree.

Two schemes:

``cn``
    Statistical codes of the National Bureau of Statistics, 2+2+2+3+3 digits: county 6, township 9,
    village 12; a grid has its village's code and a serial of 3. The parent is the code cut to the
    length of the level above. Files often pad county and township codes with zeros to 12 digits;
    :func:`normalise_codes` cuts that padding.
``prefix``
    Codes of a city's own (``DX``, ``DX-1``, ``DX-1-3``). The parent is the longest code of the
    level above that the code begins with, see :func:`parents_of`.

"Under" is always a matter of paths (``/DX/DX-1/``), never of bare prefixes: ``DX-1`` is not above
``DX-10``.
"""

import re
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import UnknownLevelError
from geo.levels import LEVEL_LABELS, known_level, level_above

SCHEMES = ("cn", "prefix")
CN_LENGTHS = {"county": 6, "township": 9, "village": 12, "grid": 15}
MAX_CODE_LENGTH = 64

_PADDED_LENGTH = 12
_SEPARATORS = "-_."
# "/" separates paths; blanks and control characters are typing errors.
_PREFIX_PATTERN = rf"[^\s/\\\x00-\x1f]{{1,{MAX_CODE_LENGTH}}}"

Codes = NDArray[np.object_]


def normalise_codes(codes: Iterable[Any], level: str, scheme: str) -> "pd.Series[str]":
    """Codes without surrounding blanks and, in ``cn``, without padding to 12 digits.

    Missing values become ``""``. Numbers lose the ``.0`` that spreadsheets give them.

    >>> normalise_codes([" 110101001000 "], "township", "cn").tolist()
    ['110101001']
    """
    known_level(level)
    _known_scheme(scheme)
    text = _as_text(codes)
    length = CN_LENGTHS[level]
    if scheme == "cn" and length < _PADDED_LENGTH:
        padding = "0" * (_PADDED_LENGTH - length)
        padded = text.str.len().eq(_PADDED_LENGTH) & text.str.endswith(padding)
        text = text.where(~padded, text.str.slice(0, length))
    return text


def levels_of(codes: Iterable[Any]) -> list[str | None]:
    """The level of each statistical code by its length, without the zeros that pad it.

    None where the code has no such length, or stands for more than a county.

    >>> levels_of(["350104", "350104001000", "350104001001", "350104001001003", "350100000000"])
    ['county', 'township', 'village', 'grid', None]
    """
    return [_level_of(code) for code in _as_text(codes)]


def _level_of(code: str) -> str | None:
    if not re.fullmatch(r"[1-9][0-9]+", code):
        return None
    for level, padding in (("county", "000000"), ("township", "000"), ("village", "")):
        padded = len(code) == _PADDED_LENGTH and code.endswith(padding)
        if len(code) == CN_LENGTHS[level] or padded:
            return None if level == "county" and code[4:6] == "00" else level
    return "grid" if len(code) == CN_LENGTHS["grid"] else None


def check_codes(codes: "pd.Series[str]", level: str, scheme: str) -> "pd.Series[Any]":
    """What is wrong with each normalised code, in Chinese; None where it is well formed."""
    known_level(level)
    pattern = rf"[1-9][0-9]{{{CN_LENGTHS[level] - 1}}}"
    if _known_scheme(scheme) == "prefix":
        pattern = _PREFIX_PATTERN
    wrong = ~codes.str.fullmatch(pattern).to_numpy(dtype=bool, na_value=False)
    messages = np.full(len(codes), None, dtype=object)
    values = codes.to_numpy(dtype=object)
    for position in np.flatnonzero(wrong):
        messages[position] = _complaint(str(values[position]), level, scheme)
    return pd.Series(messages, index=codes.index, dtype=object)


def parents_of(codes: Iterable[str], level: str, scheme: str, candidates: Collection[str]) -> Codes:
    """Parent codes of many codes: an object array, None where no candidate is the parent.

    ``cn``: the code cut to the length of the level above, if that is a candidate.

    ``prefix``: the longest candidate that the code begins with and that ends where the code has a
    separator (``- _ .``). A code without such a candidate takes the longest plain prefix; but if
    the code has separators at all, a prefix that would tear a number apart does not count: ``DX-1``
    is not above ``DX-10``, while ``04`` is above ``04013``.
    """
    above = level_above(level)
    text = pd.Series(codes if isinstance(codes, pd.Series) else list(codes), dtype="str")
    known = pd.Index(list(candidates), dtype="str")
    if above is None or known.empty or text.empty:
        return np.full(len(text), None, dtype=object)
    if _known_scheme(scheme) == "cn":
        return _matches(text.str.slice(0, CN_LENGTHS[above]), known)
    return _longest_prefixes(text, known)


def path_of(parent_path: str | None, code: str) -> str:
    """The path of an area below ``parent_path`` (None or ``/`` for a root).

    >>> path_of("/DX/", "DX-1")
    '/DX/DX-1/'
    """
    return f"{parent_path or '/'}{code}/"


def is_under(path: str, scope_path: str) -> bool:
    """True when the area of ``path`` is that of ``scope_path`` or lies below it.

    >>> is_under("/DX/DX-10/", "/DX/DX-1/")
    False
    """
    return path.startswith(scope_path if scope_path.endswith("/") else scope_path + "/")


def _known_scheme(scheme: str) -> str:
    if scheme not in SCHEMES:
        raise UnknownLevelError(f"没有“{scheme}”这种编码方式，可用的有：{'、'.join(SCHEMES)}。")
    return scheme


def _as_text(values: Iterable[Any]) -> "pd.Series[str]":
    series = values if isinstance(values, pd.Series) else pd.Series(list(values))
    series = series.reset_index(drop=True)
    if pd.api.types.is_float_dtype(series.dtype) and (series.dropna() % 1 == 0).all():
        series = series.astype("Int64")
    return series.astype("string").fillna("").str.strip().astype("str")


def _complaint(code: str, level: str, scheme: str) -> str:
    label = LEVEL_LABELS[level]
    shown = code if len(code) <= 40 else code[:40] + "…"
    if not code:
        return f"代码为空，请填写{label}代码。"
    if scheme == "prefix":
        if len(code) > MAX_CODE_LENGTH:
            return f"代码“{shown}”有 {len(code)} 个字符，最多 {MAX_CODE_LENGTH} 个。"
        return f"代码“{shown}”含有空格、斜杠或控制字符，请去掉。"
    if not re.fullmatch(r"[0-9]+", code):
        return f"代码“{shown}”含有数字以外的字符，{label}代码应为 {CN_LENGTHS[level]} 位数字。"
    if len(code) != CN_LENGTHS[level]:
        return f"代码“{shown}”是 {len(code)} 位，{label}代码应为 {CN_LENGTHS[level]} 位数字。"
    return f"代码“{shown}”以 0 开头，不是统计用区划代码。"


def _matches(wanted: "pd.Series[str]", known: "pd.Index[str]") -> Codes:
    values: Codes = wanted.to_numpy(dtype=object, copy=True)
    values[~wanted.isin(known).to_numpy()] = None
    return values


def _longest_prefixes(text: "pd.Series[str]", known: "pd.Index[str]") -> Codes:
    separated = np.full(len(text), None, dtype=object)
    plain = separated.copy()
    has_separator = text.str.contains(f"[{_SEPARATORS}]", regex=True).to_numpy(dtype=bool)
    for length in sorted({len(code) for code in known}, reverse=True):
        prefix = text.str.slice(0, length)
        following = text.str.slice(length, length + 1)
        hit = prefix.isin(known).to_numpy() & following.ne("").to_numpy()
        if not hit.any():
            continue
        ends_there = following.isin(list(_SEPARATORS)).to_numpy()
        tears = (
            has_separator
            & prefix.str.slice(length - 1).str.isdigit().to_numpy(dtype=bool)
            & following.str.isdigit().to_numpy(dtype=bool)
        )
        values = prefix.to_numpy(dtype=object)
        separated = np.where(hit & ends_there & _missing(separated), values, separated)
        plain = np.where(hit & ~tears & _missing(plain), values, plain)
    return np.where(_missing(separated), plain, separated)


def _missing(values: Codes) -> NDArray[np.bool_]:
    return np.asarray(pd.isna(values), dtype=np.bool_)
