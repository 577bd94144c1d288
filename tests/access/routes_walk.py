"""The walk through the addresses: without a session, with one, and to areas elsewhere or nowhere.

Answers are compared whole between two databases that differ only in what is not the visitor's:
status, headers (ETag and Content-Length among them) and body. Forms are posted twice, without
their token and with it. Whatever has an ETag is asked for again with it, and with the ETag that
somebody got who sees everything: 304 for the latter would say what lies outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ledger.people import sessions
from pages._cookies import SESSION_COOKIE
from pages._web import image_origin
from pages._web.middleware import MIDDLEWARE
from pages._web.routes import ROUTES
from tests.access.walking import Walk, at
from tests.access.world import ABSENT_CODE, PEOPLE, REVOKED, SECRET, Planted, World
from tests.people import PASSWORD
from tests.web.visiting import Answer, Browser

KIND = "routes"
# What opens without a session; written down here too, so that nothing joins them unnoticed.
OPEN = {
    "/healthz",
    "/beat",
    "/readyz",
    "/metrics",
    "/signin",
    "/sso",
    "/sso/callback",
    "/trust",
    "/trust/authority.crt",
    "/assets/app/forms.css",
    "/assets/app/forms.js",
    "/assets/app/icon.svg",
}
HTML = {"accept": "text/html"}
PERIOD = "period=2026-05-01_2026-05-31"
# What stands for a parameter of a path, for a target.
PARAMETERS: dict[str, Callable[[Planted], Any]] = {
    "code": lambda t: t.code,
    "number": lambda t: t.ids["bulletin"],
    "attachment_id": lambda t: t.ids["attachment"],
    "form_id": lambda t: t.ids.get("form", 0),
    "record_id": lambda t: t.ids["institutions"],
    "suffix": lambda t: "csv",
    "name": lambda t: "tiers",
    "level": lambda t: "grid",
    "page": lambda t: "roles",
    "picture": lambda t: "map.png",
    "ledger": lambda t: "institutions",
    "z": lambda t: 1,
    "x": lambda t: 1,
    "y": lambda t: 1,
}
# Paths whose parameters mean something else, and what is asked for behind the question mark.
PATHS: dict[str, tuple[str, ...]] = {
    "/bulletin/{number:int}.{suffix}": (
        "/bulletin/{number}.docx",
        "/bulletin/{number}.xlsx",
        "/bulletin/{number}.rows.xlsx",
    ),
    "/download/template/{ledger}.{suffix}": (
        "/download/template/institutions.xlsx",
        "/download/template/institutions.xlsx?area={code}",
        "/download/template/institutions.zip",
        "/download/template/institutions.zip?area={code}",
    ),
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
    "/print/list/{ledger}": ("area={code}&columns=number,name,area_code", f"q={SECRET}"),
    "/print/visit": ("institution={institution}",),
    "/institutions/points.json": ("under={code}", "tier=4", "tier=none&under={code}"),
    "/regions/{level}.geojson": ("under={code}", PERIOD + "&under={code}"),
    "/download/hotspots/table.{suffix}": (
        "ledger=inspections&level=grid",
        "ledger=inspections&level=grid&area={code}",
    ),
    "/download/figures/figures.{suffix}": (PERIOD, PERIOD + "&area={code}"),
    "/download/rating/ranking.{suffix}": (PERIOD, PERIOD + "&area={code}"),
}
# What a form of each route holds, its token aside.
FORM = {
    "username": "jingban",
    "password": PASSWORD + "8",
    "again": PASSWORD + "8",
    "old": PASSWORD,
    "reason": "核对全部情况",
    "q": "机构",
    "ledger": "institutions",
    "widths": "phone:120",
}
# What takes long is asked by fewer people about one place outside each.
SLOW = re.compile("hotspots|figures|rating")
SLOW_WALKERS = ("wangge", "jingban", "guanli")
# Differs by the minute or by the process, not by what lies outside.
CHANCE = re.compile(rb'(name="csrf" value=")[^"]*')
CHANCE_HEADERS = {"set-cookie", "date", "x-request-id"}

_APP: list[Any] = []


@dataclass(frozen=True)
class Ask:
    """One question: who (a session's token), what, and with which form or ETag."""

    token: str | None
    method: str
    address: str
    fields: tuple[tuple[str, str], ...] = ()
    etag: str = ""


async def _behind(request: Request) -> Response:
    """In place of Streamlit: says that somebody came through."""
    return JSONResponse({"through": True})


def application() -> Any:
    """The routes and everything before them, made once."""
    if not _APP:
        shell = Route("/{path:path}", _behind)
        _APP.append(Starlette(routes=[*ROUTES, shell], middleware=MIDDLEWARE))
    return _APP[0]


def answers(world: World, questions: list[Ask]) -> list[tuple[Answer, bool]]:
    """What each question is answered in one database, and whether it changed it."""
    found = []
    with at(world):
        image_origin._kept = (0.0, "", None)
        for one in questions:
            visitor, before = Browser(application()), world.stamp
            visitor.cookies = {} if one.token is None else {SESSION_COOKIE: one.token}
            if one.method == "POST":
                answer = visitor.post(one.address, dict(one.fields))
            else:
                # Conditions are a matter of scripts: a page that is opened comes whole.
                headers = {"if-none-match": one.etag} if one.etag else HTML
                answer = visitor.request(one.method, one.address, headers)
            changed = world.stamp != before
            if changed:
                world.restore()
            found.append((answer, changed))
    return found


def routes() -> list[Route]:
    """Every address that the application itself answers, folders of files aside."""
    return [route for route in ROUTES if isinstance(route, Route)]


def methods(route: Route) -> list[str]:
    return sorted((route.methods or {"GET"}) - {"HEAD"})


def addresses(route: Route, target: Planted) -> list[str]:
    """The addresses of a route for a target. Fails for a parameter that nobody has explained."""
    queries = QUERIES.get(route.path, ())
    paths = PATHS.get(route.path) or (route.path, *(f"{route.path}?{one}" for one in queries))
    filled = []
    for path in paths:
        text = re.sub(r"\{(\w+):\w+\}", r"{\1}", path)
        text = text.replace("{record}", str(target.ids["institutions"]))
        text = text.replace("{institution}", str(target.numbers.get("institutions", "")))
        for name in re.findall(r"\{(\w+)\}", text):
            if name not in PARAMETERS:
                raise AssertionError(
                    f"{route.path}: tests/access/routes_walk.py does not know what stands for "
                    f"“{name}”. Add it to PARAMETERS, or the whole address to PATHS."
                )
            text = text.replace(f"{{{name}}}", str(PARAMETERS[name](target)))
        filled.append(text)
    return filled if "GET" in methods(route) else [one for one in filled if "?" not in one]


def _questions(walk: Walk, route: Route, token: str | None, target: Planted) -> list[Ask]:
    """Everything a route is asked by one person about one target."""
    asked = []
    for method in methods(route):
        for address in addresses(route, target):
            if method != "POST":
                asked.append(Ask(token, method, address))
                continue
            right = ""
            found = sessions.actor_for(walk.worlds.ours.store, token, touch=False)
            if found is not None:
                right = found[1].csrf_token
            for given in dict.fromkeys(("wrong", right or "wrong")):
                asked.append(Ask(token, method, address, (("csrf", given), *FORM.items())))
    return asked


def walk_without_session(walk: Walk, route: Route) -> list[str]:
    """What a route tells or does for people who are not signed in, or not any more."""
    worlds, leaks = walk.worlds, []
    questions = [
        one
        for token in (None, worlds.tokens[REVOKED], "made-up")
        for one in _questions(walk, route, token, worlds.inside)
    ]
    for one, (answer, changed) in zip(questions, answers(worlds.theirs, questions), strict=True):
        walk.tally.count(KIND, f"{one.method} {route.path}", "nobody", worlds.inside.where)
        closed = answer.status in (401, 303, 403, 404)
        way = answer.location or ""
        led_off = answer.status == 303 and not way.startswith(("/signin", "/setup"))
        told = SECRET in answer.body.decode(errors="replace")
        is_open = one.address.partition("?")[0] in OPEN
        if changed or led_off or told or not (closed or is_open):
            leaks.append(f"{one.method} {one.address}: {answer.status} {way}, changed: {changed}")
    return [walk.tally.leak(KIND, leak) for leak in leaks]


def walk_signed_in(walk: Walk, route: Route) -> list[str]:
    """What any part of an answer tells a signed-in visitor of what is not theirs."""
    slow, leaks, seen = bool(SLOW.search(route.path)), [], set[Any]()
    for name in SLOW_WALKERS if slow and not walk.whole else PEOPLE:
        world, targets = walk.beyond(name, route.path)
        inside = _questions(walk, route, walk.worlds.tokens[name], walk.worlds.inside)
        leaks += _both(walk, route, name, world, walk.worlds.inside, inside)
        statuses = walk.kept.pop((route.path, name, "said"))
        if walk.stands_for(seen, name, statuses):
            continue
        for target in targets:
            asked = _questions(walk, route, walk.worlds.tokens[name], target)
            leaks += _both(walk, route, name, world, target, asked)
    return [walk.tally.leak(KIND, leak) for leak in leaks]


def _both(
    walk: Walk, route: Route, name: str, world: World, target: Planted, questions: list[Ask]
) -> Iterator[str]:
    ours, theirs = answers(walk.worlds.ours, questions), answers(world, questions)
    walk.kept[route.path, name, "said"] = [
        ("ok" if one.status < 400 else str(one.status), None, changed) for one, changed in ours
    ]
    again = []
    for one, first, second in zip(questions, ours, theirs, strict=True):
        walk.tally.count(KIND, f"{one.method} {route.path}", name, target.where)
        yield from compare(f"{name} {one.method} {one.address}", one.address, first, second)
        etag = second[0].headers.get("etag", "")
        if etag:
            again.append(Ask(one.token, one.method, one.address, etag=etag))
    for one, (answer, _) in zip(again, answers(world, again), strict=True):
        walk.tally.count(KIND, f"{one.method} {route.path}", name, target.where)
        if answer.status != 304 or answer.body:
            yield f"{name} {one.address}: {answer.status} for an ETag that it has itself given"


def compare(
    where: str, address: str, ours: tuple[Answer, bool], theirs: tuple[Answer, bool]
) -> Iterator[str]:
    """What the second answer says beyond the first."""
    text = theirs[0].body.decode(errors="replace")
    told = SECRET in text and SECRET not in address
    refused = theirs[0].status >= 400 and theirs[1]
    same = _seen(ours[0]) == _seen(theirs[0])
    if theirs[0].body[:2] == b"PK":
        same = _seen(ours[0])[0] == _seen(theirs[0])[0]
    if told or refused or not same or ours[1] != theirs[1]:
        yield f"{where}:\n{_seen(ours[0])}\n{_seen(theirs[0])}\nchanged: {ours[1]} {theirs[1]}"


def walk_elsewhere(walk: Walk, route: Route) -> list[str]:
    """Where an address that names an area elsewhere is answered otherwise than one nowhere."""
    elsewhere, leaks = walk.worlds.outside["sibling"], []
    nowhere = Planted(ABSENT_CODE, "nowhere", dict(elsewhere.ids))
    pairs = zip(addresses(route, elsewhere), addresses(route, nowhere), strict=True)
    wanted = [pair for pair in pairs if pair[0] != pair[1] and "GET" in methods(route)]
    people = [(name, walk.worlds.tokens[name]) for name in PEOPLE]
    asked = [Ask(token, "GET", one) for _, token in people for pair in wanted for one in pair]
    found = iter(answers(walk.worlds.theirs, asked))
    for name, _ in people:
        for first, second in wanted:
            walk.tally.count(KIND, f"GET {route.path}", name, nowhere.where)
            # A refusal may quote what was asked for.
            said = [
                repr(_seen(next(found)[0])).replace(str(code), "CODE")
                for code in (elsewhere.code, nowhere.code)
            ]
            if said[0] != said[1]:
                leaks.append(f"{name} {first}: {said[0]}\n{second}: {said[1]}")
    return [walk.tally.leak(KIND, leak) for leak in leaks]


def walk_foreign_etags(walk: Walk, route: Route) -> list[str]:
    """Where somebody gets 304 for the ETag of an answer that is not theirs."""
    if "GET" not in methods(route):
        return []
    leaks, worlds, target = [], walk.worlds, walk.worlds.outside["sibling"]
    whole = [Ask(worlds.tokens["xianling"], "GET", one) for one in addresses(route, target)]
    for one, (known, _) in zip(whole, answers(worlds.theirs, whole), strict=True):
        etag = known.headers.get("etag", "")
        if not etag or known.status != 200:
            continue
        asked = [Ask(worlds.tokens[name], "GET", one.address, etag=etag) for name in PEOPLE]
        plain = [Ask(worlds.tokens[name], "GET", one.address) for name in PEOPLE]
        conditional, whole_ones = answers(worlds.theirs, asked), answers(worlds.theirs, plain)
        for name, (answer, _), (own, _) in zip(PEOPLE, conditional, whole_ones, strict=True):
            walk.tally.count(KIND, f"GET {route.path}", name, target.where)
            if answer.status == 304 and own.headers.get("etag") != etag:
                leaks.append(f"{name} {one.address}: 304 for what is not theirs")
    return [walk.tally.leak(KIND, leak) for leak in leaks]


def _seen(answer: Answer) -> tuple[int, list[tuple[str, str]], bytes]:
    headers = sorted(
        (key, value) for key, value in answer.headers.items() if key not in CHANCE_HEADERS
    )
    return answer.status, headers, CHANCE.sub(rb"\1", answer.body)
