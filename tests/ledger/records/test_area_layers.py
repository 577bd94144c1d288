"""What a delivery holds: several files, layers and levels, told apart and loaded in one go."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import select

from geo.validation import Fields
from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid, InvalidFile
from ledger.records.area_layers import ALL_LAYERS, AreaFile, columns_of, layers_in
from ledger.records.area_loading import load_areas
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from ledger.storage.tables import areas

COUNTY, TOWN, VILLAGE, GRID = "350104", "350104001", "350104001001", "350104001001001"
CODES = {
    "350100000000": "演示市",
    COUNTY: "演示区",
    TOWN: "甲街道",
    TOWN + "000": "甲街道",
    VILLAGE: "甲一社区",
    GRID: "第一网格",
}
FIELDS = Fields("代码", "名称")


def frame_of(codes: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"代码": codes, "名称": [CODES[code] for code in codes]},
        geometry=[shapely.box(119, 26, 119.1, 26.1)] * len(codes),
        crs="EPSG:4326",
    )


def test_levels_mixed_in_one_file_are_told_by_their_codes(bare: Store, tmp_path: Path) -> None:
    """In any order; what lies above a county is passed over with a note."""
    frame_of([code for code in CODES if code != TOWN][::-1]).to_file(tmp_path / "all.geojson")
    file = AreaFile(tmp_path / "all.geojson", None, FIELDS, "wgs84")
    trial = load_areas(bare, SYSTEM, [file], dry_run=True)
    assert (trial.read, trial.loaded, trial.errors) == (5, 0, ())
    report = load_areas(bare, SYSTEM, [file])
    assert (report.read, report.loaded, report.errors) == (5, 4, ())
    assert any("350100000000是市级以上" in one.message for one in report.warnings)
    assert current_atlas(bare)[GRID].path == f"/{COUNTY}/{TOWN}/{VILLAGE}/{GRID}/"


def test_each_layer_of_a_package_is_a_level(bare: Store, tmp_path: Path) -> None:
    path = tmp_path / "delivery.gpkg"
    for name, code in (("网格", GRID), ("社区", VILLAGE), ("街道", TOWN + "000"), ("区", COUNTY)):
        frame_of([code]).to_file(path, layer=name)
    assert layers_in(path) == ("网格", "社区", "街道", "区")
    assert columns_of(path, ALL_LAYERS) == ["代码", "名称"]
    file = AreaFile(path, None, FIELDS, "wgs84", layer=ALL_LAYERS)
    assert load_areas(bare, SYSTEM, [file]).loaded == 4
    one = AreaFile(path, "village", FIELDS, "wgs84", layer="社区")
    assert load_areas(bare, SYSTEM, [one]).unchanged == 1
    with pytest.raises(InvalidFile, match="4 个图层"):
        load_areas(bare, SYSTEM, [AreaFile(path, "village", FIELDS, "wgs84")])


def test_files_are_loaded_from_the_largest_level_down(bare: Store, tmp_path: Path) -> None:
    files = []
    for level, code in (
        ("grid", GRID),
        ("county", COUNTY),
        ("village", VILLAGE),
        ("township", TOWN + "000"),
    ):
        frame_of([code]).to_file(tmp_path / f"{level}.geojson")
        files.append(AreaFile(tmp_path / f"{level}.geojson", level, FIELDS, "wgs84"))
    report = load_areas(bare, SYSTEM, files)
    assert (report.loaded, report.errors) == (4, ())
    assert current_atlas(bare)[GRID].path == f"/{COUNTY}/{TOWN}/{VILLAGE}/{GRID}/"


def test_a_finding_of_one_among_several_files_says_in_which(bare: Store, tmp_path: Path) -> None:
    frame_of([COUNTY]).to_file(tmp_path / "区.geojson")
    frame_of([TOWN]).assign(名称="").to_file(tmp_path / "街道.geojson")
    files = [
        AreaFile(tmp_path / f"{name}.geojson", level, FIELDS, "wgs84")
        for name, level in (("区", "county"), ("街道", "township"))
    ]
    report = load_areas(bare, SYSTEM, files)
    assert [one.message for one in report.errors] == ["“街道.geojson”：名称为空，请填写。"]


def test_with_one_error_nothing_of_a_delivery_is_stored(bare: Store, tmp_path: Path) -> None:
    wrong = frame_of([COUNTY, TOWN + "000"])
    wrong.loc[2] = {"代码": "12345678", "名称": "不知何处", "geometry": wrong.geometry[0]}
    wrong.to_file(tmp_path / "all.geojson")
    report = load_areas(bare, SYSTEM, [AreaFile(tmp_path / "all.geojson", None, FIELDS, "wgs84")])
    assert [(one.row, "看不出层级" in one.message) for one in report.errors] == [(4, True)]
    with bare.reading() as connection:
        assert connection.execute(select(areas.c.code)).all() == []


def test_a_city_without_counties_stands_above_its_townships(bare: Store, tmp_path: Path) -> None:
    """东莞 and 中山 have none: 4419 00 is the city, 4419 00 003 a township."""
    frame = frame_of([COUNTY, TOWN + "000"])
    frame["代码"] = ["441900000000", "441900003000"]
    frame.to_file(tmp_path / "all.geojson")
    file = AreaFile(tmp_path / "all.geojson", None, FIELDS, "wgs84")
    assert load_areas(bare, SYSTEM, [file]).errors == ()
    assert current_atlas(bare)["441900003"].path == "/441900/441900003/"


def test_codes_of_an_offices_own_tell_no_level(bare: Store, tmp_path: Path) -> None:
    frame_of([COUNTY]).to_file(tmp_path / "all.geojson")
    file = AreaFile(tmp_path / "all.geojson", None, FIELDS, "wgs84", scheme="prefix")
    with pytest.raises(Invalid, match="看不出层级"):
        load_areas(bare, SYSTEM, [file])
