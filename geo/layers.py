"""Elements for folium maps that work without internet and carry values, not shapes.

Polygons inside the page take seconds, so an element holds the address of its GeoJSON, and the
browser fetches it once. Each run sends only ``{code: class}`` and words. The elements are in a
`Group` that is passed to streamlit-folium as ``feature_group_to_add``: a changed group is evaluated
again in the same frame, and the scripts there (``areas.js``, ``points.js``) keep what is unchanged,
so zoom and pan stay.

Scripts and styles have fixed addresses under ``/assets``: the application serves them itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlencode

import branca.element
import folium

from geo.map_elements import Element

Bounds = tuple[float, float, float, float]

# Every map makes a figure, and every figure compiled the same line of HTML anew.
_compiled: Any = lru_cache(maxsize=64)(cast("Any", vars(branca.element)["Template"]))
vars(branca.element)["Template"] = _compiled

# Where the map starts does not matter: a `View` moves it before anything is drawn. It must be
# the same on every run, since streamlit-folium mounts a new map when the script differs.
_ANYWHERE = (0.0, 0.0)


class OfflineMap(folium.Map):
    """A map without tiles, whose scripts and styles all come from this server.

    ``fetch_first`` are addresses that the browser asks for while it still reads the scripts.
    Vectors go on a canvas. Zoom buttons with Chinese titles, the scale and a way back to the
    whole area are added by ``areas.js``; there is no attribution line of Leaflet's own.
    """

    default_js = [  # noqa: RUF012 - folium's own declaration is a list of the class
        ("ledger_areas", "/assets/app/areas.js"),
        # Leaflet; areas.js asks for what the institutions need once the areas are drawn.
        ("ledger_map", "/assets/map/map.js"),
    ]
    default_css = [("ledger_map_css", "/assets/map/map.css")]  # noqa: RUF012

    def __init__(self, fetch_first: Sequence[str] = ()) -> None:
        super().__init__(
            location=_ANYWHERE,
            zoom_start=2,
            tiles=None,
            prefer_canvas=True,
            zoom_control=False,
            attribution_control=False,
            zoom_snap=0.25,
        )
        if fetch_first:
            (name, address), *others = self.default_js
            query = urlencode([("first", url) for url in fetch_first])
            self.default_js = [(name, f"{address}?{query}"), *others]

    def render(self, **kwargs: Any) -> str:
        """Return an empty text, as `Scripted` does; styles are in ``areas.css``."""
        return ""


@dataclass(frozen=True)
class Tiles:
    """A basemap: an address with ``{z}``, ``{x}`` and ``{y}``, and who made it.

    ``deepest`` is the last level that the server has; ``subdomains`` fill ``{s}``.
    """

    template: str
    credit: str = ""
    deepest: int = 18
    subdomains: str = "abc"


class View(Element):
    """What the map is moved to, once per ``key``.

    Parameters
    ----------
    key
        Names the area shown. The same key again leaves zoom and pan as the user has them.
    bounds
        West, south, east, north in degrees, in the datum of the basemap.
    """

    def __init__(self, key: str, bounds: Bounds, tiles: Tiles | None = None) -> None:
        west, south, east, north = bounds
        specification: dict[str, Any] = {"key": key, "bounds": [[south, west], [north, east]]}
        if tiles is not None:
            specification["tiles"] = tiles.__dict__
        super().__init__("view", specification)


@dataclass(frozen=True)
class ValueClass:
    """How areas of one class look: a colour, or a hatch in it, and the word for the class."""

    fill: str
    word: str
    hatch: bool = False
    opacity: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The fields that differ from their defaults, for the browser."""
        full = {"fill": self.fill, "word": self.word, "hatch": self.hatch, "opacity": self.opacity}
        return {key: value for key, value in full.items() if value not in (False, None)}


# What areas.js takes where nothing is told.
_USUAL: Mapping[str, object] = {"labels": True, "interactive": True, "opacity": 0.72, "weight": 1.0}


