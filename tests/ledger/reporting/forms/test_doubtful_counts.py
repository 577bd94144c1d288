"""What a form leaves unsaid stays blank: sums over rows that nobody read, a year before of what."""

from __future__ import annotations

import pytest

from tests.ledger.reporting.forms.conftest import Fill
from tests.ledger.reporting.forms.drawn import Drawn, reasons, values

HEAD = ("序号", "乡镇", "线索数（条）", "已办结线索数（条）")


def test_sums_over_a_row_that_was_not_read_stay_blank(fill: Fill) -> None:
    """The towns that were read alone gave a 合计 of 42 that looked like the county's."""
    form = Drawn("2026年5月线索情况表").rows(
        HEAD, (1, "乙岚镇", None, None), (2, "没有这个镇", None, None), ("合计", None, None, None)
    )
    found = fill(form)
    assert "C3" in values(found)
    assert not {"C5", "D5"} & set(values(found))
    assert "没填的行" in reasons(found)["C5"]
    asked = {(one.about, one.asks) for one in found.open if one.about}
    assert {about for about, _ in asked} == {"areas"}, "a sum that is left blank is no question"


def test_a_formula_over_such_a_row_is_told_too(fill: Fill) -> None:
    form = Drawn("2026年5月线索情况表").rows(
        HEAD,
        (1, "乙岚镇", None, None),
        (2, "没有这个镇", None, None),
        ("合计", None, "=SUM(C3:C4)", None),
    )
    assert "合计不完整" in reasons(fill(form))["C5"]


@pytest.mark.parametrize(
    ("spans", "filled"),
    [
        (("本周", "上周", "去年同期"), True),
        (("本周", "今年以来", "去年同期"), False),
        (("累计", "去年同期", None), False),
    ],
)
def test_a_year_before_is_that_of_the_one_period_beside_it(
    fill: Fill, spans: tuple[str | None, ...], filled: bool
) -> None:
    form = Drawn("线索周报").rows(
        ("乡镇", "线索数（条）", None, None), (None, *spans), ("乙岚镇", None, None, None)
    )
    form.merge("A2:A3", "B2:D2")
    found = fill(form)
    place = f"{'ABCD'[1 + spans.index('去年同期')]}4"
    assert (place in values(found)) is filled
    if not filled:
        assert "与哪一期相比没有写明" in reasons(found)[place]


def test_a_numbered_line_at_the_end_is_no_note(fill: Fill) -> None:
    """`4.入住老年人数` looks like the fourth note; it was passed over without a word."""
    form = Drawn("机构情况统计表").rows(
        ("指标名称", "计量单位", "数量"), ("1.机构总数", "家", None), ("2.入住老年人数", "人", None)
    )
    form.rows(("3.本表于每周五17时前报送，四舍五入", None, None))
    found = fill(form)
    assert set(values(found)) == {"C3", "C4"}
    assert reasons(found) == {}


def test_numbers_before_names_and_a_column_of_codes_are_no_questions(fill: Fill) -> None:
    form = Drawn("机构情况统计表").rows(
        ("指标名称", "计量单位", "代码", "数量"),
        ("一、机构总数", "家", "01", None),
        ("（一）四类机构", "家", "02", None),
        ("其中：三类机构", "家", "03", None),
        ("4.入住老年人数", "人", "04", None),
    )
    found = fill(form)
    assert set(values(found)) == {"D3", "D4", "D5", "D6"}
    assert reasons(found) == {}


def test_how_things_stood_then_is_asked_once_and_may_be_told_of_today(fill: Fill) -> None:
    """A form of last month, filled in the first days of this one, is what offices do."""
    form = Drawn("2026年5月养老机构情况表").rows(
        ("乡镇", "机构总数", "预收费情况", None, "四类"),
        (None, None, "押金（万元）", "涉及人数", None),
        ("乙岚镇", None, None, None, None),
    )
    form.merge("A2:A3", "B2:B3", "C2:D2", "E2:E3")
    asked = fill(form)
    assert {one.about for one in asked.open} == {"stock"}
    assert values(asked).keys() == {"E4"}, "the tiers of each day are kept"
    told = fill(form, mapping='stock = "today"')
    assert told.open == ()
    assert values(told).keys() == {"B4", "C4", "D4", "E4"}
    assert all("截至2026-06-24" in cell.means for cell in told.cells)
