"""Prepare a new layer of areas for loading: check it, repair it, report on it.

Errors stop a load, warnings do not. The checks themselves stand in their own modules: codes
(:mod:`geo.codes`), single shapes (:mod:`geo.shapes`), repeated codes (:mod:`geo.parts`), parents,
overlaps and gaps (:mod:`geo.relations`), datum
(:mod:`geo.datum_doubts`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.area_frame import COLUMNS
from geo.atlas import Atlas
from geo.codes import check_codes, normalise_codes, path_of
from geo.crs import WGS84_EPSG, SourceCrs
from geo.datum_doubts import check_datum
from geo.findings import FIRST_ROW, Finding, Report, Tolerance
from geo.levels import level_above
from geo.parts import Features, join_parts
from geo.relations import check_layout, check_other_levels, find_parents
from geo.shapes import COLUMN as SHAPE
from geo.shapes import check_shapes

_SCRIPT = re.compile(r"<\s*/?\s*script\b", re.IGNORECASE)
MAX_NAME_LENGTH = 100
_MAX_COUNT = 2_000_000_000
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Fields:
    """Names of the file's columns. ``elderly`` counts people of 60 years and more."""

    code: str
    name: str
    parent: str | None = None
    population: str | None = None
    elderly: str | None = None

    def named(self) -> list[str]:
        """The columns that must exist."""
        every = (self.code, self.name, self.parent, self.population, self.elderly)
        return [column for column in every if column is not None]


DEFAULT_TOLERANCE = Tolerance()


@dataclass(frozen=True, slots=True)
class Boundaries:
    """A layer ready to load, or why it is not.

    ``areas`` has the columns of ``geo.area_frame.COLUMNS``, geometry in WGS84, one row per area
    without errors; ``read`` counts features, ``repaired`` mended shapes.
    """

    areas: gpd.GeoDataFrame
    read: int
    repaired: int
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop a load."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings to know."""
        return tuple(finding for finding in self.findings if finding.severity == "warning")


def prepare_boundaries(
    frame: gpd.GeoDataFrame,
    fields: Fields,
    *,
    level: str,
    crs: SourceCrs,
    scheme: str = "cn",
    merge_parts: bool = False,
    known: Atlas | None = None,
    tolerance: Tolerance = DEFAULT_TOLERANCE,
) -> Boundaries:
    """Check the features of a boundary file and make areas of them.

    Parameters
    ----------
    frame
        As :func:`geo.boundaries.read_boundaries` gives it: raw coordinates. The index is each
        row's place in the file (0 = first); some of the file's rows may be missing.
    fields
        Which columns hold what.
    level, scheme
        See :mod:`geo.codes`.
    crs
        The coordinate system of the raw coordinates.
    merge_parts
        Rows that share a code are parts of one area; otherwise they are errors.
    known
        The areas loaded so far: parents are looked up in it, the datum is compared with it. Areas
        of this level in it may be loaded again.
    tolerance
        Limits of overlaps, gaps and repairs.

    Raises
    ------
    UnknownLevelError
        If level or scheme does not exist.
    """
    level_above(level)  # an unknown level is the caller's mistake, not the file's
    lacking = [column for column in fields.named() if column not in frame.columns]
    if lacking:
        return _refused(frame, lacking)
    read = len(frame)
    places, notes = places_of_areas(frame, (fields.code, fields.name))
    frame = frame.iloc[places]
    codes = normalise_codes(frame[fields.code], level, scheme).tolist()
    report = Report(codes, frame.index.tolist())
    for note in notes:
        report.warning(None, None, note)
    raw = np.array(frame.geometry.array, dtype=object)
    shapes, repaired = check_shapes(raw, crs, report, tolerance.repair_loss)
    _check_codes(codes, fields, level, scheme, report)
    features = Features(
        codes,
        _names(frame, fields, report),
        _counts(frame, fields.population, report),
        _counts(frame, fields.elderly, report),
        shapes,
        np.arange(len(frame)),
        np.zeros(len(frame), dtype=bool),
    )
    _check_elderly(features, fields, report)
    features = join_parts(features, fields.code, merge_parts, report)
    given = None if fields.parent is None else frame[fields.parent].tolist()
    parent_column = fields.parent or fields.code
    parents = find_parents(features, given, parent_column, level, scheme, known, report)
    check_layout(features, parents, level, known, tolerance, report)
    if known is not None:
        check_other_levels(features, fields.code, level, known, report)
        check_datum(raw, features, parents, level, scheme, crs, known, report)
    areas = _areas(features, parents, level, known, report.broken)
    return Boundaries(areas, read, repaired, report.findings())


