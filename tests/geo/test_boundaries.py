"""Boundary files: five formats by content, and one clear refusal for everything else."""

import io
import json
import struct
import zipfile

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import topojson

from geo import boundaries, packed_layers
from geo.boundaries import layers_of, read_boundaries
from geo.errors import (
    BoundaryFileError,
    FileDamagedError,
    FileTooLargeError,
    FileTypeError,
    LayerChoiceError,
)
from tests.geo.shapes import EAST, WEST

CHINESE = ("西社区居民委员会", "东社区居民委员会")


@pytest.fixture
def frame():
    return gpd.GeoDataFrame(
        {"code": ["0101", "0102"], "name": CHINESE}, geometry=[WEST, EAST], crs=4326
    )


def zipped_shapefile(frame, folder, *, encoding="utf-8", without=(), extra=None):
    frame.to_file(folder / "村.shp", encoding=encoding)
    target = folder / "layer.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for part in sorted(folder.glob("村.*")):
            if part.suffix not in without:
                archive.write(part, f"边界/{part.name}")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return target


def write(frame, kind, folder):
    if kind == "GeoJSON":
        frame.to_file(folder / "x.geojson", driver="GeoJSON")
        return folder / "x.geojson"
    if kind == "GeoPackage":
        frame.to_file(folder / "x.gpkg", layer="areas")
        return folder / "x.gpkg"
    if kind == "GeoParquet":
        frame.to_parquet(folder / "x.parquet")
        return folder / "x.parquet"
    if kind == "TopoJSON":
        text = topojson.Topology(frame, prequantize=False, object_name="areas").to_json()
        (folder / "x.topojson").write_text(text, encoding="utf-8")
        return folder / "x.topojson"
    return zipped_shapefile(frame, folder)


@pytest.mark.parametrize("kind", ["GeoJSON", "TopoJSON", "GeoPackage", "GeoParquet", "Shapefile"])
def test_each_format_gives_the_same_rows_whatever_its_name(frame, kind, tmp_path):
    source = write(frame, kind, tmp_path)
    disguised = tmp_path / "upload.tmp"
    disguised.write_bytes(source.read_bytes())
    found = read_boundaries(disguised)
    assert found["code"].tolist() == ["0101", "0102"]
    assert found["name"].tolist() == list(CHINESE)
    assert shapely.equals(found.geometry.array, frame.geometry.array).all()
    assert found.crs is None
    assert found.attrs["format"] == kind
    assert found.geometry.name == "geometry"


def test_the_claimed_system_is_reported_not_applied(frame, tmp_path):
    frame.to_crs(4547).to_parquet(tmp_path / "x.parquet")
    found = read_boundaries(tmp_path / "x.parquet")
    assert found.attrs["claimed_crs"] == "EPSG:4547"
    assert found.total_bounds[1] > 1_000_000


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize("cpg", ["kept", "missing", "wrong"])
def test_chinese_attribute_tables_are_read_in_their_true_encoding(frame, encoding, cpg, tmp_path):
    without = () if cpg == "kept" else (".cpg",)
    extra = {"边界/村.cpg": "ISO-8859-1"} if cpg == "wrong" else None
    source = zipped_shapefile(frame, tmp_path, encoding=encoding, without=without, extra=extra)
    assert read_boundaries(source)["name"].tolist() == list(CHINESE)


def test_geojson_in_gbk_and_with_a_byte_order_mark(frame, tmp_path):
    text = frame.to_json(ensure_ascii=False)
    for data in (text.encode("gb18030"), b"\xef\xbb\xbf" + text.encode()):
        (tmp_path / "x.json").write_bytes(data)
        assert read_boundaries(tmp_path / "x.json")["name"].tolist() == list(CHINESE)


