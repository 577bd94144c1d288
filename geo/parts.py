"""The features of a boundary file; rows that share a code are joined or refused."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.findings import Report

Geometries = NDArray[np.object_]
Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Features:
    """Columns of equal length. ``position`` is the place in the file (0 = first feature),
    ``merged`` tells that further rows were joined to it; shapes are WGS84."""

    code: Sequence[str]
    name: Sequence[str]
    population: "pd.Series[Any]"
    elderly: "pd.Series[Any]"
    shapes: Geometries
    position: Integers
    merged: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.code)

    def take(self, rows: Integers) -> "Features":
        """Only these rows."""
        return Features(
            [self.code[row] for row in rows],
            [self.name[row] for row in rows],
            self.population.iloc[rows].reset_index(drop=True),
            self.elderly.iloc[rows].reset_index(drop=True),
            self.shapes[rows],
            self.position[rows],
            self.merged[rows],
        )


def join_parts(features: Features, column: str, allowed: bool, report: Report) -> Features:
    """One row per code.

    Where ``allowed``, shapes are united and the first row gives the name; counts that all parts
    repeat belong to the whole area, different ones are added up. Otherwise every repetition is an
    error on its row (``column`` is the file's code column). Blank codes are errors of their own.
    """
    rows_of = _repeated(features.code)
    if not rows_of:
        return features
    if not allowed:
        for code, rows in rows_of.items():
            first = report.row(features.position[rows[0]])
            for row in rows[1:]:
                report.error(
                    features.position[row],
                    column,
                    f"代码“{code}”与第 {first} 行重复；"
                    "如果它们是同一区域的几块，请选择合并，否则请改正代码。",
                )
        return features
    return _joined(features, rows_of, column, report)


def _repeated(codes: Sequence[str]) -> dict[str, list[int]]:
    rows_of: dict[str, list[int]] = {
        code: [] for code, count in Counter(codes).items() if code and count > 1
    }
    for row, code in enumerate(codes):
        if code in rows_of:
            rows_of[code].append(row)
    return rows_of


def _joined(
    features: Features, rows_of: dict[str, list[int]], column: str, report: Report
) -> Features:
    shapes, merged = features.shapes.copy(), features.merged.copy()
    population, elderly = features.population.copy(), features.elderly.copy()
    dropped: list[int] = []
    for rows in rows_of.values():
        first, *others = rows
        dropped += others
        shapes[first] = shapely.union_all(shapes[rows])
        merged[first] = True
        population.iloc[first] = _whole(population.iloc[rows])
        elderly.iloc[first] = _whole(elderly.iloc[rows])
        names = list(dict.fromkeys(features.name[row] for row in rows))
        if len(names) > 1:
            listed = "、".join(names[:3])
            report.warning(
                features.position[first],
                column,
                f"合并的 {len(rows)} 行名称不同({listed})，采用第一个。",
            )
    kept = np.setdiff1d(np.arange(len(features)), dropped)
    joined = replace(features, shapes=shapes, merged=merged, population=population, elderly=elderly)
    return joined.take(kept)


def _whole(counts: "pd.Series[Any]") -> Any:
    values = counts.dropna()
    if values.empty:
        return pd.NA
    return values.iloc[0] if values.nunique() == 1 else values.sum()
