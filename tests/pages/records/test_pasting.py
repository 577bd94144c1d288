"""A block pasted into the table: read by the one parser, and nothing of it is lost unseen."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.columns import ColumnType
from ledger.domain.ledgers import LEDGERS
from ledger.records import service as records
from pages._ui.cells import column_settings
from pages.records.ledger.memory import Memory
from tests.pages.builders import WEST_GRID, Office
from tests.pages.campaign_office import button, keys_of

OFFICE = Role.OFFICE_STAFF


def _memory(page: AppTest) -> Memory:
    return page.session_state["ledger-page-institutions"]


def _paste(page: AppTest, *cells: tuple[str, str, str], beyond: int = 0) -> AppTest:
    """What the browser sends: 编号 of the row, column and text of each cell."""
    sent = json.dumps({"cells": cells, "beyond": beyond, "at": 1})
    return page.text_area(key="pasted-institutions").set_value(sent).run()


def _htmls(page: AppTest) -> str:
    return "".join(element.proto.body for element in page.get("html"))


def _opened(campaign: Office, open_ledger) -> tuple[AppTest, dict[str, object], dict[str, object]]:
    """The table with two institutions of their own."""
    made = [
        records.create(campaign.store, SYSTEM, "institutions", {"name": name, **values})
        for name, values in (
            ("粘贴甲院", {"area_code": WEST_GRID, "beds": 10, "custody": True}),
            ("粘贴乙院", {"area_code": WEST_GRID, "beds": 20}),
        )
    ]
    first, second = (records.get(campaign.store, SYSTEM, "institutions", one) for one in made)
    return open_ledger("institutions", OFFICE, q="粘贴"), first, second


def test_what_can_be_read_is_taken_and_what_cannot_is_refused_by_record_and_column(
    campaign: Office, open_ledger
) -> None:
    page, first, second = _opened(campaign, open_ledger)
    one, two = str(first["number"]), str(second["number"])
    _paste(
        page,
        *[(one, "beds", "５６"), (one, "monthly_bed_fee", "1,800"), (one, "custody", "无此项")],
        *[(two, "beds", "五六"), (two, "filing", " 已备案 "), (two, "number", "YL-9")],
        beyond=3,
    )
    edits = _memory(page).edits
    assert edits[first["id"]].values == {"beds": 56, "monthly_bed_fee": 1800, "custody": "无此项"}
    assert edits[second["id"]].values == {"beds": "五六", "filing": "已备案"}
    (said,) = [one.value for one in page.warning]
    for part in ("3 处没有读出来", "粘贴乙院", "床位数", "五六", "资金存管", "YL", "多出 3 格"):
        assert part in said, part
    frame = _memory(page).sheet.frame.set_index("name")  # type: ignore[union-attr]
    assert frame.loc["粘贴甲院", "beds"] == 56
    assert frame.loc["粘贴乙院", "filing"] == "已备案"

    button(page, "edits-save").click().run()
    assert button(page, "review-save").disabled
    shown = _htmls(page)
    assert shown.count("不能保存：") == 2
    assert "五六" in shown
    button(page, "review-drop").click().run()
    assert "review-drop" not in keys_of(page)
    button(page, "review-save").click().run()
    after = records.get(campaign.store, SYSTEM, "institutions", second["id"])
    assert (after["beds"], after["filing"]) == (20, "filed")
    assert records.get(campaign.store, SYSTEM, "institutions", first["id"])["beds"] == 56


def test_what_is_no_paste_of_this_table_changes_nothing(campaign: Office, open_ledger) -> None:
    page, first, _ = _opened(campaign, open_ledger)
    number = str(first["number"])
    for sent in ("", "[", "{}", '{"cells": [["x"]], "beyond": 0}', '{"cells": 7, "beyond": "x"}'):
        page.text_area(key="pasted-institutions").set_value(sent).run()
        assert not page.exception, sent
    _paste(page, ("YL-0", "beds", "9"), (number, "nowhere", "9"), (number, "tier", ""))
    assert not _memory(page).edits
    assert not page.warning


def test_the_browser_is_given_no_bounds_to_which_it_would_lower_a_number() -> None:
    for ledger in LEDGERS.values():
        keys = [
            one.key for one in ledger.columns if one.type in (ColumnType.INTEGER, ColumnType.MONEY)
        ]
        for key, setting in column_settings(ledger, keys, (), {}).items():
            told = setting["type_config"]
            assert told.get("min_value") is None is told.get("max_value"), key