class AreaLayer(Element):
    """Areas coloured by class.

    Parameters
    ----------
    url
        Address of a GeoJSON collection whose features have ``code`` and ``name``. The browser
        fetches it once; a changed address is a changed picture.
    values
        Area code → key in ``styles``. Areas not named have the class ``fallback``.
    styles
        Class key → look and word.
    notes
        Area code → lines of its tooltip, under its name. Without an entry: the class's word.
    signs
        Area code → word written on the map under the name, so that colour never stands alone.
    labels
        Write names on the map while there are few areas.
    chosen
        The area with a thick border.
    interactive
        Whether a click is reported, as properties ``{kind: "area", code, n}``.
    """

    def __init__(
        self,
        url: str,
        values: Mapping[str, str],
        styles: Mapping[str, ValueClass],
        *,
        fallback: str,
        notes: Mapping[str, Sequence[str]] | None = None,
        signs: Mapping[str, str] | None = None,
        labels: bool = True,
        chosen: str | None = None,
        interactive: bool = True,
        opacity: float = 0.72,
        weight: float = 1.0,
    ) -> None:
        unknown = {fallback, *values.values()} - styles.keys()
        if unknown:
            raise ValueError(f"classes without a style: {', '.join(sorted(unknown))}")
        drawn = {
            "labels": labels,
            "interactive": interactive,
            "opacity": opacity,
            "weight": weight,
        }
        super().__init__(
            "areas",
            {
                "url": url,
                "values": dict(values),
                "fallback": fallback,
                "styles": {key: style.as_json() for key, style in styles.items()},
                "notes": {code: list(words) for code, words in (notes or {}).items()},
                "signs": dict(signs or {}),
                "chosen": chosen,
                **{key: value for key, value in drawn.items() if value != _USUAL[key]},
            },
        )


@dataclass(frozen=True)
class PointClass:
    """How points of one class look: colour, a sign in it (``ink`` is its colour), a word.

    ``ring`` is the colour around a cluster, where it differs from ``fill``.
    """

    fill: str
    sign: str
    word: str
    ink: str = "#FFFFFF"
    hatch: bool = False
    ring: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The fields for the browser, without those that say nothing or what is usual."""
        usual = {"word": self.sign, "ink": "#FFFFFF"}
        return {
            key: value
            for key, value in self.__dict__.items()
            if value not in (False, None, usual.get(key))
        }


Point = tuple[int, float, float, str | None, str]


class PointLayer(Element):
    """Points with a sign in them, clustered when dense.

    Parameters
    ----------
    source
        Address of ``{"points": [[id, lon, lat, class, name], …]}``, or such points themselves.
    styles
        Class key → look; the key ``""`` is for points without a class.
    order
        Class keys, worst first: a cluster wears the worst one's colour and word.
    chosen
        The id of the point with a ring.
    interactive
        Whether a click is reported, as properties ``{kind: "institution", id, n}``.
    """

    def __init__(
        self,
        source: str | Sequence[Point],
        styles: Mapping[str, PointClass],
        order: Sequence[str],
        *,
        chosen: int | None = None,
        cluster: bool = True,
        interactive: bool = True,
    ) -> None:
        place = {"url": source} if isinstance(source, str) else {"items": [list(p) for p in source]}
        super().__init__(
            "points",
            {
                **place,
                "styles": {key: style.as_json() for key, style in styles.items()},
                "order": list(order),
                "chosen": chosen,
                "cluster": None if cluster else False,
                "interactive": None if interactive else False,
            },
        )


class BackdropLayer(Element):
    """Roads and water in muted greys under the areas; not clickable.

    ``url`` gives GeoJSON features with ``kind`` (road, water) and optionally a finer ``class``.
    """

    def __init__(self, url: str) -> None:
        super().__init__("backdrop", {"url": url})
