"""What was typed is offered again after the session is lost, and gone once it was saved."""

from __future__ import annotations

from ledger.casework.steps import take_step
from ledger.domain.access import SYSTEM, Role
from ledger.records import service as records
from ledger.records.history import drafts
from ledger.records.history.drafts import form_name
from tests.pages.campaign_office import button, keys_of, record_of, said, section


def _field(page, key: str):
    fields = [*page.text_input, *page.text_area, *page.date_input, *page.selectbox]
    named = [one for one in fields if (one.key or "").endswith(f"-{key}")]
    return next(one for one in named if not one.key.startswith("reveal-"))


def _facts(campaign, open_ledger, role: Role = Role.OFFICE_STAFF):
    return open_ledger("leads", role, record=str(campaign.ids["leads"]))


def _draft(campaign, record_id: int | str | None):
    actor = campaign.actor(Role.OFFICE_STAFF)
    return drafts.find(campaign.store, actor, form_name("leads", record_id))


def _type(campaign, open_ledger) -> None:
    """Typed into the form, and then the connection is gone: nobody saved."""
    page = section(_facts(campaign, open_ledger), "leads", "资料")
    _field(page, "remarks").set_value("写了一半").run()
    _field(page, "informant").set_value("钱七").run()
    kept = {"remarks": "写了一半", "informant": "钱七"}
    assert _draft(campaign, campaign.ids["leads"]).values == kept


def test_a_lost_sessions_text_stands_in_the_form_again(campaign, open_ledger) -> None:
    _type(campaign, open_ledger)
    page = _facts(campaign, open_ledger)
    assert "已恢复上次没有保存的内容" in said(page)
    assert "2 处修改尚未保存" in said(page)
    page = section(page, "leads", "资料")
    assert _field(page, "remarks").value == "写了一半"
    assert _field(page, "informant").value == "钱七"
    button(page, "record-save").click().run()
    assert record_of(campaign, "leads")["remarks"] == "写了一半"
    assert _draft(campaign, campaign.ids["leads"]) is None
    assert "已恢复" not in said(_facts(campaign, open_ledger))


def test_a_draft_thrown_away_is_gone(campaign, open_ledger) -> None:
    _type(campaign, open_ledger)
    page = _facts(campaign, open_ledger)
    button(page, "record-drop").click().run()
    assert "尚未保存" not in said(page)
    assert "已恢复" not in said(page)
    assert _draft(campaign, campaign.ids["leads"]) is None


def test_nobody_is_given_anothers_draft(campaign, open_ledger) -> None:
    _type(campaign, open_ledger)
    for role in (Role.LEADER, Role.VILLAGE_STAFF):
        assert "已恢复" not in said(_facts(campaign, open_ledger, role))


def test_a_draft_on_an_older_version_is_compared_at_once(campaign, open_ledger) -> None:
    _type(campaign, open_ledger)
    lead = campaign.ids["leads"]
    edit = records.Edit(lead, 1, {"remarks": "他人先写了", "amount": 9})
    records.save(campaign.store, SYSTEM, "leads", [edit])
    page = _facts(campaign, open_ledger)
    for words in ("他人先写了", "写了一半", "▲ 冲突，请选择"):
        assert words in said(page)
    choice = next(c for c in page.segmented_control if (c.key or "").startswith("conflict-"))
    choice.set_value("用我的").run()
    button(page, "conflict-merge").click().run()
    after = record_of(campaign, "leads")
    assert (after["remarks"], after["amount"]) == ("写了一半", 9)
    assert _draft(campaign, lead) is None


def test_what_was_typed_and_given_up_leaves_no_draft(campaign, open_ledger) -> None:
    page = section(_facts(campaign, open_ledger), "leads", "资料")
    _field(page, "remarks").set_value("不要了").run()
    button(page, "record-drop").click().run()
    assert _draft(campaign, campaign.ids["leads"]) is None


def test_a_new_record_half_typed_is_offered_and_added_once(campaign, open_ledger) -> None:
    page = open_ledger("leads", Role.OFFICE_STAFF)
    button(page, "add").click().run()
    assert _draft(campaign, None) is None, "an untouched form is no draft"
    _field(page, "matter").set_value("电话推销").run()
    _field(page, "source").set_value("群众举报").run()
    page = open_ledger("leads", Role.OFFICE_STAFF)
    assert "发现未保存的草稿" in said(page)
    button(page, "draft-take").click().run()
    assert _field(page, "matter").value == "电话推销"
    _field(page, "area_code").set_value(record_of(campaign, "leads")["area_code"]).run()
    button(page, "adding-save").click().run()
    assert "已新增 XS-000002" in said(page)
    assert _draft(campaign, None) is None
    page = open_ledger("leads", Role.OFFICE_STAFF)
    assert not {"draft-take"} & keys_of(page)


def test_a_new_record_left_half_typed_waits_on_the_list(campaign, open_ledger) -> None:
    page = open_ledger("leads", Role.OFFICE_STAFF)
    button(page, "add").click().run()
    _field(page, "matter").set_value("电话推销").run()
    button(page, "adding-back").click().run()
    assert "发现未保存的草稿" in said(page)
    button(page, "add").click().run()
    assert _field(page, "matter").value == "电话推销"
    button(page, "adding-back").click().run()
    button(page, "draft-drop").click().run()
    assert _draft(campaign, None) is None
    button(page, "add").click().run()
    assert _field(page, "matter").value == ""


