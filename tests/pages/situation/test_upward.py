"""The page 上级报表: a form filled in its own layout, its question asked once, what was sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.settings import settings
from ledger.operations import apart
from ledger.records import service as records
from ledger.reporting.forms.form_answers import FormAnswers
from ledger.reporting.forms.kept_forms import answer_form, keep_form, kept_form
from ledger.reporting.forms.sent_forms import sent_of
from tests.ledger.reporting.forms.drawn import Drawn
from tests.pages.builders import HOSTILE, WEST_GRID, Office
from tests.pages.campaign_office import Open, button, said


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process beside the server takes long to start; `test_apart` has one."""
    monkeypatch.setenv("LEDGER_READING_APART", "0")
    settings.cache_clear()


@pytest.fixture
def form(campaign: Office, tmp_path: Path) -> str:
    """A kept form with a number, a formula, an unclear word and a name that is script."""
    drawn = Drawn("机构情况表", [HOSTILE]).rows(
        ("镇（街道）", "机构数（家）", "星级", "合计"), ("甲云镇", None, None, "=B4")
    )
    path = drawn.save(tmp_path / "情况表.xlsx")
    return str(keep_form(campaign.store, campaign.actor(Role.OFFICE_STAFF), path))


def test_a_number_opens_its_rows_and_a_word_is_asked_once(
    campaign: Office, open_ledger: Open, form: str
) -> None:
    page = open_ledger("forms", Role.OFFICE_STAFF, form=form)
    assert not page.exception
    text = said(page)
    assert "填了 1 格" in text
    assert 'data-rows="' in text
    assert 'href="institutions' in text
    assert "<script" not in text
    asked = next(one for one in page.selectbox if "星级" in one.label)
    asked.select("leave")
    next(one for one in page.button if one.label == "记住并重新填").click().run()
    assert not any("星级" in one.label for one in page.selectbox)
    button(page, "forms-send").click().run()
    assert "已记下这次报送" in page.success[0].value
    assert any("格与现在不同" in one.value for one in page.markdown)


def test_files_are_read_beside_the_server(
    campaign: Office, open_ledger: Open, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening a form, sending it and looking for one like it."""
    read: list[str] = []

    def call(function: Any, *arguments: Any, progress: object, **named: Any) -> Any:
        read.append(function.__name__)
        return function(*arguments, **named)

    monkeypatch.setattr(apart, "call", call)
    page = open_ledger("forms", Role.OFFICE_STAFF, form=form)
    button(page, "forms-send").click().run()
    assert "已记下这次报送" in page.success[0].value
    assert read == ["_filled"], "filled once: what was shown is what is kept"
    page.selectbox(key=f"forms-period-{form}").select("上月").run()
    assert len(read) == 2, "other terms"


def test_what_was_shown_is_what_is_kept_as_sent(
    campaign: Office, open_ledger: Open, form: str
) -> None:
    """Not what the ledgers say at the press, nor a form of terms that nobody has looked at."""
    clerk = campaign.actor(Role.OFFICE_STAFF)
    page = open_ledger("forms", Role.OFFICE_STAFF, form=form)
    values = {"name": "后来的院", "area_code": WEST_GRID}
    records.create(campaign.store, SYSTEM, "institutions", values)
    button(page, "forms-send").click().run()
    (kept,) = sent_of(campaign.store, clerk, int(form))
    assert [then for _, then in kept.cells.values()] == ["1"]
    assert "1格与现在不同" in "".join(one.value for one in page.markdown)
    page.selectbox(key=f"forms-period-{form}").select("上月")
    button(page, "forms-send").click().run()
    assert "请先核对" in page.warning[0].value
    assert len(sent_of(campaign.store, clerk, int(form))) == 1


def test_what_a_form_almost_alike_was_told_stands_chosen(
    campaign: Office, open_ledger: Open, form: str, tmp_path: Path
) -> None:
    clerk = campaign.actor(Role.OFFICE_STAFF)
    answer_form(campaign.store, clerk, int(form), FormAnswers(headers={"星级": "leave"}))
    drawn = Drawn("十二月机构情况表").rows(
        ("镇（街道）", "机构数（家）", "星级", "床位数"), ("甲云镇", None, None, None)
    )
    other = keep_form(campaign.store, clerk, drawn.save(tmp_path / "十二月.xlsx"))
    page = open_ledger("forms", Role.OFFICE_STAFF, form=str(other))
    assert "与“情况表.xlsx”几乎一样" in said(page)
    assert next(one for one in page.selectbox if "星级" in one.label).value == "leave"
    next(one for one in page.button if one.label == "记住并重新填").click().run()
    assert kept_form(campaign.store, clerk, other).answers.headers == {"星级": "leave"}


def test_the_list_opens_what_is_kept_and_others_are_refused(
    campaign: Office, open_ledger: Open, form: str
) -> None:
    listed = said(open_ledger("forms", Role.OFFICE_STAFF))
    assert f"forms?form={form}" in listed
    assert f'href="/forms/{form}/filled"' in listed, "one press the second time"
    for role in (Role.GRID_WORKER, Role.AUDITOR):
        assert f"form={form}" not in said(open_ledger("forms", role))
    gone = open_ledger("forms", Role.OFFICE_STAFF, form="999")
    assert "没有找到该报表" in gone.error[0].value