def test_rows_without_a_usable_geometry_are_kept_as_none(tmp_path):
    features = [
        {"type": "Feature", "properties": {"code": "1"}, "geometry": None},
        {
            "type": "Feature",
            "properties": {"code": "2"},
            "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        },
    ]
    content = {"type": "FeatureCollection", "features": features}
    (tmp_path / "x.json").write_text(json.dumps(content), encoding="utf-8")
    assert read_boundaries(tmp_path / "x.json").geometry.isna().all()


def packed(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "error", "part"),
    [
        (b"", FileDamagedError, "0 字节"),
        (b"code,name\n1,2\n", FileTypeError, "认不出"),
        (b"%PDF-1.7", FileTypeError, "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", FileTypeError, "旧版 Office"),
        (b"Rar!\x1a\x07", FileTypeError, "RAR"),
        (b"<?xml version='1.0'?><html/>", FileTypeError, "XML"),
        (b"<kml xmlns='http://www.opengis.net/kml/2.2'/>", FileDamagedError, "KML"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><kml>&a;</kml>", FileTypeError, "DOCTYPE"),
        (b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n", FileTypeError, "DXF.*面"),
        (b"AC1032" + bytes(20), FileTypeError, "DWG.*面"),
        (b"!table\n!version 300\n", FileTypeError, r"\.dat"),
        (b'Version 300\nCharset "Neutral"\n', FileTypeError, r"\.mid"),
        (b"\x00\x00\x27\x0a" + bytes(96), FileTypeError, "压缩成 zip"),
        (b"{}", FileTypeError, "不是 GeoJSON"),
        (b"[1, 2]", FileTypeError, "不是 GeoJSON"),
        (b'{"type": "FeatureCollection", "features": []}', FileDamagedError, "0 行"),
        (b'{"type": "FeatureCollection", "features": [', FileDamagedError, "第 1 行附近"),
        (b'{"x": \xff\xff}', FileDamagedError, "UTF-8"),
        (b"PK\x03\x04 cut off", FileDamagedError, "压缩包已损坏"),
        (packed({}), FileDamagedError, "压缩包是空的"),
        (packed({"xl/workbook.xml": "<x/>"}), FileTypeError, "Excel"),
        (packed({"说明.txt": "x"}), FileTypeError, "没有 .shp"),
        (packed({"a.shp": "x"}), FileDamagedError, "缺少 .shx、.dbf"),
        (packed({"a.shp": "x", "b.shp": "x"}), LayerChoiceError, "2 个图层"),
        (packed({"a.shp": "", "a.shx": "", "a.dbf": ""}), FileDamagedError, ".shp 文件为空"),
        (b"SQLite format 3\x00" + bytes(80), FileDamagedError, "GeoPackage"),
        (b"PAR1" + bytes(20), FileDamagedError, "GeoParquet"),
    ],
)
def test_other_files_are_refused_with_one_chinese_message(content, error, part, tmp_path):
    (tmp_path / "upload").write_bytes(content)
    with pytest.raises(error, match=part) as caught:
        read_boundaries(tmp_path / "upload")
    assert "\n" not in str(caught.value)


def drawn(name, west, more=""):
    ring = " ".join(f"{west + x},{y},12" for x, y in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0)))
    return (
        f"<Placemark><name>{name}</name>{more}<Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )


def kml():
    code = '<ExtendedData><Data name="代码"><value>350104001001</value></Data></ExtendedData>'
    pin = "<Placemark><name>标注</name><Point><coordinates>1,1</coordinates></Point></Placemark>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><name>边界</name>{drawn('顶上', 0)}<Folder><name>甲街道</name>"
        f"{drawn('一村', 1, code)}{pin}<Folder><name>里层</name>{drawn('二村', 2)}</Folder>"
        "</Folder></Document></kml>"
    )


@pytest.mark.parametrize("kind", ["kml", "gbk", "kmz"])
def test_a_kml_is_one_layer_with_its_folders_and_own_fields(kind, tmp_path):
    text = kml()
    content = text.encode() if kind == "kml" else text.replace("UTF-8", "GBK").encode("gbk")
    if kind == "kmz":
        content = packed({"doc.kml": text})
    (tmp_path / "x").write_bytes(content)
    found = read_boundaries(tmp_path / "x")
    assert found["Name"].tolist() == ["顶上", "一村", "标注", "二村"]
    assert found["文件夹"].tolist() == ["边界", "甲街道", "甲街道", "里层"]
    assert found["代码"].tolist()[1] == "350104001001"
    assert found.attrs["format"] == "KML"


@pytest.mark.parametrize("ending", ["tab", "mif"])
@pytest.mark.parametrize("charset", ["Neutral", "WindowsSimpChinese"])
def test_zipped_mapinfo_tables_in_gbk(frame, ending, charset, tmp_path):
    frame.to_file(tmp_path / f"村.{ending}", driver="MapInfo File", encoding="gbk")
    parts = {part.name: part.read_bytes() for part in tmp_path.iterdir()}
    head = f"村.{ending}"
    parts[head] = parts[head].replace(b"Neutral", charset.encode())
    (tmp_path / "x.zip").write_bytes(packed(parts))
    found = read_boundaries(tmp_path / "x.zip")
    assert found["name"].tolist() == list(CHINESE)
    assert found.attrs["format"] == f"MapInfo {ending.upper()}"


def test_a_mapinfo_table_that_leads_elsewhere_is_refused(frame, tmp_path):
    frame.to_file(tmp_path / "x.tab", driver="MapInfo File")
    parts = {part.name: part.read_bytes() for part in tmp_path.iterdir()}
    parts["x.tab"] += b'\nOpen Table "/etc/passwd"\n'
    (tmp_path / "x.zip").write_bytes(packed(parts))
    with pytest.raises(FileTypeError, match="指向别的表"):
        read_boundaries(tmp_path / "x.zip")


def test_esri_json_is_read(tmp_path):
    ring = [[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]
    content = {
        "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": 4490},
        "fields": [{"name": "名称", "type": "esriFieldTypeString"}],
        "features": [{"attributes": {"名称": "一村"}, "geometry": {"rings": [ring]}}],
    }
    (tmp_path / "x.json").write_text(json.dumps(content), encoding="utf-8")
    found = read_boundaries(tmp_path / "x.json")
    assert (found["名称"].tolist(), found.attrs["claimed_crs"]) == (["一村"], "EPSG:4490")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BoundaryFileError, match=r"找不到文件\(.*nothing"):
        read_boundaries(tmp_path / "nothing.geojson")


