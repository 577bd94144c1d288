"""Views of a PostgreSQL database with PostGIS that QGIS opens as layers.

Schema ``gis``: ``areas`` (polygons) and ``institutions`` (points), WGS84 (EPSG:4326), those in
force and not deleted. Protected columns are not in them. Who may read the views is granted by the
database's administrator; the application's rights do not reach there.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from ledger.storage import tables

# Tables of PostGIS itself, which are nobody's data.
FOREIGN = frozenset({"spatial_ref_sys"})
_INSTALLED = "SELECT 1 FROM pg_extension WHERE extname = 'postgis'"
_AREAS = f"""
CREATE VIEW gis.areas AS
SELECT id, code, name, level, parent_code, path, population, elderly,
       ST_Multi(ST_CollectionExtract(ST_GeomFromWKB(geometry, 4326), 3))
           ::geometry(MultiPolygon, 4326) AS geom
FROM {tables.areas.name}
WHERE valid_to IS NULL OR valid_to > current_date
"""  # noqa: S608 - our own name
_INSTITUTIONS = f"""
CREATE VIEW gis.institutions AS
SELECT id, number, name, kind, tier, filing, area_code, area_path, beds, residents, updated_at,
       ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geometry(Point, 4326) AS geom
FROM {tables.institutions.name}
WHERE NOT deleted AND lon IS NOT NULL AND lat IS NOT NULL
"""  # noqa: S608 - our own name


def drop_views(connection: Connection) -> None:
    """Before the tables below them change."""
    for view in ("areas", "institutions"):
        connection.execute(text(f"DROP VIEW IF EXISTS gis.{view}"))  # nothing without the schema


def make_views(connection: Connection) -> bool:
    """Make the views anew where PostGIS is installed in the database; says whether it is.

    Rights that were granted on them last as long as they; grant rights on the schema's default
    privileges to have them on new ones too.
    """
    if connection.execute(text(_INSTALLED)).first() is None:
        return False
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS gis"))
    drop_views(connection)
    connection.execute(text(_AREAS))
    connection.execute(text(_INSTITUTIONS))
    return True
