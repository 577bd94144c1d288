"""Forms that cannot be filled, or not wholly: what is said; nothing is written silently."""

from __future__ import annotations

import io
import warnings
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.drawing.image import Image
from openpyxl.styles import NamedStyle
from PIL import Image as Picture

from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Invalid, NotFound, Refused
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.reporting.forms.filling import fill_form
from ledger.reporting.forms.form_answers import parse_answers
from ledger.storage import Store
from tests.ledger.conftest import EAST, WEST, WEST_VILLAGE, actor
from tests.ledger.reporting.forms.conftest import Fill
from tests.ledger.reporting.forms.drawn import Drawn, reasons, sheet_of, values


def petitions() -> Drawn:
    return Drawn("信访情况月报").rows(("所属领域", "登记件数"), ("农业农村", None), ("其他", None))


def by_village() -> Drawn:
    return Drawn("信访情况月报").rows(
        ("村（社区）", "登记件数"), ("演示一村", None), ("演示二村", None)
    )


@pytest.fixture(autouse=True)
def some(store: Store) -> None:
    """Two petitions of this month in the western village, one in the eastern."""
    for code, kind in (
        (WEST_VILLAGE, "agriculture"),
        (WEST_VILLAGE, "other"),
        ("990101002001", "other"),
    ):
        row = {"registered_on": clock.today(), "matter": "押金", "area_code": code, "field": kind}
        records.create(store, SYSTEM, "petitions", row)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"", "空文件"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "另存为 .xlsx"),
        ("a.xlsx", b"%PDF-1.7", "不是"),
        ("a.xlsx", b"PK\x03\x04 broken", "损坏"),
    ],
)
def test_other_files_are_refused_with_what_to_do(
    store: Store, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Invalid, match=said) as refused:
        fill_form(store, SYSTEM, path)
    assert "“a.xlsx”" in str(refused.value)


