"""Every number of a filled form is that of an independent count over the exported ledgers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from ledger.reporting.forms.source_sheet import place_name
from ledger.storage import Store
from tests.ledger.reporting.forms.conftest import Fill
from tests.ledger.reporting.forms.drawn import Drawn, reasons, sheet_of, values
from tests.ledger.reporting.forms.exported import exported

WEEK = (date(2026, 6, 22), date(2026, 6, 28))
FIELDS = ("城乡建设和自然资源", "人力资源社会保障", "农业农村", "集资融资", "涉法涉诉", "其他")


@pytest.fixture(scope="module")
def table(county: Store) -> Callable[[str], pd.DataFrame]:
    return exported(county)


def test_institutions_by_township(fill: Fill, table: Callable[[str], pd.DataFrame]) -> None:
    form = Drawn("养老服务机构分级情况统计表").rows(
        ("序号", "镇（街道）", "机构数（家）", None, None, "风险等级（家）", None, None, None),
        (None, None, "已许可备案", "未许可备案", "合计", "红", "橙", "黄", "绿"),
    )
    form.merge("A2:A3", "B2:B3", "C2:E2", "F2:I2").blank(2, 9)
    form.rows((None, "合计", *("" for _ in range(7))))
    found = fill(form)
    got, homes = values(found), table("institutions")
    names = [row[1].value for row in sheet_of(found).iter_rows(4, 9)]
    assert len(set(names)) == 6
    assert "合计" not in names
    for row, name in enumerate(names, start=4):
        own = homes[homes["所属区域名称"].str.contains(f"/ {name}")]
        filing = own["许可备案情况"]
        known = filing.isin(["已许可", "已备案", "未许可未备案"]).sum()
        expected = [
            filing.isin(["已许可", "已备案"]).sum(),
            (filing == "未许可未备案").sum(),
            # Where some are neither, the columns beside do not come to all: nothing is filled in.
            len(own) if known == len(own) else None,
            *((own["风险等级"] == tier).sum() for tier in ("四类", "三类", "二类", "一类")),
        ]
        assert [got.get(f"{column}{row}") for column in "CDEFGHI"] == expected
    placed = homes[homes["所属区域名称"].str.contains("/")]
    assert "E10" not in got
    assert got["F10"] == (placed["风险等级"] == "四类").sum()


def test_petitions_by_field_this_week_last_week_and_a_year_before(
    fill: Fill, table: Callable[[str], pd.DataFrame]
) -> None:
    form = Drawn("信访情况周报表", ["统计时间："]).rows(
        ("所属领域", "登记件数", None, None, "占比", "集体访批次", "重访件数"),
        (None, "本周", "上周", "去年同期", None, None, None),
    )
    form.merge("A3:A4", "B3:D3", "E3:E4", "F3:F4", "G3:G4")
    form.rows(*((one, *[None] * 6) for one in FIELDS), ("合计", *[None] * 6))
    got = values(fill(form, period="2026-06-15_2026-06-21"))
    week = (pd.Timestamp("2026-06-15"), pd.Timestamp("2026-06-21"))
    before = (pd.Timestamp("2026-06-08"), pd.Timestamp("2026-06-14"))
    earlier = (pd.Timestamp("2025-06-16"), pd.Timestamp("2025-06-22"))
    petitions = table("petitions")
    day = pd.to_datetime(petitions["登记日期"])
    whole = petitions[day.between(*week)]
    for row, field in enumerate(FIELDS, start=5):
        own = petitions["所属领域"] == field
        now = petitions[own & day.between(*week)]
        assert got[f"B{row}"] == len(now)
        assert got[f"C{row}"] == (own & day.between(*before)).sum()
        assert got[f"D{row}"] == (own & day.between(*earlier)).sum()
        assert got[f"E{row}"] == pytest.approx(len(now) / len(whole))
        people = pd.to_numeric(now["人数"])
        assert got[f"F{row}"] == ((now["信访渠道"] == "来访") & (people >= 5)).sum()
        assert got[f"G{row}"] == (now["是否重访"] == "是").sum()
    assert got["B11"] == len(whole)
    assert got["E11"] == pytest.approx(1)


def test_measures_this_month_and_so_far_count_an_institution_once(
    fill: Fill, table: Callable[[str], pd.DataFrame]
) -> None:
    form = Drawn("分类处置工作进度表").rows(
        ("处置类别", "机构数", None, "已清退金额（万元）"), (None, "本月", "累计", "累计")
    )
    form.merge("A2:A3", "B2:C2").rows(
        ("警示约谈", None, None, None),
        ("督促清退资金", None, None, None),
        ("移交公安", None, None, None),
        ("合计", "=SUM(B4:B6)", None, None),
    )
    found = fill(form)
    got, rows = values(found), table("dispositions")
    opened = pd.to_datetime(rows["立项日期"])
    labels = ("警示约谈", "督促清退资金", "涉嫌犯罪人员移交公安")
    for row, label in enumerate(labels, start=4):
        own = rows[rows["处置措施"] == label]
        month = own[opened[own.index].between("2026-06-01", "2026-06-30")]
        assert got[f"B{row}"] == month["机构编号"].replace("", pd.NA).nunique()
        assert got[f"C{row}"] == own["机构编号"].replace("", pd.NA).nunique()
    refunds = rows[rows["处置措施"] == "督促清退资金"]
    total = pd.to_numeric(refunds["已清退金额(元)"]).sum()
    assert got["D5"] == pytest.approx(total / 10_000)
    assert sheet_of(found)["B7"].value == "=SUM(B4:B6)", "formulas are kept"
    homes = rows[rows["处置措施"].isin(labels)]["机构编号"].replace("", pd.NA)
    assert "C7" in reasons(found), f"one home may have two measures: {homes.nunique()} in all"


def test_outreach_by_village_adds_rows_and_sums(
    fill: Fill, table: Callable[[str], pd.DataFrame]
) -> None:
    form = Drawn("宣传情况统计表", ["报送单位：", "报送周期：本月"]).rows(
        ("序号", "村（社区）", "宣传场次", "发放资料（份）", "受众人次", "悬挂横幅（条）", "备注")
    )
    form.blank(3, 7).rows((None, "总计", *[None] * 5), framed=False)
    found = fill(form, scope_code="990101101")
    got, sheet, rows = values(found), sheet_of(found), table("outreach")
    day = pd.to_datetime(rows["日期"])
    june = rows[day.between("2026-06-01", "2026-06-30")]
    names = [(row, sheet.cell(row, 2).value) for row in range(5, sheet.max_row)]
    assert len(names) > 3
    assert sheet.cell(sheet.max_row, 2).value == "总计"
    for row, name in names:
        own = june[june["所属区域名称"].str.contains(f"/ {name}", regex=False)]
        assert got[f"C{row}"] == len(own)
        assert got[f"D{row}"] == pd.to_numeric(own["发放资料"]).sum()
        assert got[f"E{row}"] == pd.to_numeric(own["覆盖人数"]).sum()
        assert f"F{row}" not in got
    town = june[june["所属区域"].str.startswith("990101101")]
    assert got[f"C{sheet.max_row}"] == len(town)
    assert [sheet.cell(row, 1).value for row, _ in names] == list(range(1, len(names) + 1))


def test_indicators_by_label_unit_and_period(
    fill: Fill, table: Callable[[str], pd.DataFrame]
) -> None:
    form = Drawn("线索办理情况表").rows(
        ("指标", "单位", "本月", "累计"),
        ("登记线索数", "条", None, None),
        ("其中：12337平台", "条", None, None),
        ("已反馈", "条", None, None),
        ("线索涉及金额", "万元", None, None),
        ("立案数", "起", None, None),
    )
    found = fill(form)
    got, rows = values(found), table("leads")
    registered = pd.to_datetime(rows["登记时间"]).dt.normalize()
    june = rows[registered.between("2026-06-01", "2026-06-30")]
    assert (got["C3"], got["D3"]) == (len(june), len(rows))
    source = rows["线索来源"] == "12337平台"
    assert (got["C4"], got["D4"]) == (source[june.index].sum(), source.sum())
    answered = pd.to_datetime(rows["反馈日期"])
    assert got["C5"] == answered.between("2026-06-01", "2026-06-30").sum()
    assert got["D5"] == answered.notna().sum()
    money = pd.to_numeric(rows["涉及金额(元)"])
    assert got["D6"] == pytest.approx(money.sum() / 10_000)
    assert "公安" in reasons(found)["C7"]


def test_a_list_holds_records_in_the_unit_and_the_words_of_the_form(
    fill: Fill, table: Callable[[str], pd.DataFrame]
) -> None:
    form = Drawn("养老服务机构风险管控名单", ["单位：万元、人"]).rows(
        (
            "序号",
            "所属镇街",
            "所属村居",
            "机构（场所）名称",
            "风险等级",
            "预收费金额",
            "整改完成时限",
        ),
        ("例", "××镇", "××村", "××养老院", "三类", 12.5, "2026.6.30"),
    )
    form.blank(2, 7)
    found = fill(form)
    sheet, homes = sheet_of(found), table("institutions").set_index("机构名称")
    listed = homes[homes["风险等级"] != "待研判"]
    fees = ["预收养老服务费(元)", "押金(元)", "会员费(元)"]
    assert sheet.cell(4, 4).value == "××养老院", "the example stays"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(5, sheet.max_row)]
    assert len(rows) == len(listed)
    assert {row[3] for row in rows} == set(listed.index)
    order = [row[4] for row in rows]
    assert order == sorted(order, key=lambda tier: "四三二一".index(tier[0]))
    for row in rows:
        home = listed.loc[row[3]]
        assert row[4] == home["风险等级"]
        assert home["所属区域名称"].split(" / ")[1:3] == [row[1], row[2]]
        money = pd.to_numeric(home[fees]).sum(min_count=1)
        if pd.isna(money):
            assert row[5] is None
        else:
            assert row[5] == pytest.approx(money / 10_000)
    assert "没有认出" in reasons(found)["G5"], "a deadline of which ledger is not said"


def test_every_number_opens_as_many_rows_as_it_says(fill: Fill, county: Store) -> None:
    from ledger.domain.access import SYSTEM
    from ledger.records import service as records

    form = Drawn("信访情况月报").rows(
        ("所属领域", "登记件数", "重访件数", "按期答复率", "群众满意率"),
        *((one, None, None, None, None) for one in FIELDS),
    )
    found = fill(form, period="2026-05")
    assert len(found.cells) > 20
    for cell in found.cells:
        assert cell.opens is not None
        page = records.search(county, SYSTEM, cell.opens.ledger, cell.opens.selection)
        assert page.total == cell.rows, f"{place_name(cell.at)} {cell.means}"