def _typed_into_table(page, **cells: object):
    """What the browser sends when somebody types into the first row of the table."""
    sheet = page.session_state["ledger-page-leads"].sheet
    page.session_state[sheet.key] = {
        "edited_rows": {0: cells}, "added_rows": [], "deleted_rows": [],
    }  # fmt: skip
    return page.run()


def test_edits_of_the_table_come_back_in_a_new_session(campaign, open_ledger) -> None:
    _typed_into_table(open_ledger("leads", Role.OFFICE_STAFF), matter="换个说法")
    page = open_ledger("leads", Role.OFFICE_STAFF)
    assert "已恢复上次没有保存的修改：1 条记录" in said(page)
    assert "1 条记录有 1 处修改尚未保存" in said(page)
    (table,) = page.dataframe
    assert table.value["matter"][0] == "换个说法"
    button(page, "edits-save").click().run()
    button(page, "review-save").click().run()
    assert record_of(campaign, "leads")["matter"] == "换个说法"
    assert "已恢复" not in said(open_ledger("leads", Role.OFFICE_STAFF))
    assert _draft(campaign, "table") is None


def test_edits_given_up_do_not_come_back(campaign, open_ledger) -> None:
    page = _typed_into_table(open_ledger("leads", Role.OFFICE_STAFF), matter="换个说法")
    button(page, "edits-drop").click().run()
    assert "尚未保存" not in said(open_ledger("leads", Role.OFFICE_STAFF))


def test_edits_on_an_older_version_are_compared_when_saved(campaign, open_ledger) -> None:
    _typed_into_table(open_ledger("leads", Role.OFFICE_STAFF), matter="换个说法")
    edit = records.Edit(campaign.ids["leads"], 1, {"matter": "他人先写了"})
    records.save(campaign.store, SYSTEM, "leads", [edit])
    page = open_ledger("leads", Role.OFFICE_STAFF)
    assert "其中 1 条已被他人修改" in said(page)
    button(page, "edits-save").click().run()
    button(page, "review-save").click().run()
    assert "▲ 冲突，请选择" in said(page)
    assert record_of(campaign, "leads")["matter"] == "他人先写了"


def test_no_widget_of_the_table_is_taken_for_one_of_an_earlier_session(open_ledger) -> None:
    """After a long cut the browser sends what its old table held, counted by rows of then."""
    keys = {
        open_ledger("leads", Role.OFFICE_STAFF).session_state["ledger-page-leads"].sheet.key
        for _ in range(2)
    }
    assert len(keys) == 2


def test_a_step_half_filled_in_is_open_again(campaign, open_ledger) -> None:
    page = _facts(campaign, open_ledger)
    button(page, "step-verify").click().run()
    _field(page, "handler").set_value("吴专干").run()
    _field(page, "reason").set_value("已电话联系").run()
    page = _facts(campaign, open_ledger)
    assert "已恢复上次没有保存的内容" in said(page)
    assert _field(page, "handler").value == "吴专干"
    assert _field(page, "reason").value == "已电话联系"
    button(page, "step-do-verify").click().run()
    assert record_of(campaign, "leads")["handler"] == "吴专干"
    assert "已恢复" not in said(_facts(campaign, open_ledger))


def test_a_step_that_somebody_else_took_shows_what_was_typed(campaign, open_ledger) -> None:
    page = _facts(campaign, open_ledger)
    button(page, "step-verify").click().run()
    _field(page, "reason").set_value("已电话联系").run()
    take_step(
        campaign.store, SYSTEM, "leads", campaign.ids["leads"], 1, "verify", {"handler": "甲"}
    )
    page = _facts(campaign, open_ledger)
    assert "说明：已电话联系" in said(page)
    button(page, "step-left-over-drop").click().run()
    assert "已电话联系" not in said(page)
    assert "已电话联系" not in said(_facts(campaign, open_ledger))


def test_an_urging_half_written_is_there_again(campaign, open_ledger) -> None:
    page = _facts(campaign, open_ledger, Role.LEADER)
    key = f"urge-leads-{campaign.ids['leads']}"
    page.text_area(key=key).set_value("三日内查清").run()
    page = _facts(campaign, open_ledger, Role.LEADER)
    assert page.text_area(key=key).value == "三日内查清"
    button(page, "urge-do").click().run()
    assert page.text_area(key=key).value == ""


def test_a_page_that_is_only_looked_at_asks_once_for_drafts_and_writes_none(
    campaign, open_ledger, monkeypatch
) -> None:
    asked: list[str] = []

    def counted(name: str, verb):
        def ask(*given):
            asked.append(name)
            return verb(*given)

        return ask

    for name in ("names", "find", "keep", "discard"):
        monkeypatch.setattr(drafts, name, counted(name, getattr(drafts, name)))
    page = _facts(campaign, open_ledger)
    page.run()
    section(page, "leads", "资料")
    assert asked == ["names"]
    _field(page, "remarks").set_value("写了一半").run()
    page.run()
    assert asked == ["names", "keep"]
