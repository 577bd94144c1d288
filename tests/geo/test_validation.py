"""The report on a new layer: each kind of finding, its row, column and severity."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.area_frame import COLUMNS
from geo.crs import geometries_from_wgs84, parse_crs
from geo.errors import UnknownLevelError
from geo.findings import Tolerance
from geo.validation import Fields, prepare_boundaries
from tests.geo.shapes import EAST, NORTH_WEST, SOUTH_WEST, STREET, WEST, layer, small_atlas

FIELDS = Fields("code", "name")
BOW_TIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


def box(x, y=0.0, size=1.0):
    return shapely.box(x, y, x + size, y + size)


def prepare(rows, fields=FIELDS, crs="wgs84", scheme="prefix", level="county", known=None, **rest):
    frame = rows if isinstance(rows, gpd.GeoDataFrame) else layer(rows)
    return prepare_boundaries(
        frame, fields, level=level, crs=parse_crs(crs), scheme=scheme, known=known, **rest
    )


def only(findings, part):
    found = [finding for finding in findings if part in finding.message]
    assert len(found) == 1, [finding.message for finding in findings]
    return found[0]


def test_a_clean_layer_has_no_findings():
    report = prepare([("A", "甲", box(0)), ("B", "乙", box(1))])
    assert report.findings == ()
    assert (report.read, report.repaired) == (2, 0)
    assert tuple(report.areas.columns) == COLUMNS
    assert report.areas.crs.to_epsg() == 4326
    assert report.areas["path"].tolist() == ["/A/", "/B/"]
    assert report.areas["parent_code"].isna().all()


def test_missing_columns_are_named_with_those_there_are():
    report = prepare([("A", "甲", box(0))], Fields("编码", "name", population="人口"))
    assert [(f.row, f.column) for f in report.errors] == [(1, "编码"), (1, "人口")]
    assert "缺少列“编码”，文件中的列有：code、name" in report.errors[0].message
    assert len(report.areas) == 0
    assert report.read == 1


def test_rows_count_as_excel_does():
    report = prepare([("A", "甲", box(0)), ("", "乙", box(1))])
    finding = only(report.errors, "代码为空")
    assert (finding.row, finding.column, finding.code) == (3, "code", None)


@pytest.mark.parametrize(
    ("code", "part"),
    [("110101", None), ("1101", "是 4 位"), ("11010X", "数字以外"), ("110101000000", None)],
)
def test_statistical_codes_have_their_length(code, part):
    report = prepare([(code, "甲", box(0))], scheme="cn")
    if part is None:
        assert report.areas["code"].tolist() == ["110101"]
    else:
        assert only(report.errors, part).row == 2


def test_numeric_codes_are_codes():
    frame = layer([(0, "甲", box(0))]).assign(code=pd.Series([110101.0]))
    assert prepare(frame, scheme="cn").areas["code"].tolist() == ["110101"]


def test_names_must_be_there_and_short():
    report = prepare([("A", " ", box(0)), ("B", None, box(1)), ("C", "长" * 10_000_000, box(2))])
    assert [finding.row for finding in report.errors] == [2, 3, 4]
    assert max(len(finding.message) for finding in report.errors) < 100


def test_script_in_a_name_stops_the_load_other_markup_is_just_text():
    finding = only(prepare([("A", "<ScRipt >alert(1)", box(0))]).errors, "脚本代码")
    assert (finding.row, finding.column) == (2, "name")
    assert prepare([("A", "<b>甲</b>", box(0))]).areas["name"].tolist() == ["<b>甲</b>"]


def test_duplicate_codes_are_errors_on_the_later_rows():
    report = prepare([("A", "甲", box(0)), ("B", "乙", box(2)), ("A", "甲", box(1))])
    finding = only(report.errors, "重复")
    assert (finding.row, finding.code) == (4, "A")
    assert "第 2 行" in finding.message


def test_parts_are_joined_on_request():
    frame = layer(
        [("A", "甲", box(0)), ("B", "乙", box(5)), ("A", "甲", box(1)), ("B", "丙", box(7))],
        people=["10", "7", "10", "5"],
    )
    report = prepare(frame, Fields("code", "name", population="people"), merge_parts=True)
    assert report.errors == ()
    assert report.areas["code"].tolist() == ["A", "B"]
    assert shapely.area(report.areas.geometry.iloc[0]) == 2
    # Repeated counts are those of the whole, different ones are of the parts.
    assert report.areas["population"].tolist() == [10, 12]
    assert only(report.warnings, "名称不同").row == 3


@pytest.mark.parametrize(
    ("shape", "part"),
    [
        (None, "没有图形"),
        (shapely.Point(1, 1), "图形是点"),
        (shapely.LineString([(0, 0), (1, 1)]), "图形是线"),
        (shapely.GeometryCollection([shapely.Point(0, 0)]), "不是面"),
        (shapely.Polygon([(0, 0), (1, 1), (2, 2)]), "没有面积"),
        (shapely.box(200, 10, 201, 11), "超出经纬度范围"),
        (shapely.Polygon([(0, 0), (1, np.inf), (1, 1)]), "无法换算"),
        (shapely.box(23.1, 113.2, 23.2, 113.3), "经纬度疑似写反"),
    ],
)
def test_impossible_shapes_are_errors(shape, part):
    report = prepare([("A", "甲", box(50)), ("B", "乙", shape)])
    finding = only(report.errors, part)
    assert (finding.row, finding.column, finding.code) == (3, "geometry", "B")
    assert report.areas["code"].tolist() == ["A"]


def test_an_empty_shape_is_a_warning_and_the_area_stays():
    # us_counties.geojson has such a row: Falls Church.
    report = prepare([("A", "甲", shapely.from_wkt("LINESTRING EMPTY"))])
    assert only(report.warnings, "没有边界").row is None
    both = prepare([("A", "甲", shapely.from_wkt("LINESTRING EMPTY")), ("B", "乙", box(5))])
    assert only(both.warnings, "图形是空的").row == 2
    assert report.areas.geometry.iloc[0].is_empty
    assert report.areas.geometry.iloc[0].geom_type == "Polygon"


def test_invalid_shapes_are_repaired_and_reported():
    report = prepare([("A", "甲", BOW_TIE), ("B", "乙", box(5))])
    assert report.errors == ()
    assert report.repaired == 1
    finding = only(report.warnings, "边界自相交")
    assert finding.row == 2
    assert "面积变化" in finding.message
    assert report.areas.geometry.is_valid.all()


def test_a_repair_that_loses_much_is_an_error():
    # The second shell lies inside the first; the repair makes a hole of it: 5 of area become 3.
    nested = shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(0.5, 0.5, 1.5, 1.5)])
    finding = only(prepare([("A", "甲", nested)]).errors, "外环互相嵌套")
    assert "减少 40.0%" in finding.message
    lenient = prepare([("A", "甲", nested)], tolerance=Tolerance(repair_loss=0.5))
    assert "面积变化 -40.00%" in only(lenient.warnings, "已修复").message


def test_mixed_geometry_stops_the_load():
    mixed = shapely.GeometryCollection([box(3), shapely.Point(0, 0)])
    report = prepare([("A", "甲", mixed)])
    assert only(report.errors, "混有点或线").row == 2


def test_a_collection_of_nothing_but_areas_is_taken_and_told():
    parts = shapely.GeometryCollection([box(3), shapely.MultiPolygon([box(5)])])
    report = prepare([("A", "甲", parts)])
    assert report.errors == ()
    assert only(report.warnings, "装着几个面的集合").row == 2
    assert shapely.area(report.areas.geometry.iloc[0]) == 2


def test_elevations_are_dropped_with_one_note():
    high = shapely.force_3d(np.array([box(0), box(1)]), 12.0)
    report = prepare([("A", "甲", high[0]), ("B", "乙", high[1])])
    assert report.errors == ()
    assert "2 个图形带高程" in only(report.warnings, "高程").message
    assert not shapely.has_z(report.areas.geometry.array).any()


def test_nameless_splinters_are_passed_over_and_rows_keep_their_numbers():
    rows = [("A", "甲", box(0)), ("", " ", box(5)), (None, None, None), ("A", "乙", box(8))]
    report = prepare(rows)
    assert only(report.warnings, "既没有代码也没有名称").message.endswith("第 3、4 行。")
    assert only(report.errors, "重复").row == 5, "as the file counts them"
    assert report.read == 4


def test_a_code_without_a_name_is_no_splinter():
    assert only(prepare([("A", "甲", box(0)), ("B", "", box(5))]).errors, "名称为空").row == 3


def test_a_layer_of_splinters_alone_is_refused_row_by_row():
    assert prepare([("", "", box(0))]).errors


def test_metres_said_to_be_degrees():
    report = prepare([("A", "甲", shapely.box(500_000, 2_500_000, 501_000, 2_501_000))])
    assert only(report.errors, "以米为单位").row is None


def test_degrees_said_to_be_metres():
    report = prepare([("A", "甲", box(113, 23))], crs="EPSG:4547")
    assert only(report.errors, "都在经纬度范围内").row is None


def test_a_projected_layer_arrives_in_degrees():
    frame = layer([("A", "甲", WEST)]).set_crs(4326).to_crs(4547).set_crs(None, allow_override=True)
    report = prepare(frame, crs="EPSG:4547")
    assert report.findings == ()
    assert shapely.equals_exact(report.areas.geometry.iloc[0], WEST, 1e-8)


GRIDS = [("DX-1-1", "一", SOUTH_WEST), ("DX-1-2", "二", NORTH_WEST)]


def test_children_find_parent_and_path():
    report = prepare(GRIDS, level="grid", known=small_atlas())
    assert report.findings == ()
    assert report.areas["parent_code"].tolist() == ["DX-1", "DX-1"]
    assert report.areas["path"].tolist() == ["/DX/DX-1/DX-1-1/", "/DX/DX-1/DX-1-2/"]


def test_a_missing_parent_is_an_error():
    report = prepare([*GRIDS, ("DY-1-1", "三", box(5))], level="grid", known=small_atlas())
    finding = only(report.errors, "不在已载入的区域中")
    assert (finding.row, finding.column) == (4, "code")


def test_without_the_level_above_areas_are_roots_with_one_warning():
    report = prepare(GRIDS, level="grid")
    assert only(report.warnings, "还没有载入村(社区)").row is None
    assert report.areas["parent_code"].isna().all()


def test_the_parent_may_stand_in_a_column():
    frame = layer([("7", "一", SOUTH_WEST), ("8", "二", NORTH_WEST)], up=["DX-1", "DX-9"])
    report = prepare(frame, Fields("code", "name", parent="up"), level="grid", known=small_atlas())
    finding = only(report.errors, "上级“DX-9”")
    assert (finding.row, finding.column) == (3, "up")


def test_a_code_of_another_level_is_taken():
    report = prepare([("DX-10", "x", EAST)], level="township", known=small_atlas())
    assert "村(社区)“东社区”" in only(report.errors, "不能再用").message


def test_a_child_wholly_outside_its_parent_is_an_error():
    report = prepare([("DX-1-1", "一", EAST)], level="grid", known=small_atlas())
    assert only(report.errors, "整个在上级“西社区(DX-1)”之外").row == 2


def test_a_child_partly_outside_its_parent_is_a_warning():
    shape = shapely.box(113.20, 23.10, 113.221, 23.12)
    report = prepare([("DX-1-1", "一", shape)], level="grid", known=small_atlas())
    assert report.errors == ()
    assert "4.8%" in only(report.warnings, "之外").message


def test_overlaps_are_measured():
    wide = shapely.box(113.20, 23.10, 113.22, 23.1105)
    report = prepare([("DX-1-1", "一", wide), GRIDS[1]], level="grid", known=small_atlas())
    message = only(report.warnings, "重叠").message
    assert "与“二”(第 3 行)" in message
    assert "5.00%" in message


def test_gaps_inside_the_parent_are_measured():
    low = shapely.box(113.20, 23.10, 113.22, 23.109)
    report = prepare([("DX-1-1", "一", low), GRIDS[1]], level="grid", known=small_atlas())
    message = only(report.warnings, "空隙").message
    assert "西社区(DX-1)" in message
    assert "5.00%" in message


def test_children_loaded_before_fill_their_part_of_the_parent():
    report = prepare(GRIDS[:1], level="grid", known=small_atlas())
    assert report.findings == ()


def test_slivers_within_the_tolerance_are_not_mentioned():
    sliver = shapely.box(113.20, 23.10, 113.22, 23.1100001)
    report = prepare([("DX-1-1", "一", sliver), GRIDS[1]], level="grid", known=small_atlas())
    assert report.findings == ()


@pytest.mark.parametrize("text", ["many", "-3", "1.5", "inf", "1e12"])
def test_people_are_counted_in_whole_numbers(text):
    frame = layer([("A", "甲", box(0))], people=[text])
    report = prepare(frame, Fields("code", "name", population="people"))
    finding = only(report.errors, "不是人数")
    assert (finding.row, finding.column) == (2, "people")


def test_counts_may_be_blank_or_have_separators():
    frame = layer(
        [("A", "甲", box(0)), ("B", "乙", box(1)), ("C", "丙", box(2))],
        people=["1,200", "", None],
        old=[300.0, np.nan, 4.0],
    )
    report = prepare(frame, Fields("code", "name", population="people", elderly="old"))
    assert report.findings == ()
    assert report.areas["population"].astype(object).tolist() == [1200, pd.NA, pd.NA]
    assert report.areas["elderly"].iloc[[0, 2]].tolist() == [300, 4]


def test_more_elders_than_people_is_a_warning():
    frame = layer([("A", "甲", box(0))], people=[10], old=[11])
    report = prepare(frame, Fields("code", "name", population="people", elderly="old"))
    finding = only(report.warnings, "多于总人口")
    assert (finding.row, finding.column) == (2, "old")


def shifted(rows, crs):
    shapes = geometries_from_wgs84(np.array([shape for *_, shape in rows]), parse_crs(crs))
    return [(code, name, shape) for (code, name, _), shape in zip(rows, shapes, strict=True)]


VILLAGES = [("DX-1", "西社区", WEST), ("DX-10", "东社区", EAST)]
NEW_VILLAGES = [("DX-5", "西社区", WEST), ("DX-6", "东社区", EAST)]


@pytest.mark.parametrize("rows", [VILLAGES, NEW_VILLAGES])
@pytest.mark.parametrize(
    ("true", "said"), [("gcj02", "wgs84"), ("bd09", "wgs84"), ("wgs84", "gcj02")]
)
def test_a_wrong_datum_is_noticed_beside_what_is_loaded(rows, true, said):
    report = prepare(shifted(rows, true), crs=said, level="village", known=small_atlas())
    message = only(report.warnings, "坐标系疑似").message
    assert f"而是 {parse_crs(true).label}" in message
    assert "0.0%" in message


@pytest.mark.parametrize("rows", [VILLAGES, NEW_VILLAGES])
@pytest.mark.parametrize("crs", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_the_right_datum_is_not_doubted(rows, crs):
    report = prepare(shifted(rows, crs), crs=crs, level="village", known=small_atlas())
    assert [finding for finding in report.findings if "坐标系" in finding.message] == []


def test_a_first_layer_has_nothing_to_be_compared_with():
    report = prepare(shifted([("DX", "东兴街道", STREET)], "gcj02"), level="county")
    assert report.findings == ()


def test_unknown_levels_are_the_callers_mistake():
    with pytest.raises(UnknownLevelError):
        prepare([("A", "甲", box(0))], level="province")
