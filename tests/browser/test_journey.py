"""The main job on the sample: an edit of the office reaches the leader's map and the download."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from ledger.casework import map_overview as overview
from ledger.people.users import as_actor, find_user
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.records.query import Condition, Selection
from ledger.storage import Store, open_store
from tests.browser.conftest import enter, wait_until_idle
from tests.browser.serving import Server


@pytest.fixture(scope="module")
def store(server: Server) -> Iterator[Store]:
    store = open_store(server.database_url)
    yield store
    store.dispose()


@pytest.mark.thorough
def test_an_edit_of_the_office_shows_on_the_leaders_map_and_in_the_download(
    new_page: Callable[..., Page], server: Server, store: Store
) -> None:
    clerk = as_actor(find_user(store, "jingban"))
    calm = records.search(
        store, clerk, "institutions",
        Selection(conditions=(Condition("tier", "eq", "1"),), sort=(("number", False),)),
    ).rows[0]  # fmt: skip
    before = overview.situation(store, clerk, current_atlas(store), None).here.by_tier.get("4", 0)

    leader = new_page()
    enter(leader, server, "lingdao", "/map")
    heading = leader.locator("h1, h2").first
    if before:
        expect(heading).to_contain_text(f"四类 {before} 家")

    office = new_page()
    enter(office, server, "jingban", f"/institutions?record={calm['id']}")
    record = office.locator(".st-key-record")
    record.get_by_text("资料", exact=True).click()
    fact = record.locator('[data-testid="stButtonGroup"]').filter(has_text="涉嫌犯罪")
    fact.get_by_text("是", exact=True).click()
    expect(record.get_by_text("1 处修改尚未保存")).to_be_visible()
    expect(record.locator(".st-key-record-bar")).to_contain_text("否 → 是")
    record.locator(".st-key-record-save button").click()
    expect(office.get_by_text("风险等级：一类 → 四类")).to_be_visible()
    saved = records.get(store, clerk, "institutions", calm["id"])
    assert (saved["suspected_crime"], saved["tier"]) == (True, "4")

    leader.reload()
    wait_until_idle(leader)
    expect(heading).to_contain_text(f"四类 {before + 1} 家")

    office.goto("/institutions?tier.in=4")
    wait_until_idle(office)
    office.locator(".st-key-download-popover button").first.click()
    with office.expect_download() as waiting:
        office.get_by_role("link", name="CSV").click()
    text = waiting.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == before + 1
    assert calm["number"] in {row["编号"] for row in rows}
