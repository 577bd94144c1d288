"""Shapes of forms: headers of several rows, sums, examples, notes, labels with blanks."""

from __future__ import annotations

import io
import time

import pytest

from ledger.domain.errors import Invalid
from ledger.reporting.forms.form_shapes import Form, legend_in
from ledger.reporting.forms.form_workbook import grids_of
from ledger.reporting.forms.recognising import recognise
from ledger.reporting.forms.senses import FormWords
from tests.ledger.reporting.forms.drawn import Drawn


def shape(form: Drawn, words: FormWords) -> Form:
    """What is recognised of a drawn form."""
    stream = io.BytesIO()
    form.book.save(stream)
    return recognise(grids_of(stream), words)


def test_a_header_of_three_rows_with_merged_cells(words: FormWords) -> None:
    form = Drawn("某某情况统计表").rows(
        ("序号", "镇（街道）", "机构", None, None, None, "备注"),
        (None, None, "数量（家）", None, "风险", None, None),
        (None, None, "已备案", "未备案", "红", "橙", None),
    )
    form.merge("A2:A4", "B2:B4", "C2:F2", "C3:D3", "E3:F3", "G2:G4").blank(3, 7)
    table = shape(form, words).tables[0]
    assert (table.first, table.last) == (1, 3)
    assert [(c.role, c.parts) for c in table.columns] == [
        ("serial", ("序号",)),
        ("value", ("镇（街道）",)),
        ("value", ("机构", "数量（家）", "已备案")),
        ("value", ("机构", "数量（家）", "未备案")),
        ("value", ("机构", "风险", "红")),
        ("value", ("机构", "风险", "橙")),
        ("remark", ("备注",)),
    ]
    assert [line.at for line in table.rows] == [4, 5, 6]


def test_groups_without_merged_cells_and_a_row_of_column_numbers(words: FormWords) -> None:
    form = Drawn("情况表").rows(
        ("领域", "登记件数", None, "办理", None),
        (None, "本月", "累计", "答复", "受理"),
        ("甲", 1, 2, 3, 4),
        ("农业农村", None, None, None, None),
        ("其他", None, None, None, None),
    )
    table = shape(form, words).tables[0]
    assert [c.parts for c in table.values] == [
        ("登记件数", "本月"),
        ("登记件数", "累计"),
        ("办理", "答复"),
        ("办理", "受理"),
    ]
    assert [line.parts for line in table.rows] == [("农业农村",), ("其他",)]


def test_categories_merged_downward_name_every_row(words: FormWords) -> None:
    form = Drawn().rows(
        ("类别", "项目", "数量"),
        ("信访", "登记件数", None),
        (None, "答复件数", None),
        ("线索", "登记数", None),
        ("合计", None, None),
    )
    form.merge("A2:A3")
    table = shape(form, words).tables[0]
    assert [(line.kind, line.parts) for line in table.lines] == [
        ("row", ("信访", "登记件数")),
        ("row", ("信访", "答复件数")),
        ("row", ("线索", "登记数")),
        ("total", ("合计",)),
    ]


def test_notes_example_rows_and_the_legend_are_read(words: FormWords) -> None:
    form = Drawn("名单", ["填报单位：甲云镇", "单位：万元、人"]).rows(
        ("序号", "机构名称", "等级"), ("例", "××养老院", "红"), (1, None, None), (2, None, None)
    )
    form.rows(("说明：红、橙分别对应四类、三类机构。",), ("填表人：      审核人：",), framed=False)
    found = shape(form, words)
    assert found.titles[0] == "名单"
    assert [line.kind for line in found.tables[0].lines] == ["example", "row", "row"]
    assert found.legend == {"红": "四类", "橙": "三类"}
    assert found.unit_said(0) == ("万元", "人")
    assert found.office_said(0) == "甲云镇"


def test_indicators_have_a_column_of_units(words: FormWords) -> None:
    form = Drawn().rows(
        ("指标", "计量单位", "本月"), ("信访件数", "件", None), ("按期答复率", "%", None)
    )
    table = shape(form, words).tables[0]
    assert [(line.parts, line.unit) for line in table.rows] == [
        (("信访件数",), "件"),
        (("按期答复率",), "%"),
    ]


def test_labels_with_blanks_beside_them_are_pairs(words: FormWords) -> None:
    form = Drawn("养老服务机构登记表").rows(
        ("机构名称", None, "法定代表人", None),
        ("床位数", None, "入住老人数", None),
        ("地址", None, None, None),
    )
    form.merge("B4:D4")
    found = shape(form, words)
    assert found.tables == ()
    assert [(pair.label, pair.at) for pair in found.pairs] == [
        ("机构名称", (1, 1)),
        ("法定代表人", (1, 3)),
        ("床位数", (2, 1)),
        ("入住老人数", (2, 3)),
        ("地址", (3, 1)),
    ]


def test_two_tables_on_one_sheet(words: FormWords) -> None:
    form = Drawn("一").rows(("领域", "件数"), ("农业农村", None), ("其他", None))
    form.row += 1
    form.rows(("二、线索",), framed=False).rows(("来源", "条数"), ("群众举报", None))
    assert [len(table.rows) for table in shape(form, words).tables] == [2, 1]


def test_the_fingerprint_is_that_of_the_blank_form(words: FormWords) -> None:
    def drawn(month: int, number: int | None) -> Form:
        return shape(
            Drawn(f"2026年{month}月信访情况表").rows(("领域", "件数"), ("其他", number)), words
        )

    other = shape(Drawn("2026年5月信访情况表").rows(("领域", "批次"), ("其他", None)), words)
    assert drawn(5, None).fingerprint == drawn(11, 3).fingerprint != other.fingerprint


@pytest.mark.parametrize("texts", [("通知",), ("第一段", "第二段很长的文字没有任何表格")])
def test_a_sheet_without_a_head_is_refused(words: FormWords, texts: tuple[str, ...]) -> None:
    form = Drawn().rows(*((text,) for text in texts), framed=False)
    with pytest.raises(Invalid, match="没有认出表头"):
        shape(form, words)


def test_a_legend_is_read_and_a_chapter_is_not_searched_for_one() -> None:
    said = "说明：红、橙分别对应四类、三类；黄代表二类机构。"
    assert legend_in((said,)) == {"红": "四类", "橙": "三类", "黄": "二类"}
    start = time.process_time()
    assert legend_in(("word " * 40_000,)) == {}
    assert time.process_time() - start < 2, "the square of 200,000 letters"
