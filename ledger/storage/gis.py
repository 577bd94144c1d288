"""Views of a PostgreSQL database with PostGIS that QGIS opens as layers.

Schema ``gis``, in WGS84 (EPSG:4326): ``areas`` (polygons; those in force today) and
``institutions`` (points; deleted ones and those without coordinates are left out).
Protected columns are not in them. The database's administrator grants the right to read the views;
roles and scopes of the application do not apply to them.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from ledger.storage import tables

# Tables that PostGIS makes itself; they hold no data of the office.
FOREIGN = frozenset({"spatial_ref_sys"})
_INSTALLED = "SELECT 1 FROM pg_extension WHERE extname = 'postgis'"
_AREAS = f"""
CREATE VIEW gis.areas AS
SELECT id, code, name, level, parent_code, path, population, elderly,
       ST_Multi(ST_CollectionExtract(ST_GeomFromWKB(geometry, 4326), 3))
           ::geometry(MultiPolygon, 4326) AS geom
FROM {tables.areas.name}
WHERE (valid_from IS NULL OR valid_from <= current_date)
  AND (valid_to IS NULL OR valid_to > current_date)
"""  # noqa: S608 - our own name
_INSTITUTIONS = f"""
CREATE VIEW gis.institutions AS
SELECT id, number, name, kind, tier, filing, area_code, area_path, beds, residents, updated_at,
       ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geometry(Point, 4326) AS geom
FROM {tables.institutions.name}
WHERE NOT deleted AND lon IS NOT NULL AND lat IS NOT NULL
"""  # noqa: S608 - our own name


def drop_views(connection: Connection) -> None:
    """Drop both views, where they exist: needed before their tables are changed."""
    for view in ("areas", "institutions"):
        connection.execute(text(f"DROP VIEW IF EXISTS gis.{view}"))  # nothing without the schema


def make_views(connection: Connection) -> bool:
    """Replace the views if PostGIS is installed in the database; returns whether it is.

    Rights granted on the views are lost with the old views. Default privileges of the schema also
    apply to new ones.
    """
    if connection.execute(text(_INSTALLED)).first() is None:
        return False
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS gis"))
    drop_views(connection)
    connection.execute(text(_AREAS))
    connection.execute(text(_INSTITUTIONS))
    return True
