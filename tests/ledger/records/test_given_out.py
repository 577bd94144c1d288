"""Whatever is given out, by any way that makes a file, an answer or a copy, names none of them.

Beside `test_no_plain_text`, which looks at what the services write by themselves: every ledger in
every format, bulletins with their annex and archive, tables of figures, hotspots and rating, the
map, the log, lists, metrics, copies of the database, and what an upload leaves behind.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ledger.casework import map_overview as overview
from ledger.casework.todo import todo
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period
from ledger.exchange.writing.exports import export
from ledger.exchange.writing.formats import FORMATS
from ledger.operations.backup import backup
from ledger.operations.metrics import exposition
from ledger.records import service as records
from ledger.records.history import logbook
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.reporting.bulletins import archive
from ledger.reporting.bulletins.files import bulletin_file
from ledger.reporting.bulletins.making import make
from ledger.reporting.figures.figure_tables import export_figures
from ledger.reporting.rating.rating_tables import export_ranking
from ledger.reporting.statistics.exporting import export_hotspots
from ledger.reporting.statistics.requests import Request
from ledger.storage import Store
from pages._ui.upload_file import on_disk
from tests.ledger.conftest import WEST, WEST_GRID, actor
from tests.ledger.records.protected_cases import INFORMANT, add_lead, add_petition
from tests.ledger.records.test_no_plain_text import found_in

PERIOD = Period(date(2026, 5, 1), date(2026, 5, 31))
NAME = "丙养老院"


@pytest.fixture
def peopled(store: Store, office: Actor) -> Store:
    """An institution with a lead, and a petition: everybody who must stay unknown is in them."""
    place = {"name": NAME, "area_code": WEST_GRID, "lon": 127.02, "lat": 29.05}
    records.create(store, office, "institutions", place)
    add_lead(store, office, institution=NAME, major=True)
    add_petition(store, office)
    return store


def tables(store: Store, who: Actor) -> dict[str, bytes]:
    """Every ledger in every format, and every other table that is given out."""
    found = {}
    for ledger in LEDGERS:
        for kind in FORMATS:
            try:
                given = export(store, who, ledger, Selection(), kind)
            except Invalid:
                continue  # a ledger without positions is no map
            found[f"{ledger}.{kind}"] = given.content + given.filename.encode()
    atlas = current_atlas(store)
    asked = Request(PERIOD, ledger="leads", level="village", scope=WEST)
    for kind in ("xlsx", "csv"):
        found[f"figures.{kind}"] = export_figures(store, who, PERIOD, kind).content
        found[f"hotspots.{kind}"] = export_hotspots(store, who, asked, kind).content
        found[f"rating.{kind}"] = export_ranking(store, who, atlas, PERIOD, None, kind).content
    return found


def test_no_table_in_any_format_names_them(peopled: Store, office: Actor) -> None:
    given = tables(peopled, office)
    assert {"institutions.geojson", "institutions.gpkg", "leads.xlsx", "rating.csv"} <= set(given)
    assert {name: found_in(content) for name, content in given.items() if found_in(content)} == {}


def test_no_bulletin_nor_what_is_kept_of_it_names_them(peopled: Store, office: Actor) -> None:
    number = make(peopled, office, "daily", clock.today(), WEST)
    for suffix in ("docx", "xlsx"):
        assert found_in(bulletin_file(peopled, office, number, suffix).content) == set()
    kept = archive.read(peopled, office, number)
    assert found_in(repr(kept).encode()) == set()


def answers(store: Store, who: Actor) -> dict[str, Any]:
    """What pages and watchers are told."""
    atlas = current_atlas(store)
    auditor = actor(Role.AUDITOR, WEST)
    return {
        **{
            key: records.search(store, who, key, Selection()).rows
            for key in LEDGERS
            if key != "areas"
        },
        "points": overview.points(store, who, atlas, None),
        "situation": overview.situation(store, who, atlas, None),
        "todo": todo(store, who),
        "log": logbook.read_log(store, auditor),
        "metrics": exposition(store),
    }


def test_no_list_map_log_or_metric_names_them(peopled: Store, office: Actor) -> None:
    given = answers(peopled, office)
    assert given["leads"]
    assert given["points"]
    told = {name: found_in(repr(one).encode()) for name, one in given.items()}
    assert {name: found for name, found in told.items() if found} == {}


def test_no_copy_of_the_database_names_them(peopled: Store, tmp_path: Path) -> None:
    """Neither the open copy, nor the one under a passphrase, which holds the keys too."""
    for name, secret in (("open.db", None), ("closed.db", b"yi-ju-hen-chang-de-hua")):
        backup(peopled, tmp_path / name, secret)
        assert found_in((tmp_path / name).read_bytes()) == set()
    assert records.search(peopled, SYSTEM, "leads", Selection()).total == 1


def test_an_upload_lies_on_disk_for_one_call_only_and_for_the_service_alone() -> None:
    content = f"举报人\n{INFORMANT}\n".encode()
    upload = SimpleNamespace(name="../来表.csv", getbuffer=lambda: content)
    with on_disk(upload) as path:
        assert found_in(path.read_bytes()) == {INFORMANT}, "the check is not blind"
        assert path.name == "来表.csv"
        assert path.parent.stat().st_mode & 0o077 == 0
    assert not path.exists()
    assert not path.parent.exists()