def test_macros_are_refused_and_never_run(store: Store, tmp_path: Path) -> None:
    path = petitions().save(tmp_path / "宏.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(Invalid, match="不含宏"):
        fill_form(store, SYSTEM, path)


def test_a_picture_instead_of_a_table_is_refused(store: Store, tmp_path: Path) -> None:
    book, dot = openpyxl.Workbook(), io.BytesIO()
    Picture.new("RGB", (4, 4)).save(dot, "png")
    book.active.add_image(Image(dot), "A1")
    book.save(tmp_path / "图.xlsx")
    with pytest.raises(Invalid, match="只有图片"):
        fill_form(store, SYSTEM, tmp_path / "图.xlsx")


def test_a_form_without_a_head_is_refused(fill_small: Fill) -> None:
    with pytest.raises(Invalid, match="没有认出表头"):
        fill_small(Drawn("关于报送情况的通知", ["请于五日内报送。"]))


def test_two_equal_heads_are_asked_about(fill_small: Fill) -> None:
    form = Drawn("信访情况月报").rows(("所属领域", "登记件数", "登记件数"), ("其他", None, None))
    found = fill_small(form)
    assert values(found) == {}
    assert {"B3", "C3"} == set(reasons(found))
    assert "一模一样" in reasons(found)["B3"]


def test_a_protected_sheet_is_filled_only_where_it_is_open(fill_small: Fill) -> None:
    form = petitions()
    form.sheet.protection.sheet = True
    form.sheet["B3"].protection = openpyxl.styles.Protection(locked=False)
    found = fill_small(form)
    assert values(found) == {"B3": 1}
    assert "受保护" in reasons(found)["B4"]


def test_a_circular_formula_is_told_and_the_rest_filled(fill_small: Fill) -> None:
    form = petitions().rows(("合计", "=SUM(B3:B5)"))
    found = fill_small(form)
    assert values(found) == {"B3": 1, "B4": 2}
    assert "循环引用" in reasons(found)["B5"]


def test_what_was_filled_before_is_never_overwritten_silently(fill_small: Fill) -> None:
    form = petitions()
    form.sheet["B3"], form.sheet["B4"] = 7, 2
    found = fill_small(form)
    assert values(found) == {}
    assert "原来填着“7”，台账现在是“1”" in reasons(found)["B3"]
    assert "B4" not in reasons(found), "the same number is no difference"
    assert sheet_of(found)["B3"].value == 7
    replaced = fill_small(form, mapping="replace = true")
    assert values(replaced) == {"B3": 1}
    assert replaced.cells[0].old == "7"


def test_a_village_that_nobody_knows_stays_blank(fill_small: Fill) -> None:
    form = Drawn("信访情况月报").rows(
        ("村（社区）", "登记件数"), ("演示一村村委会", None), ("演示七村", None), ("演示二村", None)
    )
    found = fill_small(form)
    assert values(found) == {"B3": 2, "B5": 1}
    assert "演示七村" in reasons(found)["A4"]
    told = fill_small(form, mapping='[areas]\n"演示七村" = "990101002201"')
    assert values(told)["B4"] == 0


def test_styles_without_end_and_links_elsewhere_do_no_harm(store: Store, tmp_path: Path) -> None:
    form = petitions()
    for number in range(300):
        form.book.add_named_style(NamedStyle(f"样式{number}" + "长" * 40))
    path = form.save(tmp_path / "样式.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    found = fill_form(store, SYSTEM, path)
    assert len(found.cells) == 2
    assert any("别的工作簿" in note for note in found.notes)
    with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
        assert archive.read("xl/externalLinks/externalLink1.xml") == b"<externalLink/>"


def test_a_title_word_that_is_not_understood_is_told(fill_small: Fill) -> None:
    form = Drawn("重点人员信访情况月报").rows(("所属领域", "登记件数"), ("其他", None))
    said = list(reasons(fill_small(form)).values())
    assert any("重点人员" in text for text in said)


@pytest.mark.parametrize("text", ["上上周", "2026-13", "明天", "2026-02-30"])
def test_a_period_that_cannot_be_read_says_how_to_write_it(fill_small: Fill, text: str) -> None:
    with pytest.raises(Invalid, match="2026-W48"):
        fill_small(petitions(), period=text)


@pytest.mark.parametrize(
    "text",
    ["[headers", 'colour = "red"', '[headers]\n"登记件数" = "nothing"', "headers = 3"],
)
def test_a_mapping_that_cannot_be_followed_is_refused(fill_small: Fill, text: str) -> None:
    with pytest.raises(Invalid):
        fill_small(petitions(), mapping=text)


def test_only_one_s_own_area_is_counted(fill_small: Fill) -> None:
    office = actor(Role.OFFICE_STAFF, WEST)
    found = fill_small(petitions(), office)
    assert values(found) == {"B3": 1, "B4": 1}
    with pytest.raises(NotFound):
        fill_small(petitions(), office, scope_code=EAST)
    elsewhere = fill_small(by_village(), office)
    assert set(values(elsewhere)) == {"B3"}
    nowhere = Drawn("信访情况月报").rows(
        ("村（社区）", "登记件数"), ("演示一村", None), ("某某村", None)
    )
    told = reasons(elsewhere)["A4"].replace("演示二村", "某某村").partition("。是否")[0]
    assert told == reasons(fill_small(nowhere, office))["A4"].partition("。是否")[0]


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.VILLAGE_STAFF, Role.AUDITOR, Role.ADMIN])
def test_who_may_not_export_fills_no_form(fill_small: Fill, role: Role) -> None:
    with pytest.raises(Refused):
        fill_small(petitions(), actor(role, WEST))


