"""Every address, for everybody: nobody without a session, and nothing of what lies outside.

Answers are compared whole between two databases that differ only in what is not the visitor's:
status, headers (ETag and Content-Length among them) and body.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from ledger.settings import settings
from pages._web import gate, image_origin
from pages._web.forms import SESSION_COOKIE
from pages._web.middleware import MIDDLEWARE
from pages._web.routes import ROUTES
from tests.access import walked
from tests.access.world import (
    ABSENT_CODE,
    PEOPLE,
    REVOKED,
    SECRET,
    WHOLE,
    Planted,
    World,
    Worlds,
)
from tests.web.visiting import Answer, Browser

KIND = "routes"
HTML = {"accept": "text/html"}
PERIOD = "period=2026-05-01_2026-05-31"
# What stands for a parameter of a path, for a target.
PARAMETERS: dict[str, Callable[[Planted], Any]] = {
    "code": lambda t: t.code,
    "number": lambda t: t.ids["bulletin"],
    "attachment_id": lambda t: t.ids["attachment"],
    "record_id": lambda t: t.ids["institutions"],
    "suffix": lambda t: "csv",
    "name": lambda t: "tiers",
    "level": lambda t: "grid",
    "ledger": lambda t: "institutions",
    "z": lambda t: 1,
    "x": lambda t: 1,
    "y": lambda t: 1,
}
# Paths whose parameters mean something else, and what is asked for behind the question mark.
PATHS: dict[str, tuple[str, ...]] = {
    "/bulletin/{number:int}.{suffix}": ("/bulletin/{number}.docx", "/bulletin/{number}.xlsx"),
    "/download/{name}": (
        *(
            f"/download/{key}{rest}"
            for key in ("institutions.csv", "petitions.xlsx", "leads.csv", "institutions.geojson")
            for rest in ("", "?area={code}")
        ),
        "/download/institutions.csv?record={record}",
        f"/download/institutions.csv?q={SECRET}",
    ),
}
QUERIES: dict[str, tuple[str, ...]] = {
    "/institutions/points.json": ("under={code}", "tier=4", "tier=none&under={code}"),
    "/regions/{level}.geojson": ("under={code}", PERIOD + "&under={code}"),
    "/download/hotspots/table.{suffix}": (
        "ledger=inspections&level=grid",
        "ledger=inspections&level=grid&area={code}",
    ),
    "/download/figures/figures.{suffix}": (PERIOD, PERIOD + "&area={code}"),
    "/download/rating/ranking.{suffix}": (PERIOD, PERIOD + "&area={code}"),
}
# What takes long is asked by fewer people about one place outside each.
SLOW = re.compile("hotspots|figures|rating")
SLOW_WALKERS = ("wangge", "jingban", "guanli")
# Differs by the minute or by the process, not by what lies outside.
CHANCE = re.compile(rb'(name="csrf" value=")[^"]*')
CHANCE_HEADERS = {"set-cookie", "date", "x-request-id"}


async def _behind(request: Request) -> Response:
    """In place of Streamlit: says that somebody came through."""
    return JSONResponse({"through": True})


Before = Callable[[World], Browser]


@pytest.fixture
def browser(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> Iterator[Before]:
    """``browser(world)``: a browser before the application on that database."""
    app = Starlette(routes=[*ROUTES, Route("/{path:path}", _behind)], middleware=MIDDLEWARE)

    def before(world: World) -> Browser:
        monkeypatch.setenv("LEDGER_DATABASE_URL", f"sqlite:///{world.file.as_posix()}")
        settings.cache_clear()
        image_origin._kept = (0.0, "", None)
        return Browser(app)

    yield before
    settings.cache_clear()


def _routes() -> list[BaseRoute]:
    return [route for route in ROUTES if isinstance(route, Route)]


def _addresses(route: Route, target: Planted) -> list[str]:
    """The addresses of a route for a target. Fails for a parameter that nobody has explained."""
    queries = QUERIES.get(route.path, ())
    paths = PATHS.get(route.path) or (route.path, *(f"{route.path}?{one}" for one in queries))
    filled = []
    for path in paths:
        text = re.sub(r"\{(\w+):\w+\}", r"{\1}", path)
        text = text.replace("{record}", str(target.ids["institutions"]))
        for name in re.findall(r"\{(\w+)\}", text):
            if name not in PARAMETERS:
                raise AssertionError(
                    f"{route.path}: tests/access/test_routes.py does not know what stands for "
                    f"“{name}”. Add it to PARAMETERS, or the whole address to PATHS."
                )
            text = text.replace(f"{{{name}}}", str(PARAMETERS[name](target)))
        filled.append(text)
    return filled if "GET" in _methods(route) else filled[:1]


def _methods(route: Route) -> list[str]:
    return sorted((route.methods or {"GET"}) - {"HEAD"})


def _ask(browser: Browser, world: World, method: str, address: str) -> tuple[Answer, bool]:
    before = world.stamp
    if method == "POST":
        answer = browser.post(address, {"csrf": "wrong", "username": "x", "password": "y"})
    else:
        answer = browser.request(method, address, HTML)
    changed = world.stamp != before
    if changed:
        world.restore()
    return answer, changed


def _seen(answer: Answer) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = sorted(
        (key, value) for key, value in answer.headers.items() if key not in CHANCE_HEADERS
    )
    return answer.status, headers, CHANCE.sub(rb"\1", answer.body)


@pytest.mark.parametrize("route", _routes(), ids=lambda one: one.path)
def test_without_a_session_no_route_answers_or_changes_anything(
    route: Route, worlds: Worlds, browser: Before
) -> None:
    world = worlds.theirs
    for token in (None, worlds.tokens[REVOKED], "made-up"):
        visitor = browser(world)
        for method in _methods(route):
            for address in _addresses(route, worlds.inside):
                visitor.cookies = {} if token is None else {SESSION_COOKIE: token}
                answer, changed = _ask(visitor, world, method, address)
                walked.count(KIND, f"{method} {route.path}")
                path = address.partition("?")[0]
                closed = answer.status in (401, 303, 403, 404)
                if changed or not (closed or path in gate.OPEN_PATHS):
                    walked.leak(KIND, address)
                    pytest.fail(f"{method} {address}: {answer.status}, changed: {changed}")
                if answer.status == 303:
                    assert answer.location is not None
                    assert answer.location.startswith(("/signin", "/setup"))
                assert SECRET not in answer.body.decode(errors="replace")


@pytest.mark.parametrize("route", _routes(), ids=lambda one: one.path)
def test_nothing_of_others_is_told_by_any_part_of_an_answer(
    route: Route, worlds: Worlds, browser: Before
) -> None:
    slow = SLOW.search(route.path)
    for name in SLOW_WALKERS if slow else PEOPLE:
        world, targets = worlds.beyond(name)
        for target in [worlds.inside, *targets[: 1 if slow else None]]:
            for method in _methods(route):
                for address in _addresses(route, target):
                    answers = []
                    for one in (worlds.ours, world):
                        visitor = browser(one)
                        visitor.cookies = {SESSION_COOKIE: worlds.tokens[name]}
                        answers.append(_ask(visitor, one, method, address))
                    walked.count(KIND, f"{method} {route.path}")
                    _compare(name, method, address, answers)


def _compare(name: str, method: str, address: str, answers: list[tuple[Answer, bool]]) -> None:
    (ours, ours_changed), (theirs, theirs_changed) = answers
    text = theirs.body.decode(errors="replace")
    told = SECRET in text and SECRET not in address
    refused = theirs.status >= 400 and theirs_changed
    packed = theirs.body[:2] == b"PK"
    same = _seen(ours)[0] == _seen(theirs)[0] if packed else _seen(ours) == _seen(theirs)
    if told or refused or not same or ours_changed != theirs_changed:
        walked.leak(KIND, f"{name} {method} {address}")
        pytest.fail(f"{name} {method} {address}:\n{_seen(ours)}\n{_seen(theirs)}")


@pytest.mark.parametrize("route", _routes(), ids=lambda one: one.path)
def test_an_address_that_names_an_area_elsewhere_is_like_one_nowhere(
    route: Route, worlds: Worlds, browser: Before
) -> None:
    elsewhere = worlds.outside["sibling"]
    nowhere = Planted(ABSENT_CODE, dict(elsewhere.ids), {}, {})
    pairs = zip(_addresses(route, elsewhere), _addresses(route, nowhere), strict=True)
    for first, second in pairs:
        if first == second or "POST" in _methods(route):
            continue
        for name in PEOPLE:
            visitor = browser(worlds.theirs)
            visitor.cookies = {SESSION_COOKIE: worlds.tokens[name]}
            answers = [_ask(visitor, worlds.theirs, "GET", one)[0] for one in (first, second)]
            walked.count(KIND, f"GET {route.path}")
            codes = (elsewhere.code, nowhere.code)
            # A refusal may quote what was asked for.
            said = [
                repr(_seen(one)).replace(str(code), "CODE")
                for one, code in zip(answers, codes, strict=True)
            ]
            if said[0] != said[1]:
                walked.leak(KIND, first)
                pytest.fail(f"{name} {first}: {said[0]}\n{second}: {said[1]}")


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


def test_streamlits_own_paths_are_closed_without_a_session(worlds: Worlds, browser: Before) -> None:
    paths = _of_streamlit()
    assert len(paths) > 10
    for path in paths:
        for token in (None, worlds.tokens[REVOKED]):
            for method in ("GET", "POST", "PUT", "DELETE"):
                visitor = browser(worlds.ours)
                visitor.cookies = {} if token is None else {SESSION_COOKIE: token}
                answer = visitor.request(method, path, HTML)
                walked.count("paths of Streamlit", f"{method} {path}")
                if answer.status not in (303, 401, 404) or b"through" in answer.body:
                    walked.leak("paths of Streamlit", path)
                    pytest.fail(f"{method} {path}: {answer.status}")


def test_mounted_folders_hold_files_of_the_program_only(worlds: Worlds, browser: Before) -> None:
    """Static files are the same for everybody; nothing climbs out of their folders."""
    mounts = [route for route in ROUTES if isinstance(route, Mount)]
    assert {mount.path for mount in mounts} <= {
        "/assets/leaflet",
        "/assets/markercluster",
        "/assets/app",
    }, "a new folder is served: does it hold anything of an office?"
    visitor = browser(worlds.ours)
    visitor.cookies = {SESSION_COOKIE: worlds.tokens["wangge"]}
    for mount in mounts:
        for climb in ("/../../app.py", "/%2e%2e/%2e%2e/app.py", "/..%2f..%2fapp.py"):
            assert visitor.get(mount.path + climb).status in (404, 200)
            assert b"st.App" not in visitor.get(mount.path + climb).body
            walked.count(KIND, mount.path)


def test_everybody_walks_and_the_whole_tree_sees_the_others(
    worlds: Worlds, browser: Before
) -> None:
    """The walk is not blind: who may see the others does."""
    visitor = browser(worlds.theirs)
    visitor.cookies = {SESSION_COOKIE: worlds.tokens[next(iter(WHOLE))]}
    assert SECRET in visitor.get("/institutions/points.json").body.decode()
