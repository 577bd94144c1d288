"""Each layer of both maps where the map is odd: one area, islands, nobody, nothing, one giant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import shapely
from sqlalchemy import Connection, delete, insert, select, update

from geo.atlas import Atlas
from geo.hotspot_classes import HotspotClass
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.storage import Store, options
from ledger.storage.tables import LEDGER_TABLES, areas
from pages._ui.hotspot_look import measured
from pages._ui.html_table import html_table
from pages._ui.shared_answers import asked, hotspots_of
from pages._views import hotspot_view, map_view
from pages._views.case_measures import MEASURES, SIGNIFICANCE
from pages._views.map_view import LAYERS, PETITIONS
from pages.situation.hotspots.hotspot_map import _drawn
from pages.situation.hotspots.hotspot_panel import _table
from pages.situation.risk_map.map_answer import Shown, read_layer
from tests.ledger.conftest import actor
from tests.pages.builders import (
    COUNTY,
    EAST,
    EAST_NORTH,
    EAST_SOUTH,
    WEST,
    WEST_VILLAGE,
    build_office,
)

GIANT = 1_000
UNSAID = re.compile(r"nan|None|inf\b|-1\b", re.IGNORECASE)


def one_area(connection: Connection) -> None:
    connection.execute(delete(areas).where(areas.c.code != COUNTY))


def islands(connection: Connection) -> None:
    """Areas that touch nobody, each in the place of its township."""
    for at, code in enumerate((WEST, EAST, WEST_VILLAGE, EAST_SOUTH, EAST_NORTH)):
        shape = shapely.to_wkb(shapely.box(127 + at, 29, 127.05 + at, 29.05))
        connection.execute(update(areas).where(areas.c.code == code).values(geometry=shape))


def nobody(connection: Connection) -> None:
    connection.execute(update(areas).values(population=None, elderly=None))


def no_people(connection: Connection) -> None:
    connection.execute(update(areas).values(population=0, elderly=0))


def nothing(connection: Connection) -> None:
    for ledger in ("institutions", "leads", "dispositions", "petitions", "outreach"):
        connection.execute(delete(LEDGER_TABLES[ledger]))


def one_giant(connection: Connection) -> None:
    """One village with very many leads and petitions."""
    for ledger in ("leads", "petitions"):
        table = LEDGER_TABLES[ledger]
        row = dict(connection.execute(select(table).limit(1)).mappings().one())
        del row["id"]
        path = f"/{COUNTY}/{WEST}/{WEST_VILLAGE}/"
        row |= {"area_code": WEST_VILLAGE, "area_path": path}
        rows = [row | {"number": f"巨-{at}"} for at in range(GIANT)]
        connection.execute(insert(table), rows)


ODD: Mapping[str, Callable[[Connection], None]] = {
    one.__name__: one for one in (one_area, islands, nobody, no_people, nothing, one_giant)
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The small county."""
    office = build_office(f"sqlite:///{(tmp_path / 'ledger.db').as_posix()}", roles=())
    yield office.store
    office.close()


@pytest.fixture(params=sorted(ODD))
def odd(store: Store, request: pytest.FixtureRequest) -> str:
    """The small county with a few records, made odd."""
    today = str(clock.today())
    for area in (WEST_VILLAGE, EAST_SOUTH):
        for ledger, values in {
            "institutions": {"name": "演示院"},
            "leads": {"registered_at": f"{today} 00:00", "source": "其他", "matter": "揽储"},
            "dispositions": {"measure": "警示约谈", "opened_on": today},
            "petitions": {"registered_on": today, "matter": "退费"},
            "outreach": {"held_on": today, "kind": "讲座"},
        }.items():
            records.create(store, SYSTEM, ledger, values | {"area_code": area})
    with store.writing() as connection:
        ODD[request.param](connection)
        for revision in ("areas_revision", "data_revision"):
            options.bump(connection, revision)
    return str(request.param)


def seen(store: Store, who: Actor, atlas: Atlas, **params: str) -> Shown:
    view = map_view.read_view(atlas, who, params)
    return read_layer(asked(store, who), who, atlas, view)


def test_each_layer_of_both_maps_answers(odd: str, store: Store) -> None:
    atlas, who = current_atlas(store), actor(Role.LEADER, COUNTY)
    _risk_map(odd, store, atlas, who)
    _hotspot_map(odd, store, atlas, who)


def _risk_map(odd: str, store: Store, atlas: Atlas, who: Actor) -> None:
    month = "2026-01-01_2026-01-31"
    views = [{"layer": layer} for layer in LAYERS]
    views += [{"layer": PETITIONS, "by": measure} for measure in MEASURES]
    views += [{"layer": layer, "period": month} for layer in ("worst", "leads", "outreach")]
    for params in views:
        for under in (COUNTY, *(code for code in (EAST,) if code in atlas)):
            shown = seen(store, who, atlas, **params, under=under)
            picture = shown.picture
            assert set(picture.values.values()) <= set(picture.look.classes)
            table = shown.table()
            told = [
                shown.said,
                *picture.signs.values(),
                html_table(table.heads, table.rows.values()),
            ]
            assert not [text for text in told if UNSAID.search(re.sub("<[^>]+>", " ", text))], (
                params
            )
    leads = seen(store, who, atlas, layer="leads")
    if odd == "one_giant":
        assert f"未办结线索 {GIANT + 2:,} 条" in leads.said
    if odd == "nothing":
        assert leads.said == "没有线索"


def _hotspot_map(odd: str, store: Store, atlas: Atlas, who: Actor) -> None:
    view = hotspot_view.read_view(atlas, who, {})
    answer = hotspots_of(asked(store, who), view.request)
    for layer in MEASURES:
        look, classes, _, signs = _drawn(answer, layer)
        assert set(classes.values()) <= set(look.classes)
        assert not [text for text in signs.values() if UNSAID.search(text)]
        if odd in ("nobody", "no_people") and layer in ("rate", "eb_rate"):
            assert set(classes.values()) == {"nodata"}
    table = re.sub("<[^>]+>", " ", _table(answer, atlas, view, None))
    assert not UNSAID.search(table)
    hot = answer.of_class(HotspotClass.HOT)
    assert hot == ([WEST_VILLAGE] if odd == "one_giant" else [])
    _, shown = measured(SIGNIFICANCE, answer.table)
    assert [code for code, one in shown.items() if one in ("hot", "own")] == hot