def places_of_areas(
    frame: gpd.GeoDataFrame, columns: Sequence[str]
) -> tuple[NDArray[np.intp], list[str]]:
    """The places of the rows that can be areas, and a note about those that are left out.

    A row without anything in ``columns`` (those of code and name) is a splinter that nobody meant;
    pins and lines of a KML are what is written on the map. If nothing would be left, nothing is
    left out.
    """
    nameless = np.ones(len(frame), dtype=bool)
    for column in columns:
        nameless &= frame[column].astype("string").fillna("").str.strip().eq("").to_numpy(bool)
    kinds = shapely.get_dimensions(np.array(frame.geometry.array, dtype=object))
    words = (kinds >= 0) & (kinds < 2) & (frame.attrs.get("format") == "KML")
    left = np.flatnonzero(~(nameless | words))
    if not len(left):
        return np.arange(len(frame)), []
    notes = [
        f"有 {int(which.sum())} 个{what}，已跳过：第 {_rows_in_words(frame, which)} 行。"
        for which, what in (
            (nameless & ~words, "图形既没有代码也没有名称"),
            (words, "标注点或线不是区域"),
        )
        if which.any()
    ]
    return left, notes


def _rows_in_words(frame: gpd.GeoDataFrame, which: NDArray[np.bool_]) -> str:
    rows = (frame.index[which] + FIRST_ROW).tolist()
    more = " 等" if len(rows) > _NAMED else ""
    return "、".join(map(str, rows[:_NAMED])) + more


def _refused(frame: gpd.GeoDataFrame, lacking: list[str]) -> Boundaries:
    present = "、".join(str(column) for column in frame.columns if column != SHAPE)
    findings = tuple(
        Finding("error", 1, None, column, f"缺少列“{column}”，文件中的列有：{present or '(无)'}。")
        for column in lacking
    )
    empty = gpd.GeoDataFrame({column: [] for column in COLUMNS}, geometry=SHAPE, crs=WGS84_EPSG)
    return Boundaries(empty, len(frame), 0, findings)


def _names(frame: gpd.GeoDataFrame, fields: Fields, report: Report) -> list[str]:
    names: list[str] = frame[fields.name].astype("string").fillna("").str.strip().tolist()
    for position, name in enumerate(names):
        if not name:
            report.error(position, fields.name, "名称为空，请填写。")
        elif _SCRIPT.search(name):
            report.error(position, fields.name, "名称含有网页脚本代码(script)，请改正后再载入。")
        elif len(name) > MAX_NAME_LENGTH:
            report.error(
                position,
                fields.name,
                f"名称有 {len(name)} 个字，最多 {MAX_NAME_LENGTH} 个，请检查是否选错了列。",
            )
    return names


def _check_codes(codes: list[str], fields: Fields, level: str, scheme: str, report: Report) -> None:
    messages = check_codes(pd.Series(codes, dtype="str"), level, scheme)
    for position, message in enumerate(messages):
        if message is not None:
            report.error(position, fields.code, message)


def _counts(frame: gpd.GeoDataFrame, column: str | None, report: Report) -> "pd.Series[Any]":
    """A column of people as nullable integers; blank is unknown, not zero."""
    if column is None:
        return pd.Series(pd.NA, index=range(len(frame)), dtype="Int64")
    text = frame[column].astype("string").fillna("").str.strip().tolist()
    values = pd.to_numeric(pd.Series(text, dtype="str").str.replace(",", ""), errors="coerce")
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    with np.errstate(invalid="ignore"):
        whole = (numbers >= 0) & (numbers < _MAX_COUNT) & (numbers == np.floor(numbers))
    for position in np.flatnonzero(~whole):
        if shown := text[position][:40]:
            report.error(position, column, f"“{shown}”不是人数，请填 0 或正整数，不清楚就留空。")
    return pd.Series(np.where(whole, numbers, np.nan)).astype("Int64")


def _check_elderly(features: Features, fields: Fields, report: Report) -> None:
    more = (features.elderly > features.population).to_numpy(dtype=bool, na_value=False)
    for position in np.flatnonzero(more):
        elderly, people = features.elderly.iloc[position], features.population.iloc[position]
        report.warning(
            position, fields.elderly, f"60 岁以上人口 {elderly} 多于总人口 {people}，请核对。"
        )


def _areas(
    features: Features,
    parents: list[str | None],
    level: str,
    known: Atlas | None,
    broken: set[int],
) -> gpd.GeoDataFrame:
    """The features without errors as areas."""
    above = {} if known is None else {code: known[code].path for code in set(parents) if code}
    areas = gpd.GeoDataFrame(
        {
            "code": pd.Series(features.code, dtype="str"),
            "name": pd.Series(features.name, dtype="str"),
            "level": pd.Series(level, index=range(len(features)), dtype="str"),
            "parent_code": pd.Series(parents, dtype="str"),
            "path": pd.Series(
                [
                    path_of(above[parent] if parent else None, code)
                    for parent, code in zip(parents, features.code, strict=True)
                ],
                dtype="str",
            ),
            "population": features.population,
            "elderly": features.elderly,
        },
        geometry=features.shapes,
        crs=WGS84_EPSG,
    )
    good = ~np.isin(features.position, list(broken))
    return areas.loc[good, list(COLUMNS)].reset_index(drop=True)
