"""Holes made on purpose: the walk notices each, so that "0 leaks" means something.

Here are a few of each kind. Every single check of the services is taken away, one at a time, by
``python -m tests.access.planted``.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ledger.commands import export as export_command
from ledger.domain.access import SYSTEM, Actor
from ledger.records.history import drafts
from ledger.storage.own_tables import drafts as drafts_table
from pages._web import gate, geometry, packed
from tests.access import commands_walk, pages_walk, routes_walk
from tests.access.discovery import services
from tests.access.planted import Hole, made, walk_of
from tests.access.walked import Tally
from tests.access.walking import Walk
from tests.menu import entry_of

HOLES = [
    (Hole("scope_condition", "ledger.records.service", "owned"), "records.service.get"),
    (Hole("scope_condition", "ledger.records.query", "where_of"), "records.service.search"),
    (
        Hole("scope_condition", "ledger.exchange.importing.duplicates", "_known"),
        "exchange.importing.imports.check",
    ),
    (
        Hole("require", "ledger.exchange.importing.imports", "_ledger"),
        "exchange.importing.imports.take",
    ),
    (Hole("require", "ledger.records.service", "get"), "records.service.get"),
    (Hole("require", "ledger.records.service", "save"), "records.service.save"),
    (Hole("require", "ledger.records.attachments", "listed"), "records.attachments.listed"),
    (
        Hole("require", "ledger.records.history.logbook", "read_log"),
        "records.history.logbook.read_log",
    ),
    (Hole("sees", "ledger.casework.map_overview", "area_path"), "casework.map_overview.situation"),
    (Hole("sees", "ledger.people.accounts", "list_users"), "people.accounts.list_users"),
    (
        Hole("sees", "ledger.people.sessions", "end_all_of_user"),
        "people.sessions.end_all_of_user",
    ),
]
SERVICES = {one.name: one for one in services()}


@pytest.fixture
def apart(walk: Walk) -> Walk:
    """A walk that keeps its leaks to itself."""
    return Walk(walk.worlds, walk.folder, Tally(), whole=False)


@pytest.mark.parametrize(("hole", "service"), HOLES, ids=lambda one: str(one))
def test_a_check_that_is_gone_is_noticed(hole: Hole, service: str, apart: Walk) -> None:
    with made(hole):
        assert walk_of(apart, SERVICES[service])


Plant = Callable[[pytest.MonkeyPatch], None]


def _drafts_of_anybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(drafts, "_of", lambda _, form: (drafts_table.c.form == form,))


def _no_right_to_pages(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Actor, "require", lambda *_: None)


def test_another_persons_draft_is_noticed(apart: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    _drafts_of_anybody(monkeypatch)
    assert walk_of(apart, SERVICES["records.history.drafts.find"])


def _route(path: str) -> routes_walk.Route:
    return next(one for one in routes_walk.routes() if one.path == path)


POINTS, AREAS = "/institutions/points.json", "/areas/{code}.geojson"


def test_a_route_before_the_gate_is_noticed(apart: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        gate, "OPEN_PATHS", frozenset({*gate.OPEN_PATHS, "/areas/backdrop.geojson"})
    )
    assert routes_walk.walk_without_session(apart, _route("/areas/backdrop.geojson"))


def test_shapes_of_areas_elsewhere_are_noticed(
    apart: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(geometry.overview, "area_path", lambda *_: "/")
    assert routes_walk.walk_elsewhere(apart, _route(AREAS))


def test_an_answer_for_anybodys_etag_is_noticed(
    apart: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "_matches", lambda condition, _: bool(condition))
    assert routes_walk.walk_foreign_etags(apart, _route(POINTS))


def test_points_kept_for_all_people_alike_are_noticed(
    apart: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the shelf's key did not hold whose answer it is, and a leader came first."""
    monkeypatch.setattr(geometry._shelf, "get", lambda key, make: packed.pack([key[0], "绝密"]))
    assert routes_walk.walk_signed_in(apart, _route(POINTS))


def test_a_page_without_its_guard_is_noticed(apart: Walk) -> None:
    entry = entry_of("users")
    with pytest.MonkeyPatch.context() as patch:
        _no_right_to_pages(patch)
        assert pages_walk.walk_closed(apart, entry)


def test_a_command_that_forgets_its_user_is_noticed(
    apart: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_command, "acting", lambda *_: SYSTEM)
    assert commands_walk.walk_command(apart, "export")[1]
