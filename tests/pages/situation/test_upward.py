"""The page 上级报表: a form filled in its own layout, its question asked once, what was sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.access import Role
from ledger.reporting.forms.kept_forms import keep_form
from tests.ledger.reporting.forms.drawn import Drawn
from tests.pages.builders import HOSTILE, Office
from tests.pages.campaign_office import Open, button, said


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


def test_the_list_opens_what_is_kept_and_others_are_refused(
    campaign: Office, open_ledger: Open, form: str
) -> None:
    assert f"forms?form={form}" in said(open_ledger("forms", Role.OFFICE_STAFF))
    for role in (Role.GRID_WORKER, Role.AUDITOR):
        assert f"form={form}" not in said(open_ledger("forms", role))
    gone = open_ledger("forms", Role.OFFICE_STAFF, form="999")
    assert "没有找到该报表" in gone.error[0].value
