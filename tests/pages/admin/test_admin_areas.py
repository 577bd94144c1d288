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