def test_small_counts_of_areas_are_hidden_from_whom_it_is_passed_on_to(fill_small: Fill) -> None:
    office = actor(Role.LEADER, "990101")
    assert values(fill_small(by_village(), office)) == {"B3": "<3", "B4": "<3"}
    assert values(fill_small(petitions(), office)) == {"B3": 1, "B4": 2}, "no areas, no villages"
    assert values(fill_small(by_village())) == {"B3": 2, "B4": 1}, "the office's own table"


def test_names_in_a_list_stay_masked(fill_small: Fill, store: Store) -> None:
    row = {"registered_on": clock.today(), "matter": "退费", "area_code": WEST_VILLAGE}
    records.create(store, SYSTEM, "petitions", {**row, "petitioner": "王小明"})
    form = Drawn("信访事项台账").rows(("信访事项", "信访人"), (None, None))
    found = fill_small(form, mapping='[list]\nledger = "petitions"')
    written = [one.value for one in found.cells if one.header == "信访人"]
    assert written == ["王**"]


def test_a_registration_form_asks_whose_it_is(fill_small: Fill, store: Store) -> None:
    home: dict[str, Any] = {"name": "某某院", "beds": 30, "area_code": WEST_VILLAGE}
    records.create(store, SYSTEM, "institutions", home)
    form = Drawn("养老服务机构登记表").rows(
        ("机构名称", None, "床位数", None), ("所属镇街", None, "消防验收", None)
    )
    assert "没有写明是哪一条" in reasons(fill_small(form))["B2"]
    found = fill_small(form, mapping='record = "某某院"')
    assert values(found) == {"B2": "某某院", "D2": 30, "B3": "甲云镇"}
    assert "没有认出" in reasons(found)["D3"]


def test_answers_fill_what_was_open_and_leave_what_is_to_stay_blank(fill_small: Fill) -> None:
    form = Drawn("信访情况月报").rows(
        ("所属领域", "上访数", "办理难度", "满意情况"), ("其他", None, None, None)
    )
    assert values(fill_small(form)) == {}
    told = '[headers]\n"上访数" = "petitions"\n"办理难度" = "leave"\n"满意情况" = "satisfaction"'
    found = fill_small(form, mapping=told)
    assert values(found) == {"B3": 2}
    assert set(reasons(found)) == {"D3"}, "nobody has rated yet"
    assert parse_answers(told).headers["上访数"] == "petitions"


def test_the_form_s_own_period_and_area_hold(fill_small: Fill) -> None:
    form = Drawn("信访情况表", ["填报单位：甲云镇", "统计时间：2025年1月1日至2025年1月31日"]).rows(
        ("所属领域", "登记件数"), ("其他", None)
    )
    found = fill_small(form)
    assert found.area == "甲云镇"
    assert "没有2025年1月的数" in reasons(found)["B5"], "before the ledger's first record"
    silent = Drawn("信访情况表").rows(("所属领域", "登记件数"), ("其他", None))
    assert "没有写明是哪一期" in reasons(fill_small(silent))["B3"]
    today = date.isoformat(clock.today())
    assert values(fill_small(silent, period=today)) == {"B3": 2}


def test_the_period_and_the_office_may_stand_in_one_cell_with_other_notes(fill_small: Fill) -> None:
    note = "单位：甲云镇      统计时间：2026年11月1日至11月30日     填表人："
    form = Drawn("信访情况表", [note]).rows(("所属领域", "本月", "登记件数"), ("其他", None, None))
    found = fill_small(form)
    assert found.area == "甲云镇"
    assert found.when == "2026年11月"
    third = Drawn("信访情况表", ["2026年第三季度"]).rows(("所属领域", "登记件数"), ("其他", None))
    assert fill_small(third).when == "2026年第3季度"


