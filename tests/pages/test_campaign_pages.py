"""The campaign's ledgers as each role finds them."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from ledger.domain.access import SYSTEM, Role
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.records.history.audit import history
from ledger.storage.tables import LEDGER_TABLES
from pages.navigation import ENTRIES, entries_for
from tests.pages.builders import BLAMELESS, EAST_NORTH, WEST_VILLAGE, Office
from tests.pages.campaign_office import button, keys_of, record_of, said, section

LEDGERS = ("leads", "dispositions", "petitions", "outreach", "inspections")
READERS = [role for role in Role if role is not Role.ADMIN]


@pytest.mark.parametrize("ledger", LEDGERS)
def test_every_reader_has_every_ledger_and_opens_its_record(campaign, open_ledger, ledger) -> None:
    page = open_ledger(ledger, Role.GRID_WORKER)
    assert not page.exception
    for role in (Role.OFFICE_STAFF, Role.AUDITOR):
        page = open_ledger(ledger, role, record=str(campaign.ids[ledger]))
        assert not page.exception
        names = page.segmented_control(key=f"record-section-{ledger}").options
        for name in names:
            section(page, ledger, name)
            assert not page.exception, name
    assert {entry.url_path for entry in ENTRIES} >= {*LEDGERS, "coverage"}


@pytest.mark.parametrize("role", READERS)
def test_the_menu_shows_the_campaign_to_every_reader(campaign: Office, role: Role) -> None:
    paths = {entry.url_path for entry in entries_for(campaign.actor(role))}
    assert paths >= {*LEDGERS, "coverage"}


def test_key_numbers_count_overdue_and_states_and_filter(campaign, open_ledger) -> None:
    fresh = {"registered_at": clock.now(), "source": "report", "matter": "刚登记"}
    values = {**fresh, "area_code": record_of(campaign, "leads")["area_code"]}
    records.create(campaign.store, SYSTEM, "leads", values)
    page = open_ledger("leads", Role.OFFICE_STAFF)
    assert button(page, "keynumber-all").label == "**2** 合计"
    assert button(page, "keynumber-local").label == "**1** 本地期限已超期"
    assert button(page, "keynumber-state-registered").label == "**2** 已登记"
    button(page, "keynumber-local").click().run()
    assert page.query_params["due"] == "local", "no day of today stands in the address"
    (table,) = page.dataframe
    assert list(table.value["matter"]) == ["承诺高额返利"]
    button(page, "keynumber-soon").click().run()
    assert page.query_params["due"] == "soon"
    button(page, "keynumber-soon").click().run()
    assert "due" not in page.query_params


def test_protected_texts_are_masked_and_shown_once_with_a_reason(campaign, open_ledger) -> None:
    lead = str(campaign.ids["leads"])
    page = section(open_ledger("leads", Role.OFFICE_STAFF, record=lead), "leads", "资料")
    assert "王**" in said(page)
    assert "王小明" not in said(page)
    button(page, "reveal-do-informant").click().run()
    assert "请写明查看理由" in said(page)
    why = page.text_input(key=f"reveal-why-{lead}-informant")
    why.set_value("回访核实线索").run()
    button(page, "reveal-do-informant").click().run()
    assert "王小明" in said(page)
    page.run()
    assert "王小明" not in said(page)
    memory = page.session_state["ledger-page-leads"]
    assert "王小明" not in repr(memory)
    with campaign.store.reading() as connection:
        newest = history(connection, "leads", campaign.ids["leads"])[0]
    assert (newest.action, newest.reason) == ("reveal", "回访核实线索")


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.GRID_WORKER])
def test_nobody_else_is_offered_to_see_protected_texts(campaign, open_ledger, role) -> None:
    if role is Role.GRID_WORKER:
        values = {"area_code": campaign.actor(role).scope_code}
        edit = records.Edit(campaign.ids["leads"], 1, values)
        records.save(campaign.store, SYSTEM, "leads", [edit])
    page = open_ledger("leads", role, record=str(campaign.ids["leads"]))
    section(page, "leads", "资料")
    assert "王**" in said(page)
    assert not any(str(key).startswith("reveal-") for key in keys_of(page))


def test_a_new_record_takes_plain_texts_and_an_institution_by_name(campaign, open_ledger) -> None:
    page = open_ledger("leads", Role.OFFICE_STAFF)
    button(page, "add").click().run()
    fields = {(one.key or "").rpartition("-")[2]: one for one in page.text_input}
    assert fields["registered_at"].value, "the moment of registration is there already"
    fields["informant"].set_value("赵四")
    by_key = lambda kind, key: next(  # noqa: E731
        one for one in kind if (one.key or "").endswith(f"-{key}")
    )
    by_key(page.text_area, "matter").set_value("电话推销养老床位")
    by_key(page.selectbox, "source").set_value("群众举报")
    by_key(page.selectbox, "institution").set_value("YL-000001")
    by_key(page.selectbox, "area_code").set_value(record_of(campaign, "leads")["area_code"])
    page.run()
    button(page, "adding-save").click().run()
    assert "已新增 XS-000002" in said(page)
    new = records.get(campaign.store, SYSTEM, "leads", int(page.query_params["record"]))
    assert new["institution_name"] == "松鹤养老院"
    assert "赵四" not in str(new["informant"])
    assert "赵**" in said(section(page, "leads", "资料"))
    assert f"institutions?record={campaign.ids['松鹤养老院']}" in said(page)


def test_an_institution_shows_its_records_and_since_when_facts_stand(campaign, open_ledger) -> None:
    page = open_ledger("institutions", Role.OFFICE_STAFF, record=str(campaign.ids["松鹤养老院"]))
    assert "走访 PC-000001" in said(page)
    section(page, "institutions", "往来")
    for ledger, number in (("leads", "XS-000001"), ("dispositions", "CZ-000001")):
        assert f'href="{ledger}?record={campaign.ids[ledger]}"' in said(page)
        assert number in said(page)


def test_a_leader_confirms_a_tier_and_sees_what_was_opened(campaign, open_ledger) -> None:
    home = campaign.ids["松鹤养老院"]
    page = open_ledger("institutions", Role.LEADER, record=str(home))
    assert "老年人妥善安置" in said(page)
    button(page, "confirm-do").click().run()
    assert "已确认为四类，已开立处置" in said(page)
    assert campaign.get("松鹤养老院")["tier_confirmed"] == "4"
    assert "confirm-do" not in keys_of(page)


def test_only_leaders_confirm(campaign, open_ledger) -> None:
    page = open_ledger("institutions", Role.OFFICE_STAFF, record=str(campaign.ids["松鹤养老院"]))
    assert "confirm-do" not in keys_of(page)


def test_attachments_are_listed_with_links_and_removed_with_a_reason(campaign, open_ledger) -> None:
    from ledger.records import attachments

    content = b"\x89PNG\r\n\x1a\n" + b"0" * 2000
    lead = campaign.ids["leads"]
    file_id = attachments.attach(campaign.store, SYSTEM, "leads", lead, "合同<b>.png", content)
    page = section(open_ledger("leads", Role.OFFICE_STAFF, record=str(lead)), "leads", "附件")
    assert f'href="/attachment/{file_id}"' in said(page)
    assert "合同&lt;b&gt;.png" in said(page)
    button(page, f"detach-do-{file_id}").click().run()
    assert "请先填写删除原因" in said(page)
    page.text_input(key=f"detach-why-{file_id}").set_value("重复上传").run()
    button(page, f"detach-do-{file_id}").click().run()
    assert "还没有附件" in said(page)


def test_village_staff_see_the_upload_where_they_must_answer(campaign, open_ledger) -> None:
    record = campaign.ids["dispositions"]
    for state, offered in (("open", False), ("running", True), ("review", False)):
        table = LEDGER_TABLES["dispositions"]
        with campaign.store.writing() as connection:
            connection.execute(update(table).where(table.c.id == record).values(state=state))
        page = open_ledger("dispositions", Role.VILLAGE_STAFF, record=str(record))
        page = section(page, "dispositions", "附件")
        assert not page.exception
        assert bool(page.get("file_uploader")) is offered, state


def test_coverage_counts_the_round_and_lists_who_is_left(campaign, open_ledger) -> None:
    campaign.add("未走访养老院", **BLAMELESS)
    page = open_ledger("coverage", Role.OFFICE_STAFF)
    assert not page.exception
    assert "应排查 <b>2</b> 家，已排查 <b>1</b> 家" in said(page)
    assert "50.0%" in said(page)
    assert "暂无数据" in said(page), "a village without institutions has no share"
    page = open_ledger("coverage", Role.OFFICE_STAFF, area=WEST_VILLAGE)
    assert "未走访养老院" in said(page)
    assert "松鹤养老院" not in said(page)
    page.segmented_control(key="coverage-level").set_value("grid").run()
    assert page.query_params["level"] == "grid"
    assert not page.exception


def test_coverage_knows_nothing_outside_the_scope(campaign, open_ledger) -> None:
    campaign.add("东村养老院", lon=127.15, lat=29.02, **BLAMELESS)
    page = open_ledger("coverage", Role.OFFICE_STAFF, area=EAST_NORTH)
    assert not page.exception
    assert "东村养老院" not in said(page)
    page = open_ledger("coverage", Role.LEADER, area="all")
    assert "东村养老院" in said(page)
