"""What a browser is told beside the answer, and what it cannot be made to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from ledger.domain.settings import settings
from pages._cookies import FORM_COOKIE, SESSION_COOKIE
from pages._web.headers import DATA_POLICY, FORMS_POLICY
from pages._web.local import local_path
from pages._web.middleware import MIDDLEWARE
from pages._web.routes import ROUTES
from tests.access import walked
from tests.access.world import Worlds
from tests.web.visiting import Browser

HTML = {"accept": "text/html"}
PAGE = "script-src 'self' 'wasm-unsafe-eval';"
FRAME = "script-src 'self' 'unsafe-inline' 'unsafe-eval';"
POSTS = sorted(
    {route.path for route in ROUTES if isinstance(route, Route) and "POST" in (route.methods or ())}
)


async def _behind(request: Request) -> Response:
    """Streamlit's page, or a cookie of its own."""
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse('<div id="root"></div>')
    answer = JSONResponse({})
    answer.set_cookie("_streamlit_xsrf", "1")
    return answer


@pytest.fixture
def browser(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Browser]]:
    """``browser(name)``: somebody's browser before the application."""
    monkeypatch.setenv("LEDGER_DATABASE_URL", f"sqlite:///{worlds.theirs.file.as_posix()}")
    settings.cache_clear()
    app = Starlette(routes=[*ROUTES, Route("/{path:path}", _behind)], middleware=MIDDLEWARE)

    def opened(name: str | None = None) -> Browser:
        visitor = Browser(app)
        if name is not None:
            visitor.cookies[SESSION_COOKIE] = worlds.tokens[name]
        return visitor

    yield opened
    worlds.theirs.restore()
    settings.cache_clear()


# who, address, what its policy holds
POLICIES = [
    (None, "/signin", FORMS_POLICY),
    ("jingban", "/password", FORMS_POLICY),
    ("jingban", "/signout", FORMS_POLICY),
    ("jingban", "/map", PAGE),
    ("jingban", "/component/streamlit_folium.st_folium/index.html", FRAME),
    ("jingban", "/areas/_.geojson", DATA_POLICY),
    ("jingban", "/institutions/points.json", DATA_POLICY),
    ("jingban", "/download/institutions.csv", DATA_POLICY),
    ("jingban", "/download/nothing.csv", "default-src"),
    ("jingban", "/attachment/1", "sandbox"),
    (None, "/healthz", DATA_POLICY),
]


@pytest.mark.parametrize(("name", "address", "policy"), POLICIES)
def test_every_kind_of_answer_has_the_strictest_policy_that_it_bears(
    browser: Callable[..., Browser], name: str | None, address: str, policy: str
) -> None:
    headers = browser(name).get(address, **HTML).headers
    told = headers["content-security-policy"]
    assert policy in told
    assert "default-src 'self'" in told or "default-src 'none'" in told
    assert "'unsafe-eval'" not in told or policy is FRAME
    assert "'unsafe-inline'" not in told.split("style-src")[0] or policy is FRAME
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "server" not in headers
    walked.TALLY.count("headers", address)


def test_cookies_are_out_of_reach_of_scripts_and_stay_on_https(
    browser: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = browser().get("/signin", **HTML).headers.getlist("set-cookie")
    assert [FORM_COOKIE in line for line in plain] == [True]
    for line in plain:
        assert "HttpOnly" in line
        assert "SameSite=lax" in line
        assert "Secure" not in line
    monkeypatch.setenv("LEDGER_SECURE_COOKIES", "true")
    settings.cache_clear()
    answers = [browser().get("/signin", **HTML), browser("jingban").get("/_stcore/x")]
    for answer in answers:
        lines = answer.headers.getlist("set-cookie")
        assert lines
        assert all(line.count("Secure") == 1 for line in lines), "Streamlit's own cookie too"
        assert answer.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize("path", POSTS)
def test_no_form_is_taken_from_elsewhere_or_without_its_token(
    browser: Callable[..., Browser], worlds: Worlds, path: str
) -> None:
    address = path.replace("{name}", "institutions.xlsx")
    fields = {
        "username": "xin",
        "password": "a-1234567890",
        "again": "a-1234567890",
        "reason": "看",
    }
    for name in (None, "jingban"):
        for token, origin in ((None, None), ("wrong", None), ("wrong", "http://evil.example")):
            visitor = browser(name)
            before = worlds.theirs.stamp
            sent = fields if token is None else {**fields, "csrf": token}
            headers = {} if origin is None else {"origin": origin}
            answer = visitor.post(address, sent, **headers)
            assert answer.status in (303, 401, 403)
            assert worlds.theirs.stamp == before
            assert SESSION_COOKIE not in str(answer.headers.getlist("set-cookie"))
            walked.TALLY.count("posts without their token", address)


ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/map",
    "http:evil.example",
    "javascript:alert(1)",
    "/%09/evil.example\t",
    "/\n/evil.example",
    "evil.example",
    "/signin?next=//evil.example",
    "/_stcore/health",
    "/" + "a" * 3000,
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_signing_in_leads_to_places_of_this_server_only(wanted: str) -> None:
    assert local_path(wanted) == "/"
