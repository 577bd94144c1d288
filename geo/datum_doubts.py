"""Doubts about the datum of a new layer, or of one loaded before, in words.

The new layer is compared with the loaded areas that overlap it: areas above (its parents first),
its earlier version, areas below. The fit with the areas above takes precedence. A layer that does
not fit may be right, and the loaded one wrong: the message says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.atlas import Area, Atlas
from geo.codes import parents_of
from geo.crs import SourceCrs
from geo.datum import (
    BetterDatum,
    Comparison,
    Misfit,
    around_share,
    difference_share,
    inside_share,
    may_be_shifted,
    mostly_inside,
)
from geo.findings import Report
from geo.levels import LEVEL_LABELS, LEVELS
from geo.parts import Features
from geo.shapes import COLUMN as SHAPE

Geometries = NDArray[np.object_]
Parents = list[str | None]
_EMPTY = shapely.Polygon()
_MOST_BELOW = 20_000
_MOST_BY_PLACE = 2_000


@dataclass(frozen=True)
class _Evidence:
    """One comparison: with which areas, and the words for a misfit."""

    name: str
    where: str
    comparison: Comparison

    @cached_property
    def better(self) -> BetterDatum | None:
        """The datum in which the new layer would fit."""
        return self.comparison.better

    @cached_property
    def loaded(self) -> BetterDatum | None:
        """The datum in which the loaded areas would fit."""
        return self.comparison.better_loaded


@dataclass(frozen=True)
class _Layer:
    raw: Geometries
    features: Features
    parents: Parents
    level: str
    scheme: str
    crs: SourceCrs
    known: Atlas

    def evidence(self) -> Iterator[_Evidence]:
        """All comparisons, the most important first."""
        at = LEVELS.index(self.level)
        for above in reversed(LEVELS[:at]):
            yield from self._above(above)
        yield self._same()
        for below in LEVELS[at + 1 :]:
            yield from self._below(below)

    def _above(self, level: str) -> Iterator[_Evidence]:
        frame = self.known.frame(level)
        if frame.empty:
            return
        loaded = np.asarray(frame.geometry.array, dtype=object)
        rows = {code: row for row, code in enumerate(frame["code"])}
        place = np.full(len(self.features), -1, dtype=np.intp)
        for row, parent in enumerate(self.parents):
            chain = () if parent is None else (parent, *_codes(self.known.ancestors(parent)))
            place[row] = next((rows[code] for code in chain if code in rows), -1)
        _by_place(place, self.features.shapes, loaded)
        yield self._evidence(
            LEVEL_LABELS[level],
            "的面积落在上级区域之外",
            _taken(loaded, place),
            inside_share,
        )

    def _same(self) -> _Evidence:
        former = np.full(len(self.features), _EMPTY, dtype=object)
        for row, code in enumerate(self.features.code):
            if code in self.known:
                former[row] = self.known.geometry(code)
        return self._evidence(
            f"同一层{LEVEL_LABELS[self.level]}",
            "的面积与已载入的同一区域不重合",
            former,
            difference_share,
        )

    def _below(self, level: str) -> Iterator[_Evidence]:
        frame = self.known.frame(level)
        loaded = np.asarray(frame.geometry.array, dtype=object)
        near = np.flatnonzero(
            shapely.intersects(loaded, shapely.box(*shapely.total_bounds(self.features.shapes)))
        )[:_MOST_BELOW]
        if len(near) == 0:
            return
        loaded, codes = loaded[near], frame["code"].iloc[near].tolist()
        rows = {code: row for row, code in enumerate(self.features.code)}
        place = np.full(len(loaded), -1, dtype=np.intp)
        step = LEVELS[LEVELS.index(self.level) + 1]
        named = parents_of(codes, step, self.scheme, list(rows))
        for at, code in enumerate(codes):
            chain = (named[at], *_codes(self.known.ancestors(code)))
            place[at] = next((rows[one] for one in chain if one in rows), -1)
        _by_place(place, loaded, self.features.shapes)
        known = place >= 0
        yield _Evidence(
            LEVEL_LABELS[level],
            f"的已载入{LEVEL_LABELS[level]}露在这一层之外",
            Comparison(
                self.raw[place[known]],
                self.features.shapes[place[known]],
                self.crs,
                loaded[known],
                around_share,
            ),
        )

    def _evidence(self, name: str, where: str, reference: Geometries, misfit: Misfit) -> _Evidence:
        compared = Comparison(self.raw, self.features.shapes, self.crs, reference, misfit)
        return _Evidence(name, where, compared)


def check_datum(
    raw: Geometries,
    features: Features,
    parents: Parents,
    level: str,
    scheme: str,
    crs: SourceCrs,
    known: Atlas,
    report: Report,
) -> None:
    """Warn when the layer and what is loaded would fit clearly better in another datum.

    ``raw`` are the file's shapes, ``parents`` the code of the area above each feature or None.
    """
    # Joined parts have no single raw shape; the others are more than enough.
    alone = np.flatnonzero(~features.merged & may_be_shifted(features.shapes))
    if len(alone) == 0 or len(known) == 0:
        return
    single = features.take(alone)
    above = [parents[row] for row in alone]
    layer = _Layer(raw[single.position], single, above, level, scheme, crs, known)
    everything = list(layer.evidence())
    doubted = next((at for at, item in enumerate(everything) if item.better or item.loaded), None)
    if doubted is None:
        return
    fitting = next((at for at, item in enumerate(everything) if item.comparison.confirms), None)
    fits = "" if fitting is None else everything[fitting].name
    item = everything[doubted]
    if item.better is not None and (fitting is None or fitting > doubted):
        report.warning(None, SHAPE, _either_is_wrong(crs, item.better, item, fits))
    else:
        report.warning(None, SHAPE, _earlier_is_wrong(crs, item, fits))


def _codes(areas: Iterable[Area]) -> list[str]:
    return [area.code for area in areas]


def _by_place(found: NDArray[np.intp], small: Geometries, large: Geometries) -> None:
    """Fill in missing partners by position, for as many rows as a comparison needs."""
    open_rows = np.flatnonzero(found < 0)[:_MOST_BY_PLACE]
    if len(open_rows):
        found[open_rows] = mostly_inside(small[open_rows], large)


def _taken(shapes: Geometries, place: NDArray[np.intp]) -> Geometries:
    """The shape of each row, empty where it has none."""
    taken = np.full(len(place), _EMPTY, dtype=object)
    taken[place >= 0] = shapes[place[place >= 0]]
    return taken


def _either_is_wrong(crs: SourceCrs, better: BetterDatum, doubted: _Evidence, fits: str) -> str:
    also = f"(但与已载入的{fits}吻合)" if fits else ""
    return (
        f"坐标系疑似不是 {crs.label} 而是 {better.crs.label}:"
        f"按 {crs.label} 有 {better.present_misfit:.1%} {doubted.where},"
        f"按 {better.crs.label} 只有 {better.misfit:.1%}{also}。"
        f"也可能这份文件没错，是先前载入的{doubted.name}选错了坐标系。"
        "请两边都核对，再决定改选坐标系还是重新载入先前的。"
    )


def _earlier_is_wrong(crs: SourceCrs, doubted: _Evidence, fits: str) -> str:
    """Either the new layer fits what weighs more, or only another reading of the loaded fits."""
    but = f"与已载入的{fits}吻合，却" if fits else ""
    guess = ""
    if doubted.loaded is not None:
        guess = (
            f"；把{doubted.name}改按 {doubted.loaded.crs.label} 读，"
            f"只有 {doubted.loaded.misfit:.1%}"
        )
    return (
        f"先前载入的{doubted.name}疑似选错了坐标系:这份文件按 {crs.label} {but}"
        f"有 {doubted.comparison.present:.1%} {doubted.where}{guess}。"
        f"请核对先前载入的{doubted.name}和这份文件，需要时选对坐标系重新载入。"
    )
