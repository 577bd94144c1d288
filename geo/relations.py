"""Findings about a new layer: its codes, parents, overlaps and gaps, with the loaded areas.

The datum is checked in :mod:`geo.datum_doubts`.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.atlas import Atlas
from geo.codes import normalise_codes, parents_of
from geo.findings import Report, Tolerance
from geo.layout import Overlaps, gap, outside, overlaps
from geo.levels import LEVEL_LABELS, level_above
from geo.measure import areas_m2
from geo.parts import Features
from geo.shapes import COLUMN as SHAPE

Geometries = NDArray[np.object_]
Parents = list[str | None]


def check_other_levels(
    features: Features, column: str, level: str, known: Atlas, report: Report
) -> None:
    """Add an error for each code that an area of another level has already."""
    for code, position in zip(features.code, features.position, strict=True):
        area = known.get(code)
        if area is not None and area.level != level:
            report.error(
                position,
                column,
                f"代码“{code}”已是{LEVEL_LABELS[area.level]}“{area.name}”的代码，不能再用。",
            )


def find_parents(
    features: Features,
    given: Sequence[str] | None,
    column: str,
    level: str,
    scheme: str,
    known: Atlas | None,
    report: Report,
) -> Parents:
    """The parent's code of each feature, None for roots and where it is missing (an error).

    ``given`` are the parents that the file names, None to go by the codes; ``column`` is the file's
    column to blame.
    """
    above = level_above(level)
    if above is None:
        return [None] * len(features)
    candidates = known.codes(above) if known is not None else []
    if not candidates:
        report.warning(
            None,
            None,
            f"还没有载入{LEVEL_LABELS[above]}，这一层暂作最高一级，也不检查是否超出上级。",
        )
        return [None] * len(features)
    if given is None:
        said: Sequence[str] = [""] * len(features)
        parents: Parents = list(parents_of(features.code, level, scheme, candidates))
    else:
        normal = normalise_codes(given, above, scheme).tolist()
        said, loaded = [normal[position] for position in features.position], set(candidates)
        parents = [code if code in loaded else None for code in said]
    for row, parent in enumerate(parents):
        if parent is None:
            own = f"“{features.code[row]}”的上级{LEVEL_LABELS[above]}"
            what = f"上级“{said[row]}”" if said[row] else own
            report.error(
                features.position[row],
                column,
                f"{what}不在已载入的区域中，请先载入上级或改正代码。",
            )
    return parents


def known_shapes(codes: Sequence[str | None], known: Atlas | None) -> Geometries:
    """The loaded shapes of codes, empty polygons where there are none."""
    shapes = np.full(len(codes), shapely.Polygon(), dtype=object)
    if known is not None:
        for row, code in enumerate(codes):
            if code is not None and code in known:
                shapes[row] = known.geometry(code)
    return shapes


def check_layout(
    features: Features,
    parents: Parents,
    level: str,
    known: Atlas | None,
    tolerance: Tolerance,
    report: Report,
) -> None:
    """Areas outside their parents, overlaps, and gaps, as far as they exceed the tolerance."""
    found = overlaps(features.shapes)
    _report_overlaps(features, found, tolerance, report)
    if known is None or not any(parents):
        return
    beyond, share = outside(features.shapes, known_shapes(parents, known))
    for row in np.flatnonzero((share > tolerance.outside_share) & (beyond > tolerance.area_m2)):
        title = _title(known, parents[row])
        if share[row] > tolerance.lost_share:
            report.error(
                features.position[row], SHAPE, f"整个在上级{title}之外，请核对代码和坐标系。"
            )
        else:
            report.warning(
                features.position[row], SHAPE, f"有 {share[row]:.1%} 的面积在上级{title}之外。"
            )
    inside = areas_m2(features.shapes) - beyond
    # What two areas share is counted twice.
    np.subtract.at(inside, found.first, found.area)
    _report_gaps(features, parents, inside, level, known, tolerance, report)


def _report_overlaps(
    features: Features, found: Overlaps, tolerance: Tolerance, report: Report
) -> None:
    for pair in np.flatnonzero((found.area > tolerance.area_m2) & (found.share > tolerance.share)):
        one, other = found.first[pair], found.second[pair]
        report.warning(
            features.position[one],
            SHAPE,
            f"与“{features.name[other]}”(第 {report.row(features.position[other])} 行)重叠"
            f" {found.area[pair]:,.0f} 平方米，占较小者的 {found.share[pair]:.2%}。",
        )


def _report_gaps(
    features: Features,
    parents: Parents,
    inside: NDArray[np.float64],
    level: str,
    known: Atlas,
    tolerance: Tolerance,
    report: Report,
) -> None:
    rows_of: dict[str, list[int]] = {}
    for row, parent in enumerate(parents):
        if parent is not None:
            rows_of.setdefault(parent, []).append(row)
    for code, rows in rows_of.items():
        whole = known.geometry(code)
        loaded = {features.code[row] for row in rows}
        others = known_shapes(
            [
                area.code
                for area in known.children(code)
                if area.level == level and area.code not in loaded
            ],
            known,
        )
        total = float(areas_m2(np.array([whole], dtype=object))[0])
        limit = max(tolerance.area_m2, tolerance.share * total)
        # The sum of areas is a quick and nearly exact answer; only suspects are cut out.
        if total - inside[rows].sum() - areas_m2(others).sum() <= limit:
            continue
        missing = gap(whole, np.concatenate((features.shapes[rows], others)))
        if missing > limit:
            report.warning(
                None,
                SHAPE,
                f"上级{_title(known, code)}有 {missing:,.0f} 平方米({missing / total:.2%})"
                "没有被下级覆盖：下级之间或与上级边界之间有空隙。",
            )


def _title(known: Atlas, code: str | None) -> str:
    area = known.get(code)
    return f"“{area.name}({area.code})”" if area is not None else ""
