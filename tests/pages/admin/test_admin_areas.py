"""Areas as a page: level, scheme and system are asked for, errors stop the load."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from ledger.domain.access import SYSTEM, Role
from ledger.people.accounts import add_user
from ledger.records.places.areas import current_atlas
from ledger.storage import Store, migrate, open_store
from tests.ledger.sheets import fingerprint
from tests.pages.admin_pages import Visit, keys, table_with, texts, visiting
from tests.pages.builders import PASSWORD, PEOPLE, Office, build_office


@pytest.fixture
def empty(database_url: str) -> Iterator[Office]:
    store: Store = open_store(database_url)
    migrate(store)
    add_user(store, SYSTEM, PEOPLE[Role.ADMIN][0], Role.ADMIN, "*", PASSWORD)
    yield Office(store, database_url)
    store.dispose()


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Visit:
    return visiting("areas", monkeypatch)


def _file(folder: Path, codes: list[str]) -> Path:
    path = folder / "county.geojson"
    shapes = [shapely.box(127 + at, 29, 127.5 + at, 29.1) for at in range(len(codes))]
    frame = gpd.GeoDataFrame({"dm": codes, "mc": "示例县"}, geometry=shapes, crs="EPSG:4326")
    frame.to_file(path, driver="GeoJSON")
    return path


def _upload(page: AppTest, path: Path) -> AppTest:
    page.file_uploader(key="area-file").upload(path.name, path.read_bytes(), "application/json")
    return page.run()


def _choose(page: AppTest, **choices: str) -> AppTest:
    for key, value in choices.items():
        page.selectbox(key=f"area-{key}").select(value)
    return page.run()


USUAL = {"level": "county", "scheme": "cn", "crs": "WGS84", "code": "dm", "name": "mc"}


def test_everything_is_asked_for_and_nothing_chosen_beforehand(
    empty: Office, visit: Visit, tmp_path: Path
) -> None:
    page = _upload(visit(empty, Role.ADMIN), _file(tmp_path, ["990101"]))
    assert not page.exception
    assert {box.value for box in page.selectbox} == {None}
    assert page.button(key="check-areas").disabled
    page = _choose(page, **{key: value for key, value in USUAL.items() if key != "crs"})
    assert page.button(key="check-areas").disabled, "the system is never guessed"
    page = _choose(page, crs="WGS84")
    assert not page.button(key="check-areas").disabled


def test_a_good_file_is_checked_then_loaded(empty: Office, visit: Visit, tmp_path: Path) -> None:
    page = visit(empty, Role.ADMIN)
    assert "还没有载入区域" in texts(page)
    page = _choose(_upload(page, _file(tmp_path, ["990101", "990102"])), **USUAL)
    before = fingerprint(empty.store)
    page = page.button(key="check-areas").click().run()
    assert not page.exception
    assert "2 行" in texts(page)
    assert fingerprint(empty.store) == before
    page = page.button(key="load-areas").click().run()
    assert "已载入县(区) 2 个" in texts(page)
    assert len(current_atlas(empty.store)) == 2


def test_errors_stop_the_load(empty: Office, visit: Visit, tmp_path: Path) -> None:
    page = _choose(_upload(visit(empty, Role.ADMIN), _file(tmp_path, ["9901", "990102"])), **USUAL)
    page = page.button(key="check-areas").click().run()
    assert "不能载入" in texts(page)
    assert "load-areas" not in keys(page)
    table = table_with(page, "结果", "行")
    assert list(table["行"])[:1] == [2]
    assert len(current_atlas(empty.store)) == 0


def test_a_file_of_no_known_kind_gets_one_message(
    empty: Office, visit: Visit, tmp_path: Path
) -> None:
    path = tmp_path / "a.geojson"
    path.write_text("nothing of the kind")
    page = _upload(visit(empty, Role.ADMIN), path)
    assert not page.exception
    assert len(page.error) == 1


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_the_administrator_loads_areas(database_url: str, visit: Visit, role: Role) -> None:
    office = build_office(database_url, roles=[role])
    page = visit(office, role)
    assert not page.get("file_uploader")
    assert "载入区域" in page.warning[0].value
    office.close()


def test_the_tree_of_areas_goes_down_and_back(
    visit: Visit, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("tree") / "ledger.db"
    office = build_office(f"sqlite:///{path.as_posix()}", roles=(Role.ADMIN,))
    page = visit(office, Role.ADMIN)
    listed = {one.key: one.label for one in page.button if (one.key or "").startswith("tree-99")}
    assert set(listed) == {"tree-990101001", "tree-990101002"}
    page.button(key="tree-990101002").click().run()
    assert page.query_params["under"] == "990101002"
    names = [one.label for one in page.button if (one.key or "").startswith("tree-99")]
    assert [name.split("**")[1] for name in names] == ["演示二村", "演示三村"]
    page.button(key="tree-way-0").click().run()
    assert "tree-990101001" in {one.key for one in page.button}
    office.close()


LIST = """区划代码,单位名称
990101000000,示例县
990101001000,甲镇
990101001001,东湖村村委会
990101001002,西湖村村委会
"""
CODES = {"level": "each", "scheme": "cn", "code": "区划代码", "name": "单位名称"}


def _list(folder: Path) -> Path:
    path = folder / "名单.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def _villages(folder: Path, **columns: list[str]) -> Path:
    path = folder / "villages.geojson"
    shapes = [shapely.box(127 + at, 29, 127.5 + at, 29.1) for at in range(2)]
    gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326").to_file(path, driver="GeoJSON")
    return path


def _load(page: AppTest) -> AppTest:
    page = page.button(key="check-areas").click().run()
    assert not page.exception
    page = page.button(key="load-areas").click().run()
    assert not page.exception
    return page


def test_an_office_begins_with_names_and_gets_boundaries_later(
    empty: Office, visit: Visit, tmp_path: Path
) -> None:
    page = _upload(visit(empty, Role.ADMIN), _list(tmp_path))
    assert "area-crs" not in keys(page), "a list has no coordinates"
    page = _load(_choose(page, **CODES))
    assert "已载入各层级 4 个" in texts(page)
    assert "没有边界，不能画图" in texts(page)
    drawn = _villages(
        tmp_path, dm=["990101001001", "990101001002"], mc=["东湖村村委会", "西湖村村委会"]
    )
    page = _load(_choose(_upload(page, drawn), **{**USUAL, "level": "village"}))
    assert "已载入村(社区) 2 个" in texts(page)
    assert not current_atlas(empty.store).geometry("990101001001").is_empty


def test_names_without_codes_are_looked_up_and_reviewed(
    empty: Office, visit: Visit, tmp_path: Path
) -> None:
    page = _load(_choose(_upload(visit(empty, Role.ADMIN), _list(tmp_path)), **CODES))
    drawn = _villages(tmp_path, Name=["东湖村", "西湖新村"])
    page = _choose(_upload(page, drawn), level="village", scheme="cn", crs="WGS84", name="Name")
    page = _choose(page, code="文件里没有代码，按名称查")
    assert "check-areas" not in keys(page)
    codes = page.file_uploader(key="area-codes")
    codes.upload("名单.csv", LIST.encode(), "text/csv")
    page.text_input(key="area-under").set_value("990101")
    page = page.run()
    assert "查到代码 1 个，没有查到或不止一个的 1 个" in texts(page)
    assert "check-areas" not in keys(page), "a name is still open"
    page.selectbox(key="area-name-1").select("990101001002")
    page = _load(page.run())
    assert "已载入村(社区) 2 个" in texts(page)
    assert current_atlas(empty.store)["990101001002"].name == "西湖新村"


def test_one_of_several_layers_is_chosen(empty: Office, visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    for name, code in (("县", "990101"), ("镇", "990101001")):
        frame = gpd.GeoDataFrame(
            {"dm": [code], "mc": [name]}, geometry=[shapely.box(127, 29, 128, 30)], crs="EPSG:4326"
        )
        frame.to_file(path, layer=name)
    page = _upload(visit(empty, Role.ADMIN), path)
    assert "area-level" not in keys(page)
    page.selectbox(key="area-layer").select("*")
    page = _load(_choose(page.run(), **{**USUAL, "level": "each"}))
    assert "已载入各层级 2 个" in texts(page)
