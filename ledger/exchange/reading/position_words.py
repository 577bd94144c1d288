"""Positions as people write them: degrees and minutes, letters, both halves in one cell."""

from __future__ import annotations

import re
import unicodedata

# 东经, E, lng: what a number is called, and whether that is a longitude.
_NAMED = r"(?:东经|北纬|经度|纬度|lng|lon|lat|[en])"
_DEGREES = re.compile(
    rf"(?P<before>{_NAMED})?:?(\d{{1,3}})[°度](?:(\d{{1,2}})[′'分])?"
    r"(?:(\d{1,2}(?:\.\d+)?)(?:″|\"|秒|''|′′))?(?P<behind>[en])?"
)
_DECIMAL = re.compile(rf"(?P<before>{_NAMED})?:?(\d{{1,3}}\.\d+)[°度]?(?P<behind>[en])?")
_PAIR = re.compile(
    rf"[\[(]?(?P<one>{_NAMED})?[:=]?(\d{{1,3}}\.\d+)[°度]?(?P<behind>[en])?[,;/、 ] ?"
    rf"(?P<other>{_NAMED})?[:=]?(\d{{1,3}}\.\d+)[°度]?(?P<last>[en])?[\])]?"
)
_EAST = frozenset({"东经", "经度", "lng", "lon", "e"})
# China's mainland and its islands, in degrees; the two do not overlap.
_LONGITUDES, _LATITUDES = (73.0, 136.0), (3.0, 54.0)


def read_degrees(text: str) -> tuple[float, bool | None] | None:
    """ "东经120°1′12″", "E120.02" or "120.02°" in degrees; None when it is none of these.

    With it, whether the text itself says that it is a longitude, or a latitude (False).
    """
    # Minutes are kept apart from what NFKC would make of the double mark.
    half = unicodedata.normalize("NFKC", text.replace("″", '"').replace("”", '"')).lower()
    half = re.sub(r"\s+", "", half).replace("’", "′")
    found = _DECIMAL.fullmatch(half) or _DEGREES.fullmatch(half)
    if found is None:
        return None
    said = {word in _EAST for word in (found["before"], found["behind"]) if word}
    if len(said) > 1:
        return None
    named = said.pop() if said else None
    if "." in found[2]:
        return float(found[2]), named
    minutes, seconds = float(found[3] or 0), float(found[4] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    return round(int(found[2]) + minutes / 60 + seconds / 3600, 9), named


def read_pair(text: str) -> tuple[float, float] | None:
    """Longitude and latitude of a cell that holds both; None when that is not clear.

    Which is which is told by words (东经, N), or else by where China lies.
    """
    half = unicodedata.normalize("NFKC", text).strip().lower()
    found = _PAIR.fullmatch(re.sub(r"\s*([,;/、:=])\s*", r"\1", re.sub(r"\s+", " ", half)))
    if found is None:
        return _two_degrees(text)
    one, other = float(found[2]), float(found[5])
    said = [
        word in _EAST
        for word in (found["one"] or found["behind"], found["other"] or found["last"])
        if word
    ]
    if said:
        first_is_lon = said[0] if len(said) == 2 or found["one"] or found["behind"] else not said[0]
        return None if len(said) == 2 and said[0] == said[1] else _pair(one, other, first_is_lon)
    fits = [_lies(one, other), _lies(other, one)]
    return _pair(one, other, fits[0]) if any(fits) else None


_HALVES = re.compile(r"[,，;；/、\s]+|(?<=[\d.″”\"秒°度enEN])(?=东经|北纬|经度|纬度|lng|lon|lat)")


def _two_degrees(text: str) -> tuple[float, float] | None:
    """A pair in degrees and minutes, or with words between: 东经127°1′12″，北纬29°3′."""
    halves = [part for part in _HALVES.split(text.strip().strip("()（）[]")) if part]
    read = [read_degrees(part) for part in halves]
    if len(read) != 2 or read[0] is None or read[1] is None:
        return None
    (one, first), (other, second) = read[0], read[1]
    if first is not None or second is not None:
        first_is_lon = first if first is not None else not second
        return None if first is second else _pair(one, other, first_is_lon)
    fits = [_lies(one, other), _lies(other, one)]
    return _pair(one, other, fits[0]) if any(fits) else None


def proposed_position(lon: object, lat: object) -> tuple[float, float] | None:
    """What two cells that are no position probably mean: both halves in one of them, or each in
    the other's column, where that is certain by letters or by where China lies."""
    texts = [raw for raw in (lon, lat) if isinstance(raw, str) and raw.strip()]
    if len(texts) == 1 and (lon in (None, "") or lat in (None, "")):
        return read_pair(texts[0])
    one, other = _half_of(lon), _half_of(lat)
    if one is None or other is None:
        return None
    said = (one[1], other[1])
    lies = said == (None, None) and other[0] > 90 and _lies(other[0], one[0])
    return (other[0], one[0]) if said == (False, True) or lies else None


def _half_of(raw: object) -> tuple[float, bool | None] | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return float(raw), None
    text = str(raw).strip()
    return read_degrees(text) if text else None


def _lies(lon: float, lat: float) -> bool:
    return _LONGITUDES[0] <= lon <= _LONGITUDES[1] and _LATITUDES[0] <= lat <= _LATITUDES[1]


def _pair(one: float, other: float, first_is_lon: bool) -> tuple[float, float]:
    return (one, other) if first_is_lon else (other, one)
