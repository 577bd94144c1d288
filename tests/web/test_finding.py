"""The route behind the box in the head: what it says, to whom, and that nothing of it is logged."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.records.bulk import create_many
from ledger.storage import Store
from pages._web import finding
from pages._web.access_log import AccessLog
from tests.ledger.conftest import WEST, WEST_VILLAGE, actor, store  # noqa: F401 - a fixture
from tests.web.visiting import Answer, Browser

HOSTILE = '<img src=x onerror="alert(1)">松柏'


@pytest.fixture(autouse=True)
def served(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:  # noqa: F811
    monkeypatch.setattr(finding, "store", lambda: store)
    names = (HOSTILE, *(f"松柏{at}院" for at in range(6)))
    homes = [{"name": name, "area_code": WEST_VILLAGE} for name in names]
    create_many(store, SYSTEM, "institutions", homes)
    return store


def ask(text: str, who: Actor) -> Answer:
    app = Starlette(routes=finding.ROUTES, middleware=[Middleware(AccessLog)])

    async def known(scope, receive, send):  # type: ignore[no-untyped-def]
        session = SimpleNamespace(csrf_token="token")
        scope.setdefault("state", {}).update(actor=who, session=session)
        await app(scope, receive, send)

    return Browser(known).post("/find", {"q": text, "csrf": "token"})


def test_groups_with_lines_that_lead_to_records() -> None:
    answer = ask("松柏", actor(Role.OFFICE_STAFF, WEST))
    assert answer.headers["cache-control"] == "no-store"
    (group,) = answer.json["groups"]
    assert (group["label"], group["many"]) == ("养老服务机构(场所)", "共 7 条")
    assert group["all"] == "/institutions?q=%E6%9D%BE%E6%9F%8F"
    assert group["lines"][0]["title"] == "松柏5院"
    assert group["lines"][0]["href"] == "/institutions?record=7"
    assert group["lines"][0]["beside"].startswith("YL-000007 ")


def test_a_text_of_the_ledger_stays_a_text() -> None:
    """It is JSON: find.js puts it on the page as text."""
    answer = ask("onerror", actor(Role.OFFICE_STAFF, WEST))
    assert answer.json["groups"][0]["lines"][0]["title"] == HOSTILE
    assert answer.headers["content-type"] == "application/json"


def test_whoever_reads_no_ledger_is_refused() -> None:
    answer = ask("松柏", actor(Role.ADMIN, "*"))
    assert (answer.status, list(answer.json)) == (403, ["error"])


def test_what_cannot_be_searched_for_is_said() -> None:
    answer = ask(" ".join("松柏" for _ in range(21)), actor(Role.OFFICE_STAFF, WEST))
    assert answer.status == 400
    assert "最多搜索20个词" in answer.json["error"]


def test_what_was_typed_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        ask("张三丰13800001111", actor(Role.OFFICE_STAFF, WEST))
    said = " ".join(str(vars(record)) for record in caplog.records)
    assert "/find" in said
    assert "张三丰" not in said
    assert "13800001111" not in said