def test_areas_may_head_columns_and_sums_beside_them_hold_all(fill_small: Fill) -> None:
    form = Drawn("信访情况月报").rows(
        ("所属领域", "甲云镇", "乙岚镇", "合计"),
        ("农业农村", None, None, None),
        ("其他", *[None] * 3),
    )
    assert values(fill_small(form)) == {"B3": 1, "C3": 0, "D3": 1, "B4": 1, "C4": 1, "D4": 2}
    short = Drawn("信访情况月报").rows(
        ("所属领域", "甲云镇", "演示二村", "合计"), ("其他", *[None] * 3)
    )
    assert values(fill_small(short))["D3"] == 2
    part = Drawn("信访情况月报").rows(
        ("所属领域", "甲云镇", "演示三村", "合计"), ("其他", *[None] * 3)
    )
    assert "相加为1，全部为2" in reasons(fill_small(part))["D3"]


def test_a_conclusion_is_counted_by_a_day_only_where_it_does_not_matter(
    fill_small: Fill, store: Store
) -> None:
    """属实 of this month: registered in it, or found true in it?"""
    row = {"source": "report", "matter": "返利", "area_code": WEST_VILLAGE, "finding": "true"}
    early = clock.now() - timedelta(days=70)
    day = clock.today()
    records.create(store, SYSTEM, "leads", {**row, "registered_at": early, "verified_on": day})
    form = Drawn("线索情况月报").rows(("线索来源", "核查结论", None), (None, "属实", "不属实"))
    form.merge("B2:C2", "A2:A3").rows(("群众举报", None, None))
    found = fill_small(form)
    assert values(found) == {"C4": 0}
    assert "按核查完成日期为1" in reasons(found)["B4"]


def test_a_sum_by_formula_that_leaves_records_out_is_told(fill_small: Fill, store: Store) -> None:
    for name, filing in (("甲院", "licensed"), ("乙院", "none"), ("丙院", None)):
        home = {"name": name, "filing": filing, "area_code": WEST_VILLAGE}
        records.create(store, SYSTEM, "institutions", home)
    form = Drawn("排查进度表").rows(
        ("镇（街道）", "应排查数（家）", None, None), (None, "已许可备案", "未许可备案", "合计")
    )
    form.merge("A2:A3", "B2:D2").rows(
        ("甲云镇", None, None, "=B4+C4"), ("乙岚镇", None, None, "=B5+C5")
    )
    found = fill_small(form)
    assert values(found) == {"B4": 1, "C4": 1, "B5": 0, "C5": 0}
    assert "共3，另有1" in reasons(found)["D4"]
    assert "D5" not in reasons(found)
    assert sheet_of(found)["D4"].value == "=B4+C4"


def test_a_sum_by_formula_over_cells_left_blank_is_told(fill_small: Fill) -> None:
    form = Drawn("信访情况月报").rows(
        ("所属领域", "登记件数", "疑难数"),
        ("其他", None, None),
        ("合计", "=SUM(B3:B3)", "=SUM(C3:C3)"),
    )
    found = fill_small(form)
    assert values(found) == {"B3": 2}
    assert "合计不全" in reasons(found)["C4"]
    assert "B4" not in reasons(found)


def test_spare_rows_with_a_serial_number_are_no_rows(fill_small: Fill) -> None:
    form = Drawn("信访情况月报").rows(
        *(("序号", "镇（街道）", "登记件数"), (1, None, None), (2, None, None), (3, None, None)),
        (None, "合计", "=SUM(C3:C5)"),
    )
    found = fill_small(form)
    assert values(found) == {"C3": 2, "C4": 1}
    assert reasons(found) == {}


def test_nothing_is_said_in_english_of_parts_that_are_left_alone(
    store: Store, tmp_path: Path
) -> None:
    plain, path = petitions().save(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            footer = b"<headerFooter><oddHeader>X</oddHeader></headerFooter></worksheet>"
            target.writestr(name, source.read(name).replace(b"</worksheet>", footer))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        filled = fill_form(store, SYSTEM, path)
    sheet = zipfile.ZipFile(io.BytesIO(filled.content)).read("xl/worksheets/sheet1.xml")
    assert b"<oddHeader>X</oddHeader>" in sheet
