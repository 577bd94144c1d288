"""Areas by name alone: an office begins with a list, boundaries follow, codes come by name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import select

from geo.validation import Fields
from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid, InvalidFile
from ledger.exchange.importing.area_lists import (
    CODE_BY_NAME,
    NamesOnly,
    list_columns,
    load_by_name,
    load_list,
    match_names,
)
from ledger.records import service as records
from ledger.records.area_layers import AreaFile
from ledger.records.area_loading import load_areas
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from ledger.storage.tables import areas
from tests.ledger.sheets import workbook

COUNTY, TOWN, EAST, WEST = "350104", "350104001", "350104001001", "350104001002"
LIST = [
    ["区划代码", "单位名称", "常住人口"],
    [COUNTY + "000000", "演示区", None],
    [TOWN + "000", "甲街道", "9,000"],
    [EAST, "东湖社区居委会", 4000],
    [WEST, "西湖村村委会", 5000],
]
FIELDS = Fields("区划代码", "单位名称", population="常住人口")


@pytest.fixture
def listed(bare: Store, tmp_path: Path) -> Path:
    """The list, under a title, loaded."""
    path = tmp_path / "名单.xlsx"
    workbook(path, [["演示区村居名单"], *LIST])
    report = load_list(bare, SYSTEM, path, FIELDS)
    assert (report.read, report.loaded, report.errors) == (4, 4, ())
    return path


def boundaries(folder: Path, **columns: list[str]) -> Path:
    path = folder / "村.geojson"
    path.unlink(missing_ok=True)
    shapes = [shapely.box(119 + at / 10, 26, 119.1 + at / 10, 26.1) for at in range(2)]
    gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326").to_file(path)
    return path


def test_an_office_begins_with_a_list_of_names(bare: Store, listed: Path) -> None:
    assert list_columns(listed) == ["区划代码", "单位名称", "常住人口"]
    village = current_atlas(bare)[EAST]
    assert (village.path, village.population) == (f"/{COUNTY}/{TOWN}/{EAST}/", 4000)
    home = records.create(
        bare,
        SYSTEM,
        "institutions",
        {"name": "松柏院", "area_code": EAST, "lon": 119.05, "lat": 26},
    )
    assert records.get(bare, SYSTEM, "institutions", home)["area_code"] == EAST


def test_boundaries_that_follow_are_no_new_versions(
    bare: Store, listed: Path, tmp_path: Path
) -> None:
    """The villages were there before they were drawn: statistics of earlier days have them."""
    path = boundaries(
        tmp_path, 区划代码=[EAST, WEST], 单位名称=["东湖社区居委会", "西湖村村委会"],
        常住人口=["4000", "5000"],
    )  # fmt: skip
    file = AreaFile(path, "village", FIELDS, "wgs84")
    assert load_areas(bare, SYSTEM, [file], valid_from=date(2026, 6, 1)).loaded == 2
    query = select(areas.c.valid_from, areas.c.valid_to).where(areas.c.code == EAST)
    with bare.reading() as connection:
        assert connection.execute(query).all() == [(None, None)]
    assert not current_atlas(bare).geometry(EAST).is_empty
    again = load_list(bare, SYSTEM, listed, FIELDS)
    assert (again.loaded, again.unchanged) == (0, 4), "a list takes no boundary away"
    assert not current_atlas(bare).geometry(EAST).is_empty


def test_a_list_says_once_that_it_has_no_boundaries(bare: Store, tmp_path: Path) -> None:
    workbook(tmp_path / "x.xlsx", LIST)
    report = load_list(bare, SYSTEM, tmp_path / "x.xlsx", FIELDS, dry_run=True)
    told = [one.message for one in report.warnings if "没有边界" in one.message]
    assert len(told) == 1, "not once for each level"


def test_rows_of_a_list_count_as_excel_does(bare: Store, tmp_path: Path) -> None:
    workbook(tmp_path / "x.xlsx", [["标题"], LIST[0], *LIST[1:3], [], [EAST + "9", "错", None]])
    report = load_list(bare, SYSTEM, tmp_path / "x.xlsx", FIELDS)
    assert [(one.row, "看不出层级" in one.message) for one in report.errors] == [(6, True)]


def test_a_list_without_the_columns_names_those_it_has(bare: Store, tmp_path: Path) -> None:
    workbook(tmp_path / "x.xlsx", LIST)
    with pytest.raises(Invalid, match="没有列“代码”，有的是：区划代码、单位名称、常住人口"):
        load_list(bare, SYSTEM, tmp_path / "x.xlsx", Fields("代码", "单位名称"))
    (tmp_path / "x.csv").write_text("\n", encoding="utf-8")
    with pytest.raises(InvalidFile):
        load_list(bare, SYSTEM, tmp_path / "x.csv", FIELDS)


@pytest.mark.parametrize("kind", ["xlsx", "csv", "parquet"])
def test_codes_come_by_name_from_a_list(bare: Store, tmp_path: Path, kind: str) -> None:
    source = tmp_path / f"代码.{kind}"
    frame = pd.DataFrame(LIST[1:], columns=LIST[0]).astype(str)
    if kind == "xlsx":
        workbook(source, LIST)
    elif kind == "csv":
        frame.to_csv(source, index=False)
    else:
        frame.to_parquet(source)
    workbook(tmp_path / "上级.xlsx", LIST[:3])
    load_list(bare, SYSTEM, tmp_path / "上级.xlsx", FIELDS)
    path = boundaries(tmp_path, Name=["东湖社区", "西湖新村"], 文件夹=["甲街道", "甲街道"])
    file = AreaFile(path, "village", Fields(CODE_BY_NAME, "Name"), "wgs84")
    names = NamesOnly(source, COUNTY, "文件夹")
    sure, doubtful = match_names(bare, SYSTEM, file, names)
    assert (sure.found and sure.found.code, doubtful.found) == (EAST, None)
    assert [one.code for one in doubtful.proposed] == [WEST]
    refused = load_by_name(bare, SYSTEM, file, names)
    assert [(one.row, "可能是：西湖村村委会" in one.message) for one in refused.errors] == [
        (3, True)
    ]
    loaded = load_by_name(bare, SYSTEM, file, names, chosen={doubtful.place: WEST})
    assert (loaded.loaded, loaded.errors) == (2, ())
    assert current_atlas(bare)[WEST].name == "西湖新村"


def test_a_row_can_be_left_out_of_the_review(bare: Store, listed: Path, tmp_path: Path) -> None:
    path = boundaries(tmp_path, Name=["东湖社区", "水库"])
    file = AreaFile(path, "village", Fields(CODE_BY_NAME, "Name"), "wgs84")
    names = NamesOnly(listed, COUNTY)
    open_row = match_names(bare, SYSTEM, file, names)[1]
    report = load_by_name(bare, SYSTEM, file, names, chosen={open_row.place: ""})
    assert (report.loaded, report.errors) == (1, ())


def test_a_list_of_another_place_is_told(bare: Store, listed: Path, tmp_path: Path) -> None:
    path = boundaries(tmp_path, Name=["东湖社区", "水库"])
    file = AreaFile(path, "village", Fields(CODE_BY_NAME, "Name"), "wgs84")
    with pytest.raises(Invalid, match="350105之下没有村"):
        match_names(bare, SYSTEM, file, NamesOnly(listed, "350105"))


def test_pins_on_a_drawn_map_are_no_names(bare: Store, listed: Path, tmp_path: Path) -> None:
    ring = "119,26 119.1,26 119.1,26.1 119,26.1 119,26"
    area = f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing>"
    placed = {
        "东湖社区": f"{area}</outerBoundaryIs></Polygon>",
        "标注": "<Point><coordinates>119,26</coordinates></Point>",
    }
    text = "".join(
        f"<Placemark><name>{name}</name>{shape}</Placemark>" for name, shape in placed.items()
    )
    path = tmp_path / "村.kml"
    kml = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{text}</Document></kml>'
    path.write_text(kml, encoding="utf-8")
    file = AreaFile(path, "village", Fields(CODE_BY_NAME, "Name"), "wgs84")
    names = NamesOnly(listed, COUNTY)
    assert [match.name for match in match_names(bare, SYSTEM, file, names)] == ["东湖社区"]
    report = load_by_name(bare, SYSTEM, file, names)
    assert (report.read, report.loaded, report.errors) == (2, 1, ())
    assert any("标注点" in one.message for one in report.warnings)
