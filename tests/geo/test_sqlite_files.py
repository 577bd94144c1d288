"""Foreign SQLite files: nothing in them runs, and what could run is refused by name."""

import sqlite3

import geopandas as gpd
import pytest

from geo.boundaries import read_boundaries
from geo.errors import FileDamagedError, FileTypeError
from geo.mbtiles import check_mbtiles, deepest_level, read_tile
from geo.sqlite_files import check_geopackage
from tests.geo.shapes import EAST, WEST

PNG = b"\x89PNG\r\n\x1a\n"
TILES = "CREATE TABLE {} (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)"


@pytest.fixture
def package(tmp_path):
    """A GeoPackage as GDAL writes it: spatial index, triggers and all."""
    frame = gpd.GeoDataFrame({"code": ["01", "02"]}, geometry=[WEST, EAST], crs=4326)
    frame.to_file(tmp_path / "x.gpkg", layer="areas")
    return tmp_path / "x.gpkg"


def run(path, *statements):
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def schema_of(path, name, sql):
    """Put a statement into the schema that SQLite itself would not take."""
    return run(
        path,
        "PRAGMA writable_schema=ON",
        "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) "
        f"VALUES ('table', '{name}', '{name}', 0, '{sql}')",
    )


def test_a_geopackage_as_programs_write_it_is_read(package):
    check_geopackage(package)
    assert read_boundaries(package)["code"].tolist() == ["01", "02"]


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("CREATE VIEW v AS SELECT * FROM areas", "视图“v”"),
        ("CREATE TRIGGER t AFTER INSERT ON areas BEGIN DELETE FROM areas; END", "触发器“t”"),
        ("CREATE VIRTUAL TABLE f USING fts5(a)", "虚拟表“f”"),
        ("CREATE VIRTUAL TABLE rtree_x USING fts5(a)", "虚拟表“rtree_x”"),
        ("CREATE TABLE g (a, b GENERATED ALWAYS AS (a || 1) VIRTUAL)", "计算列“g.b”"),
        ("CREATE TABLE g (a, b GENERATED ALWAYS AS (a || 1) STORED)", "计算列“g.b”"),
    ],
)
def test_what_would_run_when_somebody_reads_is_refused_by_name(package, statement, named):
    with pytest.raises(FileTypeError, match=named):
        read_boundaries(run(package, statement))


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIRTUAL TABLE o USING VirtualOGR(''/etc/passwd'')",
        "create /* */ virtual table o using VirtualOGR(''/etc/passwd'')",
        "CREATE VIRTUAL TABLE rtree_o USING VirtualOGR(''/etc/passwd'')",
    ],
)
def test_a_virtual_table_that_only_gdal_knows_is_refused(package, sql):
    name = "rtree_o" if "rtree" in sql else "o"
    with pytest.raises((FileTypeError, FileDamagedError), match=r"虚拟表|已损坏"):
        check_geopackage(schema_of(package, name, sql))


def test_an_ordinary_database_is_no_geopackage(tmp_path):
    with pytest.raises(FileTypeError, match="gpkg_contents"):
        check_geopackage(run(tmp_path / "x.db", "CREATE TABLE a (b)"))


def test_a_log_beside_the_file_is_not_taken_for_a_part_of_it(package):
    (package.parent / "x.gpkg-wal").write_bytes(b"a log of something else")
    assert len(read_boundaries(package)) == 2
    assert sorted(path.name for path in package.parent.iterdir()) == ["x.gpkg", "x.gpkg-wal"]


def tile_file(path, *statements):
    return run(path, *statements)


def test_tiles_are_read_from_a_table_and_from_a_view_over_tables(tmp_path):
    plain = run(
        tmp_path / "plain.mbtiles",
        TILES.format("tiles"),
        f"INSERT INTO tiles VALUES (1, 0, 1, x'{PNG.hex()}')",
    )
    joined = run(
        tmp_path / "joined.mbtiles",
        "CREATE TABLE map (zoom_level INT, tile_column INT, tile_row INT, tile_id TEXT)",
        "CREATE TABLE images (tile_id TEXT, tile_data BLOB)",
        "INSERT INTO map VALUES (1, 0, 1, 'a')",
        f"INSERT INTO images VALUES ('a', x'{PNG.hex()}')",
        "CREATE VIEW tiles AS SELECT map.zoom_level AS zoom_level, map.tile_column AS tile_column, "
        "map.tile_row AS tile_row, images.tile_data AS tile_data "
        "FROM map JOIN images ON images.tile_id = map.tile_id",
    )
    for path in (plain, joined):
        check_mbtiles(path)
        assert read_tile(path, 1, 0, 0) == PNG
        assert read_tile(path, 1, 1, 0) is None
        assert deepest_level(path) == 1


@pytest.mark.parametrize(
    "view",
    [
        "SELECT 1 AS zoom_level, 0 AS tile_column, 1 AS tile_row, hex(randomblob(9)) AS tile_data",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS zoom_level, "
        "0 AS tile_column, 0 AS tile_row, i AS tile_data FROM n",
        "SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, sql AS tile_data "
        "FROM sqlite_master",
        "SELECT 0 AS zoom_level, 0 AS tile_column, 0 AS tile_row, value AS tile_data "
        "FROM json_each('[1]')",
    ],
)
def test_a_view_of_tiles_that_does_more_than_read_tables_is_refused(tmp_path, view):
    path = run(tmp_path / "x.mbtiles", f"CREATE VIEW tiles AS {view}")
    with pytest.raises(FileTypeError, match="瓦片表"):
        check_mbtiles(path)
    assert read_tile(path, 0, 0, 0) is None


def test_a_virtual_table_is_no_table_of_tiles(tmp_path):
    path = run(
        tmp_path / "x.mbtiles",
        "CREATE VIRTUAL TABLE tiles USING fts5(zoom_level, tile_column, tile_row, tile_data)",
    )
    assert read_tile(path, 0, 0, 0) is None


def test_other_files_hold_no_tiles(tmp_path):
    (tmp_path / "text").write_bytes(b"not a database")
    (tmp_path / "cut").write_bytes(b"SQLite format 3\x00" + bytes(50))
    other = run(tmp_path / "other", "CREATE TABLE a (b)")
    for path in (tmp_path / "text", tmp_path / "cut"):
        with pytest.raises(FileDamagedError):
            check_mbtiles(path)
        assert read_tile(path, 0, 0, 0) is None
    with pytest.raises(FileTypeError):
        check_mbtiles(other)
