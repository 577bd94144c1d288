"""What a browser tells of the columns that somebody drew: kept for them, with their token only."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from starlette.applications import Starlette

from ledger.domain.access import Actor, Role
from ledger.people.own_columns import OwnColumns, columns_of
from ledger.people.users import as_actor
from ledger.storage import Store
from pages._web import own_columns
from tests.ledger.conftest import store  # noqa: F401 - a fixture
from tests.people import make_user, quick_hashing  # noqa: F401 - a fixture
from tests.web.visiting import Answer, Browser


@pytest.fixture
def clerk(store: Store, monkeypatch: pytest.MonkeyPatch) -> Actor:  # noqa: F811
    monkeypatch.setattr(own_columns, "store", lambda: store)
    return as_actor(make_user(store, "jingban", Role.OFFICE_STAFF))


def tell(who: Actor, **fields: str) -> Answer:
    app = Starlette(routes=own_columns.ROUTES)

    async def known(scope, receive, send):  # type: ignore[no-untyped-def]
        session = SimpleNamespace(csrf_token="token")
        scope.setdefault("state", {}).update(actor=who, session=session)
        await app(scope, receive, send)

    return Browser(known).post("/columns", fields)


def test_widths_and_order_are_kept_and_what_is_none_is_left_out(
    store: Store,  # noqa: F811
    clerk: Actor,
) -> None:
    given = {"widths": "phone:120,beds,remarks:-4,kind:１２,number:9999999", "shown": "open,beds"}
    answer = tell(clerk, csrf="token", ledger="institutions", **given)
    assert (answer.status, answer.body) == (204, b"")
    assert columns_of(store, clerk, "institutions") == OwnColumns(("beds",), {"phone": 120})


def test_without_the_token_or_a_ledger_nothing_is_kept(store: Store, clerk: Actor) -> None:  # noqa: F811
    assert tell(clerk, csrf="other", ledger="leads", widths="matter:90").status == 403
    answer = tell(clerk, csrf="token", ledger="nothing", widths="matter:90")
    assert answer.status == 400
    assert "没有名为“nothing”的台账" in answer.json["error"]
    assert columns_of(store, clerk, "leads") == OwnColumns()
