"""Protected texts in a file: only by a form of one's own session, with a reason, on the record."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from openpyxl import load_workbook

from ledger import records
from ledger.access import SYSTEM, Role
from ledger.history import audit
from ledger.identity import sessions
from ledger.identity.users import User
from ledger.storage import Store
from ledger.timing import clock
from tests.ledger.conftest import WEST_GRID
from tests.people import make_user
from tests.web.visiting import Browser

PHONE = "0580-7654321"
Enter = Callable[[User], str]


@pytest.fixture
def csrf(client: Browser, store: Store, enter: Enter) -> str:
    """The office signed in; a lead with somebody's telephone. The token of its forms."""
    lead = {"source": "report", "matter": "返利", "area_code": WEST_GRID, "informant_phone": PHONE}
    lead["registered_at"] = clock.local_text(clock.now())
    records.create(store, SYSTEM, "leads", lead)
    token = enter(make_user(store, "zhangsan", Role.OFFICE_STAFF))
    found = sessions.actor_for(store, token)
    assert found is not None
    return found[1].csrf_token


def _cells(content: bytes) -> set[object]:
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return {cell.value for row in sheet.iter_rows() for cell in row}


def test_a_reason_opens_them_and_goes_on_the_record(
    client: Browser, store: Store, csrf: str
) -> None:
    assert PHONE not in _cells(client.get("/download/leads.xlsx").body)
    form = {"csrf": csrf, "reason": "核对举报人联系方式"}
    answer = client.post("/download/leads.xlsx", form)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert PHONE in _cells(answer.body)
    with store.reading() as connection:
        (entry, *_) = audit.recent(connection, limit=1)
    assert (entry.action, entry.actor, entry.reason) == ("export", "zhangsan", form["reason"])
    assert entry.after["revealed"]


def test_without_token_or_reason_nothing_goes_out(client: Browser, store: Store, csrf: str) -> None:
    for path, form, status in (
        ("/download/leads.xlsx", {"csrf": "x", "reason": "核对举报人"}, 403),
        ("/download/leads.xlsx", {"reason": "核对举报人"}, 403),
        ("/download/leads.xlsx", {"csrf": csrf, "reason": "看"}, 400),
        ("/download/leads.xlsx", {"csrf": csrf}, 400),
        ("/download/others.xlsx", {"csrf": csrf, "reason": "核对举报人"}, 404),
    ):
        answer = client.post(path, form)
        assert answer.status == status, form
        assert "没有下载" in answer.text
    with store.reading() as connection:
        assert all(entry.action != "export" for entry in audit.recent(connection, limit=20))
