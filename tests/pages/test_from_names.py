"""An office started from a list of names alone, and given boundaries when it has been working."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from ledger.casework.coverage import Coverage, coverage
from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import NotFound
from ledger.people import accounts
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.storage import migrate, open_store
from tests.pages.admin_pages import texts, visiting
from tests.pages.builders import PASSWORD, PEOPLE, Office
from tests.pages.map_pages import opener
from tests.pages.situation.test_risk_map import PAGE

TOWN, EAST, WEST = "990101001", "990101001001", "990101001002"
LIST = f"""区划代码,单位名称
990101000000,示例县
{TOWN}000,甲镇
{EAST},东湖村村委会
{WEST},西湖村村委会
990101002000,乙镇
"""
UNDRAWN = "这里的村(社区)还没有载入边界，地图上只有机构的点；数字照常"


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    store = open_store(database_url)
    migrate(store)
    accounts.add_user(store, SYSTEM, PEOPLE[Role.ADMIN][0], Role.ADMIN, "*", PASSWORD)
    yield Office(store, database_url)
    store.dispose()


def load(page: AppTest, file: str, content: bytes, **answers: str) -> AppTest:
    """Upload a file of areas, answer what is asked, check it and take it."""
    page.file_uploader(key="area-file").upload(file, content, "x/y")
    page.run()
    for key, value in answers.items():
        page.selectbox(key=f"area-{key}").select(value)
    page.run()
    for key in ("check-areas", "load-areas"):
        page.button(key=key).click().run()
        assert not page.exception
    return page


def test_ledgers_scope_and_figures_work_before_there_are_boundaries(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = visiting("areas", monkeypatch)(office, Role.ADMIN)
    asked = {"level": "each", "scheme": "cn", "code": "区划代码", "name": "单位名称"}
    assert "已载入各层级 5 个" in texts(load(page, "名单.csv", LIST.encode(), **asked))

    accounts.add_user(
        office.store, SYSTEM, PEOPLE[Role.OFFICE_STAFF][0], Role.OFFICE_STAFF, TOWN, PASSWORD
    )
    clerk = office.actor(Role.OFFICE_STAFF)
    for lon, code in ((127.05, EAST), (127.15, EAST), (127.25, WEST)):
        values = {"name": f"{lon}院", "area_code": code, "lon": lon, "lat": 29.05}
        records.create(office.store, clerk, "institutions", values)
    with pytest.raises(NotFound):
        covered(office, "990101002")
    assert counted(office) == {EAST: 2, WEST: 1}
    view = opener(office, monkeypatch, PAGE, Role.OFFICE_STAFF)
    assert UNDRAWN in texts(view())

    frame = gpd.GeoDataFrame(
        {"dm": [EAST, WEST], "mc": ["东湖村村委会", "西湖村村委会"]},
        geometry=[shapely.box(127 + at / 5, 29, 127.2 + at / 5, 29.1) for at in range(2)],
        crs="EPSG:4326",
    )
    frame.to_file(tmp_path / "v.geojson", driver="GeoJSON")
    page = visiting("areas", monkeypatch)(office, Role.ADMIN)
    asked = {"level": "village", "scheme": "cn", "crs": "WGS84", "code": "dm", "name": "mc"}
    drawn = (tmp_path / "v.geojson").read_bytes()
    assert "已载入村(社区) 2 个" in texts(load(page, "v.geojson", drawn, **asked))
    assert "载入边界" not in texts(view())
    assert counted(office) == {EAST: 2, WEST: 1}, "what was registered stays where it was"


def covered(office: Office, code: str) -> Coverage:
    """What the page of coverage counts under an area."""
    who = office.actor(Role.OFFICE_STAFF)
    return coverage(office.store, who, current_atlas(office.store), 1, code)


def counted(office: Office) -> dict[str, int]:
    """How many institutions each village of the town has."""
    return {row.area.code: row.institutions for row in covered(office, TOWN).rows if row.area}
