"""The layers of a delivery of areas: what stands in its files, one part a level, largest first.

A file may hold one level, or several: as layers, or as rows whose codes have the length of each
level. Everything here is read only; `ledger.records.area_loading` loads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd

from geo.boundaries import layers_of, read_boundaries
from geo.codes import levels_of
from geo.errors import BoundaryFileError
from geo.findings import FIRST_ROW
from geo.levels import LEVEL_LABELS, LEVELS
from geo.validation import Fields
from ledger.domain.errors import Invalid, InvalidFile

ALL_LAYERS = "*"
_NAMED = 5


@dataclass(frozen=True)
class AreaFile:
    """A boundary file and how to read it: level, field names, CRS, code scheme.

    ``level`` None: each row's level is told by the length of its statistical code. ``layer`` names
    one of the file's layers, `ALL_LAYERS` takes each of them.
    """

    path: Path
    level: str | None
    fields: Fields
    crs: str
    scheme: str = "cn"
    merge_parts: bool = False
    layer: str | None = None


@dataclass(frozen=True)
class AreaLayer:
    """Areas of one level as a file has them: raw coordinates in ``crs``; the frame's index is each
    row's place in the file. ``source`` names it in messages."""

    frame: gpd.GeoDataFrame
    source: str
    level: str
    fields: Fields
    crs: str
    scheme: str = "cn"
    merge_parts: bool = False


@dataclass(frozen=True)
class Unplaced:
    """Rows of a file that belong to no level: left out where they lie above all of them, else an
    error. ``rows`` count as `geo.findings.Finding` does."""

    source: str
    rows: tuple[int, ...]
    message: str
    harmless: bool


def columns_of(path: Path, layer: str | None = None) -> list[str]:
    """The names of the columns of a boundary file, without the one of its shapes.

    ``layer`` as in `AreaFile`; the columns that all layers have, for `ALL_LAYERS`.

    Raises
    ------
    InvalidFile
        If the file cannot be read.
    """
    names: list[str] | None = None
    for _, frame in _frames(path, layer):
        here = [str(name) for name in frame.columns if name != frame.geometry.name]
        names = here if names is None else [name for name in names if name in here]
    return names or []


def layers_in(path: Path) -> tuple[str, ...]:
    """The names of the file's layers; empty where the format has none.

    Raises
    ------
    InvalidFile
        If the file cannot be read.
    """
    try:
        return layers_of(path)
    except BoundaryFileError as error:
        raise InvalidFile(str(error), path.name) from error


def read_layers(files: Sequence[AreaFile]) -> tuple[list[AreaLayer], list[Unplaced]]:
    """The layers of some files, those of larger levels first, and the rows that are in none.

    Raises
    ------
    Invalid
        If a level does not exist, or is to be told by codes of an office's own.
    InvalidFile
        If a file cannot be read.
    """
    layers: list[AreaLayer] = []
    unplaced: list[Unplaced] = []
    for file in files:
        if file.level is not None and file.level not in LEVELS:
            raise Invalid(f"层级“{file.level}”无法识别，只能是：{'、'.join(LEVELS)}")
        for name, frame in _frames(file.path, file.layer):
            whole = AreaLayer(
                frame,
                f"图层“{name}”" if name else f"“{file.path.name}”",
                file.level or "",
                file.fields,
                file.crs,
                file.scheme,
                file.merge_parts,
            )
            parts, lost = split(whole)
            layers += parts
            unplaced += lost
    return sorted(layers, key=lambda layer: LEVELS.index(layer.level)), unplaced


def split(layer: AreaLayer) -> tuple[list[AreaLayer], list[Unplaced]]:
    """The layer itself if its level is known, else one part for each level among its codes.

    Raises `Invalid` for codes of an office's own, which tell no level.
    """
    if not layer.level and layer.scheme != "cn":
        raise Invalid("自编代码看不出层级，请逐个层级载入")
    if layer.level or layer.fields.code not in layer.frame.columns:
        return [replace(layer, level=layer.level or LEVELS[0])], []
    codes = layer.frame[layer.fields.code]
    levels = levels_of(codes)
    # A city without counties stands above its townships itself.
    texts = codes.astype("string").fillna("").str.strip()
    parents = {code[:6] for code, level in zip(texts, levels, strict=True) if level == "township"}
    for place, (code, level) in enumerate(zip(texts, levels, strict=True)):
        if level is None and code[:6] in parents and code[6:].strip("0") == "":
            levels[place] = "county"
    parts = [
        replace(
            layer,
            frame=_with_attrs(layer.frame[[one == level for one in levels]], layer.frame),
            level=level,
            source=f"{layer.source}的{LEVEL_LABELS[level]}",
        )
        for level in LEVELS
        if level in levels
    ]
    lost = [place for place, level in enumerate(levels) if level is None]
    above = [place for place in lost if _above_counties(texts.iloc[place])]
    others = [place for place in lost if place not in set(above)]
    return parts, [
        *_unplaced(layer, above, "是市级以上的区域，本系统从县(区)开始，已跳过", harmless=True),
        *_unplaced(
            layer, others, "的代码看不出层级，应为 6、9、12 或 15 位数字，请改正", harmless=False
        ),
    ]


def _above_counties(code: str) -> bool:
    return len(code) >= 2 and code.isdigit() and code[2:].strip("0") in ("", code[2:4].strip("0"))


def _unplaced(
    layer: AreaLayer, places: Sequence[int], words: str, *, harmless: bool
) -> Iterator[Unplaced]:
    if not places:
        return
    rows = tuple(int(layer.frame.index[place]) + FIRST_ROW for place in places)
    codes = [str(layer.frame[layer.fields.code].iloc[place])[:40] for place in places[:_NAMED]]
    more = f" 等 {len(places)} 行" if len(places) > _NAMED else ""
    yield Unplaced(layer.source, rows, f"{'、'.join(codes)}{more}{words}。", harmless)


def _with_attrs(part: gpd.GeoDataFrame, whole: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    part.attrs = dict(whole.attrs)
    return part


def _frames(path: Path, layer: str | None) -> Iterator[tuple[str, gpd.GeoDataFrame]]:
    """The frames of the layers that are asked for; the name is empty where there is one alone."""
    names: Iterable[str | None] = [layer]
    if layer == ALL_LAYERS:
        names = layers_in(path) or [None]
    try:
        for name in names:
            yield name or "", read_boundaries(path, name)
    except BoundaryFileError as error:
        raise InvalidFile(str(error), path.name) from error