@pytest.mark.parametrize("kind", ["GeoJSON", "TopoJSON", "GeoPackage", "GeoParquet", "Shapefile"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_file_is_refused(frame, kind, share, tmp_path):
    content = write(frame, kind, tmp_path).read_bytes()
    (tmp_path / "cut").write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BoundaryFileError):
        read_boundaries(tmp_path / "cut")


@pytest.mark.parametrize("suffix", [".shp", ".dbf"])
def test_a_truncated_part_of_a_shapefile_is_refused(frame, suffix, tmp_path):
    source = zipped_shapefile(frame, tmp_path)
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    cut = {n: data[:-40] if n.endswith(suffix) else data for n, data in parts.items()}
    source.write_bytes(packed(cut))
    with pytest.raises(FileDamagedError, match=f"{suffix}.*不完整"):
        read_boundaries(source)


def test_several_layers_are_named(frame, tmp_path):
    frame.to_file(tmp_path / "x.gpkg", layer="villages")
    frame.to_file(tmp_path / "x.gpkg", layer="grids")
    with pytest.raises(LayerChoiceError, match="villages、grids") as caught:
        read_boundaries(tmp_path / "x.gpkg")
    assert caught.value.layers == layers_of(tmp_path / "x.gpkg") == ("villages", "grids")
    assert len(read_boundaries(tmp_path / "x.gpkg", "grids")) == 2
    with pytest.raises(LayerChoiceError, match="没有图层“towns”，只有：villages、grids"):
        read_boundaries(tmp_path / "x.gpkg", "towns")


def test_one_of_several_layers_in_an_archive_is_read(frame, tmp_path):
    for name, rows in (("村", frame), ("镇", frame[:1])):
        rows.to_file(tmp_path / f"{name}.shp", encoding="utf-8")
    parts = {part.name: part.read_bytes() for part in sorted(tmp_path.iterdir())}
    (tmp_path / "x.zip").write_bytes(packed(parts))
    assert layers_of(tmp_path / "x.zip") == ("村", "镇")
    assert len(read_boundaries(tmp_path / "x.zip", "镇")) == 1
    with pytest.raises(LayerChoiceError, match="2 个图层：村、镇"):
        read_boundaries(tmp_path / "x.zip")


def test_a_format_without_layers_has_none_to_choose(frame, tmp_path):
    assert layers_of(write(frame, "GeoJSON", tmp_path)) == ()


def test_a_table_without_shapes_is_refused(tmp_path):
    pd.DataFrame({"code": ["1"]}).to_parquet(tmp_path / "x.parquet")
    with pytest.raises(FileTypeError, match="没有图形列"):
        read_boundaries(tmp_path / "x.parquet")


def test_a_zip_bomb_stops_at_the_limit(frame, tmp_path, monkeypatch):
    bomb = {"边界/村.prj": bytes(3_000_000)}
    source = zipped_shapefile(frame, tmp_path, without=(".prj",), extra=bomb)
    monkeypatch.setattr(boundaries, "MAX_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(FileTooLargeError, match="解开后过大"):
        read_boundaries(source)


def test_limits_of_bytes_and_rows(frame, tmp_path, monkeypatch):
    source = write(frame, "GeoJSON", tmp_path)
    monkeypatch.setattr(boundaries, "MAX_ROWS", 1)
    with pytest.raises(FileTooLargeError, match="2 个要素"):
        read_boundaries(source)
    monkeypatch.setattr(boundaries, "MAX_FILE_BYTES", 10)
    with pytest.raises(FileTooLargeError, match="上限"):
        read_boundaries(source)


def test_an_encrypted_zip_is_refused(frame, tmp_path):
    source = zipped_shapefile(frame, tmp_path)
    data = bytearray(source.read_bytes())
    # Set the encryption flag of every local and central header.
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(magic)
        while at >= 0:
            flags = struct.unpack_from("<H", data, at + offset)[0]
            struct.pack_into("<H", data, at + offset, flags | 1)
            at = data.find(magic, at + 4)
    source.write_bytes(bytes(data))
    with pytest.raises(FileTypeError, match="密码"):
        read_boundaries(source)


def test_names_in_an_archive_are_never_paths(frame, tmp_path):
    source = zipped_shapefile(frame, tmp_path)
    with zipfile.ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    source.write_bytes(packed({f"../../{n}": data for n, data in parts.items()}))
    before = set(tmp_path.parent.rglob("*"))
    assert len(read_boundaries(source)) == 2
    assert set(tmp_path.parent.rglob("*")) == before


def test_a_table_in_neither_encoding_falls_back_to_the_declared_one(tmp_path):
    (tmp_path / "layer.dbf").write_bytes(bytes(32) + "é à ü ".encode("latin-1") * 20)
    assert packed_layers.table_encoding(tmp_path) == "latin-1"
    (tmp_path / "layer.cpg").write_text("cp1252", encoding="ascii")
    assert packed_layers.table_encoding(tmp_path) == "cp1252"
