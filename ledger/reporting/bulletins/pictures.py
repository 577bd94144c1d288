"""Maps and charts of a bulletin, drawn on the server without a browser, as PNG.

Papers are copied in black and white: every class of a map has a hatch of its own beside its
colour, every line of a chart a marker and a dash.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Patch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from ledger.reporting.bulletins.fonts import chinese_font

# A map beside a table on one page, in millimetres.
MAP_WIDTH = 125
_INCH = 25.4
_DPI = 200
_EDGE, _BORDER, _TEXT = "#8A929C", "#3A424C", "#20262E"
_LINES = (("#1F4E8C", "o", "-"), ("#5A6572", "s", "--"), ("#7B3294", "^", ":"))
_MOST_NAMES = 30
_MOST_BESIDE = 4


@dataclass(frozen=True)
class Class:
    """One class of a map: its word, colour and hatch."""

    label: str
    colour: str
    hatch: str = ""


@dataclass(frozen=True)
class Shape:
    """One area of a map: its shape in degrees (WGS84), its class, and a name to write on it."""

    geometry: Any
    klass: str
    name: str = ""


def map_picture(
    shapes: Sequence[Shape],
    classes: Mapping[str, Class],
    borders: Sequence[Shape] = (),
    *,
    size: tuple[float, float] = (MAP_WIDTH, 88),
) -> bytes:
    """Areas coloured by class, with a legend of all classes; ``size`` in millimetres.

    ``borders`` are drawn as outlines above, with their names; without any the areas bear their
    own names, as long as they are few.

    Raises
    ------
    Unequipped
        Without a Chinese font.
    """
    font = chinese_font()
    figure, axes = _sheet(size)
    finest = _finest([shape.geometry for shape in (*shapes, *borders)], size)
    for key, look in classes.items():
        own = [shape.geometry for shape in shapes if shape.klass == key]
        _draw(axes, own, finest, facecolor=look.colour, edgecolor=_EDGE, hatch=look.hatch, lw=0.4)
    outlines = [shape.geometry for shape in borders]
    _draw(axes, outlines, finest, facecolor="none", edgecolor=_BORDER, hatch="", lw=1.1)
    _frame(axes, [shape.geometry for shape in (*shapes, *borders)])
    counts = {key: sum(shape.klass == key for shape in shapes) for key in classes}
    handles = [
        Patch(facecolor=look.colour, edgecolor=_EDGE, hatch=look.hatch, label=f"{look.label}({n})")
        for key, look in classes.items()
        if (n := counts[key]) or not shapes
    ]
    legend = figure.legend(
        handles=handles,
        loc="lower center",
        ncols=len(handles) if len(handles) <= _MOST_BESIDE else -(-len(handles) // 2),
        prop=_sized(font, 8.5),
        frameon=False,
        handleheight=1.3,
        handletextpad=0.5,
        columnspacing=1.2,
    )
    legend.set_in_layout(False)
    figure.subplots_adjust(left=0.01, right=0.99, top=0.99, bottom=0.16)
    named = [shape for shape in (borders or shapes) if shape.name]
    if len(named) <= _MOST_NAMES:
        _write_names(axes, named, font)
    return _png(figure)


def trend_picture(
    labels: Sequence[str],
    lines: Mapping[str, Sequence[int | None]],
    *,
    size: tuple[float, float] = (150, 70),
) -> bytes:
    """One line per name over the periods; gaps where there is no data. The last value is named."""
    font = chinese_font()
    figure, axes = _sheet(size)
    places = np.arange(len(labels))
    for (name, values), (colour, marker, dash) in zip(lines.items(), _LINES, strict=False):
        known = np.array([np.nan if value is None else float(value) for value in values])
        axes.plot(places, known, color=colour, marker=marker, ls=dash, lw=1.6, ms=4.5, label=name)
        if values and values[-1] is not None:
            axes.annotate(
                f"{values[-1]:,}",
                (places[-1], known[-1]),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontproperties=_sized(font, 8.5),
                color=colour,
            )
    axes.set_xticks(places, list(labels), fontproperties=_sized(font, 7.5), rotation=30, ha="right")
    axes.margins(y=0.12)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    _plain_axes(axes, font)
    axes.legend(
        prop=_sized(font, 8.5), frameon=False, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=3
    )
    figure.subplots_adjust(left=0.07, right=0.95, top=0.88, bottom=0.23)
    return _png(figure)


def ranking_picture(values: Mapping[str, int], *, unit: str, width: float = 150) -> bytes:
    """Bars from the longest to the shortest, each with its number."""
    font = chinese_font()
    ordered = sorted(values.items(), key=lambda item: (item[1], item[0]))
    height = 16 + 6.5 * max(len(ordered), 2)
    figure, axes = _sheet((width, height))
    places = np.arange(len(ordered))
    bars = axes.barh(places, [value for _, value in ordered], color="#1F4E8C", height=0.62)
    axes.bar_label(
        bars,
        [f"{value:,}{unit}" for _, value in ordered],
        padding=3,
        fontproperties=_sized(font, 8.5),
    )
    axes.set_yticks(places, [name for name, _ in ordered], fontproperties=_sized(font, 8.5))
    axes.xaxis.set_visible(False)
    axes.margins(x=0.12)
    _plain_axes(axes, font, lines=False)
    figure.subplots_adjust(left=0.22, right=0.97, top=0.97, bottom=0.05)
    return _png(figure)


def _sheet(size: tuple[float, float]) -> tuple[Figure, Axes]:
    """An empty picture of that many millimetres; no state is shared with other threads."""
    figure = Figure(figsize=(size[0] / _INCH, size[1] / _INCH), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def _png(figure: Figure) -> bytes:
    written = io.BytesIO()
    figure.savefig(written, format="png", metadata={"Software": None})
    return written.getvalue()


def _sized(font: FontProperties, points: float) -> FontProperties:
    copy = font.copy()
    copy.set_size(points)
    return copy


def _finest(geometries: Sequence[Any], size: tuple[float, float]) -> float:
    """Degrees that are a third of a dot on paper: finer bends cost time and cannot be seen."""
    west, south, east, north = shapely.total_bounds(np.array(geometries, dtype=object))
    dots = max(size) / _INCH * _DPI
    return float(max(east - west, north - south) / dots / 3)


def _draw(
    axes: Axes, geometries: Sequence[Any], finest: float, *, hatch: str, lw: float, **colours: str
) -> None:
    """Polygons of one look at once; point by point they would take seconds."""
    paths = []
    for part in shapely.get_parts(np.array(geometries, dtype=object)):
        if part.geom_type != "Polygon" or part.is_empty:
            continue
        drawn = part.simplify(finest)
        rings = [drawn.exterior, *drawn.interiors]
        paths.append(Path.make_compound_path(*(Path(r.coords, closed=True) for r in rings)))
    if paths:
        drawing = PathCollection(paths, hatch=hatch or None, linewidths=lw, **colours)
        axes.add_collection(drawing, autolim=False)


def _frame(axes: Axes, geometries: Sequence[Any]) -> None:
    """All of it in view, a degree east as long as it is at that latitude."""
    west, south, east, north = shapely.total_bounds(np.array(geometries, dtype=object))
    if np.isfinite([west, south, east, north]).all():
        edge = max(east - west, north - south) * 0.02
        axes.set_xlim(west - edge, east + edge)
        axes.set_ylim(south - edge, north + edge)
        axes.set_aspect(1 / max(cos(radians((south + north) / 2)), 0.1))
    axes.set_axis_off()


def _write_names(axes: Axes, shapes: Sequence[Shape], font: FontProperties) -> None:
    """The largest areas first; a name that would cover another one is left out."""
    figure = axes.get_figure(root=True)
    assert figure is not None  # noqa: S101 -- the axes were made on one
    taken: list[Bbox] = []
    for shape in sorted(shapes, key=lambda one: -one.geometry.area):
        if shape.geometry.is_empty:
            continue
        point = shapely.point_on_surface(shape.geometry)
        text = axes.text(
            point.x,
            point.y,
            shape.name,
            ha="center",
            va="center",
            fontproperties=_sized(font, 8),
            color=_TEXT,
        )
        text.set_bbox({"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.8})
        box = text.get_window_extent(figure.canvas.get_renderer())  # type: ignore[attr-defined]
        if any(box.overlaps(other) for other in taken):
            text.remove()
        else:
            taken.append(box)


def _plain_axes(axes: Axes, font: FontProperties, *, lines: bool = True) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_EDGE)
    axes.tick_params(length=0, colors=_TEXT)
    if lines:
        axes.yaxis.grid(True, color="#DDE1E6", lw=0.7)
        axes.set_axisbelow(True)
        for label in axes.get_yticklabels():
            label.set_fontproperties(_sized(font, 8))
