"""Health, metrics and the log of requests: told to whom they concern, and nothing about anybody."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ledger.domain.access import Role
from ledger.domain.settings import settings
from ledger.operations.impersonal import route_words
from ledger.operations.logs import FIELDS
from ledger.operations.metrics import exposition
from ledger.people.users import User
from ledger.storage import Store
from pages._web.access_log import AccessLog
from pages._web.gate import Gate
from pages._web.routes import ROUTES
from pages.navigation import ENTRIES
from tests.people import make_user
from tests.web.visiting import Browser


@pytest.fixture
def logged(client: Browser) -> Browser:
    """The browser behind the log of requests, with one route that fails."""

    def broken(request: Request) -> PlainTextResponse:
        raise RuntimeError("张测试 13800001234")

    def known(request: Request) -> PlainTextResponse:
        return PlainTextResponse("")

    client.app = Starlette(
        routes=[
            *ROUTES,
            Route("/broken/{number}", broken),
            Route("/thing/{number}", known),
        ],
        middleware=[Middleware(AccessLog), Middleware(Gate)],
    )
    return client


def test_ready_says_which_part_is_not(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").json == {
        "ready": True,
        "database": True,
        "migrations": True,
        "disk": True,
    }
    monkeypatch.setattr(settings(), "minimum_free_megabytes", 10**9)
    answer = client.get("/readyz")
    assert (answer.status, answer.json["disk"]) == (503, False)


def ask(browser: Browser, address: str, **headers: str) -> int:
    """GET /metrics as a machine of that address would."""
    scope_of = browser._scope

    def scope(*arguments: object) -> dict[str, object]:
        return scope_of(*arguments) | {"client": (address, 4711)}  # type: ignore[arg-type]

    browser._scope = scope  # type: ignore[method-assign, assignment]
    try:
        return browser.get("/metrics", **headers).status
    finally:
        browser._scope = scope_of  # type: ignore[method-assign]


def test_metrics_are_for_this_machine_or_a_token(
    client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(client, "127.0.0.1") == 200
    assert ask(client, "::1") == 200
    assert ask(client, "10.0.0.7") == 404
    # A proxy on this machine asks for somebody else.
    assert ask(client, "127.0.0.1", x_forwarded_for="10.0.0.7") == 404
    assert ask(client, "10.0.0.7", authorization="Bearer ") == 404
    monkeypatch.setattr(settings(), "metrics_token", "a-long-token")
    assert ask(client, "10.0.0.7", authorization="Bearer a-long-token") == 200
    assert ask(client, "10.0.0.7", authorization="Bearer another") == 404


def request_lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [
        getattr(record, FIELDS) for record in caplog.records if record.getMessage() == "request"
    ]


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger("pages"), "propagate", True)
    caplog.set_level(logging.INFO, logger="pages")


@pytest.mark.usefixtures("heard")
def test_a_request_leaves_one_line_without_its_query(
    logged: Browser,
    store: Store,
    enter: Callable[[User], str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    user = make_user(store, "zhangsan", Role.OFFICE_STAFF)
    enter(user)
    answer = logged.get("/thing/XS-00017?search=13800001234")
    (line,) = request_lines(caplog)
    assert line["route"] == "/thing/{number}"
    assert line["user"] == user.id
    assert line["status"] == 200
    assert answer.headers["x-request-id"] == line["request"]
    assert not {"13800001234", "XS-00017", "zhangsan", "10.0.0.7"} & set(
        json.dumps(line).replace('"', " ").split()
    )


@pytest.mark.usefixtures("heard")
def test_unknown_paths_are_one_route(
    logged: Browser, store: Store, enter: Callable[[User], str], caplog: pytest.LogCaptureFixture
) -> None:
    enter(make_user(store, "zhangsan"))
    logged.get("/13800001234")
    logged.get("/zhangsan/../x")
    assert [line["route"] for line in request_lines(caplog)] == ["other", "other"]
    assert b"13800001234" not in exposition(store)


@pytest.mark.usefixtures("heard")
def test_a_failure_is_logged_without_its_words(
    logged: Browser, store: Store, enter: Callable[[User], str], caplog: pytest.LogCaptureFixture
) -> None:
    enter(make_user(store, "zhangsan"))
    with pytest.raises(RuntimeError):
        logged.get("/broken/1")
    (line,) = request_lines(caplog)
    assert (line["status"], line["route"]) == (500, "/broken/{number}")
    failed = next(one for one in caplog.records if one.getMessage() == "request failed")
    assert getattr(failed, FIELDS)["request"] == line["request"]


def test_the_doctor_knows_most_routes_and_pages() -> None:
    """What it does not know it leaves out of its file, as it would a name."""
    paths = [re.sub(r"\{(\w+):\w+\}", r"{\1}", getattr(one, "path", "/")) for one in ROUTES]
    every = [*paths, *(f"/{entry.url_path}" for entry in ENTRIES)]
    unknown = [one for one in every if not route_words(one)]
    assert len(unknown) < len(every) / 10, f"add to ledger/operations/impersonal.py: {unknown}"
