"""What a JSON file is, by its outermost object alone, and coordinate systems that are links."""

import json

import pytest

from geo.errors import FileDamagedError, FileTypeError
from geo.json_files import as_utf8, json_driver, refuse_remote_crs, top_level

INSIDE = {"x": {"type": "FeatureCollection"}}


def kind_of(path):
    return top_level(path, ("type",)).get("type")


def written(folder, content):
    path = folder / "x.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"type": "FeatureCollection", "features": []}, "FeatureCollection"),
        ({**INSIDE, "type": "gdal_streamed_alg"}, "gdal_streamed_alg"),
        ({"a": '{"type":"FeatureCollection"}', "type": "Topology"}, "Topology"),
        ({"a": [[[1, 2], ["}", "]", '"']]], "n": -1.5e3, "b": None, "type": "Feature"}, "Feature"),
        (INSIDE, None),
        ({}, None),
        ({"type": {"type": "FeatureCollection"}}, {"type": "FeatureCollection"}),
        (b'\xef\xbb\xbf {"\\u0074ype" : "Polygon"}', "Polygon"),
        (b'{"a":"\\\\","type":"Polygon"', "Polygon"),
    ],
)  # fmt: skip
def test_the_type_is_that_of_the_outermost_object(content, kind, tmp_path):
    assert kind_of(written(tmp_path, content)) == kind


@pytest.mark.parametrize(
    ("content", "error", "part"),
    [
        (b"[1, 2]", FileTypeError, "顶层应有"),
        (b'"type"', FileTypeError, "顶层应有"),
        (b'{"a": 1,\n "b" 2}', FileDamagedError, "第 2 行"),
        (b'{"a": 1 "type": "Feature"}', FileDamagedError, "语法错误"),
        (b'{"a": [1, 2', FileDamagedError, "语法错误"),
        (b'{"a": @', FileDamagedError, "语法错误"),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", FileDamagedError, "括号层数太多"),
    ],
)
def test_what_is_no_object_is_refused(content, error, part, tmp_path):
    with pytest.raises(error, match=part):
        kind_of(written(tmp_path, content))


def test_brackets_inside_chinese_of_gbk_are_no_brackets(tmp_path):
    # The second bytes of these characters are those of \\, [, {, ] and }.
    text = '{"name": "乗乕亄俔亇", "type": "FeatureCollection"}'
    source = written(tmp_path, text.encode("gb18030"))
    readable = as_utf8(source, tmp_path)
    assert readable != source
    assert readable.read_text(encoding="utf-8") == text
    assert kind_of(readable) == "FeatureCollection"


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "link", "properties": {"href": "http://127.0.0.1/x", "type": "proj4"}},
        {"type": "URL", "properties": {"url": "http://127.0.0.1/x"}},
        {"properties": {"url": "http://127.0.0.1/x"}},
    ],
)
@pytest.mark.parametrize("at", ["top", "geometry", "escaped"])
def test_a_coordinate_system_to_be_fetched_is_refused_wherever_it_stands(crs, at, tmp_path):
    shape = {"type": "Point", "coordinates": [0, 0]}
    content = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": shape}]}
    (shape if at == "geometry" else content)["crs"] = crs
    text = json.dumps(content)
    if at == "escaped":
        text = text.replace('"crs"', '"\\u0063r\\u0073"')
    with pytest.raises(FileTypeError, match="第 1 行附近的坐标系"):
        refuse_remote_crs(written(tmp_path, text.encode()))


def test_a_named_coordinate_system_and_none_are_fine(tmp_path):
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    refuse_remote_crs(written(tmp_path, {"crs": named, "features": [{"crs": None}]}))
    refuse_remote_crs(written(tmp_path, {"properties": {"crs": "WGS84"}}))


@pytest.mark.parametrize(
    ("content", "driver"),
    [
        ({"type": "FeatureCollection", "features": []}, "GeoJSON"),
        ({"type": "Topology"}, "TopoJSON"),
        ({"geometryType": "esriGeometryPolygon", "features": []}, "ESRIJSON"),
        ({"features": [], "geometryType": "esriGeometryPolygon", "type": 1}, "ESRIJSON"),
    ],
)
def test_the_driver_follows_from_the_outermost_object(content, driver, tmp_path):
    assert json_driver(written(tmp_path, content)) == driver


def test_a_page_of_a_servers_features_is_refused(tmp_path):
    page = {"geometryType": "esriGeometryPolygon", "features": [], "exceededTransferLimit": True}
    with pytest.raises(FileTypeError, match="只是一部分"):
        json_driver(written(tmp_path, page))
