"""Tables with shapes as files for map programs: GeoJSON and GeoPackage, WGS84."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geo.gdal import pyogrio
from ledger.exchange.writing.table import Cell, Field, Table

# Names that GeoPackage keeps for itself.
_RESERVED = frozenset({"fid", "geom", "geometry"})


def geojson(table: Table) -> bytes:
    """A FeatureCollection; records without a position have a null geometry (RFC 7946)."""
    headers = [field.header for field in table.fields]
    geometries = [
        None if shape is None else json.loads(shapely.to_geojson(shape))
        for shape in table.shapes or ()
    ]
    features = [
        {
            "type": "Feature",
            "geometry": geometry,
            "properties": dict(zip(headers, map(_plain, row), strict=True)),
        }
        for row, geometry in zip(table.rows, geometries, strict=True)
    ]
    collection = {"type": "FeatureCollection", "name": table.title, "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def geopackage(table: Table) -> bytes:
    """A GeoPackage with one layer named after the title."""
    shapes = list(table.shapes or ())
    columns = {
        _free(field.header): _column(field, [row[at] for row in table.rows])
        for at, field in enumerate(table.fields)
    }
    frame = gpd.GeoDataFrame(pd.DataFrame(columns), geometry=shapes, crs="EPSG:4326")
    kind = "Point" if all(shape is None or shape.geom_type == "Point" for shape in shapes) else None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "export.gpkg"
        pyogrio.write_dataframe(
            frame,
            file,
            layer=table.title,
            driver="GPKG",
            geometry_type=kind or "MultiPolygon",
            promote_to_multi=kind is None,
        )
        return file.read_bytes()


def _free(header: str) -> str:
    return f"{header}_" if header.casefold() in _RESERVED else header


def _plain(cell: Cell) -> Cell:
    return cell.isoformat() if isinstance(cell, date) else cell


def _column(field: Field, cells: list[Cell]) -> pd.Series[Any]:
    if field.kind == "integer":
        return pd.Series(cells, dtype="Int64")
    if field.kind in ("number", "money", "position"):
        return pd.Series(cells, dtype="float64")
    return pd.Series([_plain(cell) for cell in cells], dtype="str")
