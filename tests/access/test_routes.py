"""Every address, for everybody: nobody without a session, and nothing of what lies outside."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import streamlit
from starlette.routing import Mount, Route

import app
from pages._web.routes import ROUTES
from tests.access import routes_walk
from tests.access.routes_walk import KIND, Ask, answers, application
from tests.access.walking import Walk, at
from tests.access.world import PEOPLE, REVOKED, SECRET, WHOLE
from tests.web.visiting import Browser

STREAMLIT = "paths of Streamlit"
by_path = pytest.mark.parametrize("route", routes_walk.routes(), ids=lambda one: one.path)


def test_the_walk_goes_to_every_route_of_the_application() -> None:
    """Nothing is served that is not in the table that is walked."""
    assert list(app.app._user_routes) == list(ROUTES)
    assert all(isinstance(route, Route | Mount) for route in ROUTES)


@by_path
def test_without_a_session_no_route_answers_or_changes_anything(route: Route, walk: Walk) -> None:
    assert routes_walk.walk_without_session(walk, route) == []


@by_path
def test_nothing_of_others_is_told_by_any_part_of_an_answer(route: Route, walk: Walk) -> None:
    assert routes_walk.walk_signed_in(walk, route) == []
    assert routes_walk.walk_elsewhere(walk, route) == []
    assert routes_walk.walk_foreign_etags(walk, route) == []


def _of_streamlit() -> list[str]:
    """Every path that stands in Streamlit's server, its holes filled."""
    folder = Path(streamlit.__file__).parent / "web" / "server" / "starlette"
    found = {"/", "/static/js/x.js", "/media/x", "/component/x/y.js", "/app/static/x"}
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
                if re.fullmatch(r"/?(_stcore|auth|oauth2callback|media|component)[\w./-]*", text):
                    found.add("/" + text.lstrip("/"))
    known = ("health", "host-config", "metrics", "upload_file/a/b", "bidi-components/x/y.js")
    return sorted(found | {f"/_stcore/{one}" for one in known})


def test_streamlits_own_paths_are_closed_without_a_session(walk: Walk) -> None:
    paths = _of_streamlit()
    assert len(paths) > 10
    tokens = (None, walk.worlds.tokens[REVOKED])
    asked = [
        Ask(token, method, path)
        for path in paths
        for token in tokens
        for method in ("GET", "POST", "PUT", "DELETE")
    ]
    found = answers(walk.worlds.ours, asked)
    for one, (answer, changed) in zip(asked, found, strict=True):
        walk.tally.count(STREAMLIT, f"{one.method} {one.address}", "nobody")
        if answer.status not in (303, 401, 404) or b"through" in answer.body or changed:
            pytest.fail(walk.tally.leak(STREAMLIT, f"{one.method} {one.address} {answer.status}"))


def test_mounted_folders_hold_files_of_the_program_only(walk: Walk) -> None:
    """Static files are the same for everybody; nothing climbs out of their folders."""
    mounts = [route for route in ROUTES if isinstance(route, Mount)]
    assert {mount.path for mount in mounts} <= {
        "/assets/leaflet",
        "/assets/markercluster",
        "/assets/app",
    }, "a new folder is served: does it hold anything of an office?"
    climbs = ("/../../app.py", "/%2e%2e/%2e%2e/app.py", "/..%2f..%2fapp.py")
    token = walk.worlds.tokens["wangge"]
    asked = [Ask(token, "GET", mount.path + climb) for mount in mounts for climb in climbs]
    for one, (answer, _) in zip(asked, answers(walk.worlds.ours, asked), strict=True):
        walk.tally.count(KIND, one.address, "wangge")
        assert answer.status in (404, 200)
        assert b"st.App" not in answer.body


@pytest.mark.parametrize("client", ["127.0.0.1", "10.0.0.7"])
def test_figures_for_the_machine_name_nobody(walk: Walk, client: str) -> None:
    """Whoever watches the server hears counts; whoever does not sit at it hears nothing."""
    with at(walk.worlds.theirs):
        visitor = Browser(application())
        scope = visitor._scope
        visitor._scope = lambda *given: scope(*given) | {"client": (client, 1)}  # type: ignore[method-assign]
        answer = visitor.get("/metrics")
        ready = visitor.get("/readyz").text
    assert answer.status == (200 if client == "127.0.0.1" else 404)
    for text in (answer.text, ready):
        walk.tally.count(KIND, "GET /metrics", "nobody", "inside")
        assert SECRET not in text
        named = set(re.findall(r"\w+", text)) & {*PEOPLE, *WHOLE}
        assert not named


def test_the_whole_tree_sees_the_others(walk: Walk) -> None:
    """The walk is not blind: who may see the others does."""
    token = walk.worlds.tokens[next(iter(WHOLE))]
    asked = [Ask(token, "GET", "/institutions/points.json")]
    ((answer, _),) = answers(walk.worlds.theirs, asked)
    assert SECRET in answer.body.decode()
