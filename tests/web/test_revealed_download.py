"""Protected texts in a file: only by a form of one's own session, with a reason, on the record."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape

import pytest
from openpyxl import load_workbook

from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Refused
from ledger.domain.ledgers import ledger_named
from ledger.domain.timing import clock
from ledger.people import sessions
from ledger.people.users import User, actor_of, find_user
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.records.revealing import MOST_AN_HOUR, reveal
from ledger.storage import Store
from pages._views.address import View
from pages.records.ledger.downloads import reveal_form
from tests.ledger.conftest import WEST_GRID
from tests.log_entries import recent
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
        (entry, *_) = recent(connection, limit=1)
    assert (entry.action, entry.actor, entry.reason) == ("export", "zhangsan", form["reason"])
    assert entry.after["revealed"]


def test_one_reason_opens_no_whole_ledger(client: Browser, store: Store, csrf: str) -> None:
    """616 names went out for one reason; single texts and files share one small budget."""
    lead = {"source": "report", "matter": "返利", "area_code": WEST_GRID, "informant_phone": PHONE}
    lead["registered_at"] = clock.local_text(clock.now())
    number = [records.create(store, SYSTEM, "leads", lead) for _ in range(MOST_AN_HOUR)]
    form = {"csrf": csrf, "reason": "核对举报人联系方式"}
    refused = client.post("/download/leads.xlsx", form)
    assert (refused.status, f"最多查看 {MOST_AN_HOUR} 条" in refused.text) == (403, True)
    first = records.get(store, SYSTEM, "leads", number[0])["number"]
    one = client.post(f"/download/leads.xlsx?q={first}", form)
    assert (one.status, one.headers["x-rows"]) == (200, "1")
    actor = actor_of(store, find_user(store, "zhangsan"))
    for record in number[1:]:
        reveal(store, actor, "leads", record, "informant_phone", "核对举报人联系方式")
    for again in (
        lambda: client.post(f"/download/leads.xlsx?q={first}", form).status == 403,
        lambda: "已看过 20 条" in _refusal(store, actor, number[0]),
    ):
        assert again()
    assert client.get("/download/leads.xlsx").status == 200, "with stars, as many as one likes"


def test_the_form_beside_the_table_asks_for_what_the_filters_hold(
    client: Browser, csrf: str
) -> None:
    view = View(Selection(text="返利"))
    form = reveal_form(ledger_named("leads"), view, 1, csrf)
    address = unescape(re.search('action="([^"]+)"', form)[1])
    assert f'value="{csrf}"' in form
    answer = client.post(address, {"csrf": csrf, "reason": "核对举报人联系方式"})
    assert (answer.status, answer.headers["x-rows"]) == (200, "1")
    many = reveal_form(ledger_named("leads"), view, MOST_AN_HOUR + 1, csrf)
    assert "<form" not in many
    assert f"先筛选到 {MOST_AN_HOUR} 条以内" in many


def _refusal(store: Store, actor: Actor, record: int) -> str:
    with pytest.raises(Refused) as caught:
        reveal(store, actor, "leads", record, "informant_phone", "核对举报人联系方式")
    return str(caught.value)


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
        assert all(entry.action != "export" for entry in recent(connection, limit=20))
