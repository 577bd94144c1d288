"""The words of a form are never records: cards, tables on their side, a second table below."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid
from ledger.exchange.importing.imports import check, import_file
from ledger.storage import Store
from tests.ledger.sheets import fingerprint, text_table, workbook

# The rows, the row that is named, the word that is quoted; for petitions where it says so.
SHEETS: list[tuple[str, list[list[Any]], int, str]] = [
    (
        "a card",
        [
            ["养老机构基本情况登记表", "", "", ""],
            ["机构名称", "卡一养老院", "法定代表人", "某某"],
            ["地址", "某路1号", "联系电话", "13800138000"],
            ["床位数", 30, "入住老人数", 20],
        ],
        3,
        "地址",
    ),
    (
        "a card of two columns",
        [["机构名称", "卡一养老院"], ["成立时间", "2019"], ["地址", "某路1号"]],
        3,
        "地址",
    ),
    (
        "cards below each other",
        [
            ["机构名称", "卡一养老院", "法定代表人", "某某"],
            ["机构名称", "卡二养老院", "法定代表人", "某人"],
        ],
        2,
        "机构名称",
    ),
    (
        "a table on its side",
        [["机构名称", "转一院", "转二院"], ["床位数", 1, 2], ["地址", "甲", "乙"]],
        2,
        "床位数",
    ),
    (
        "another table below",
        [
            ["一、已登记", "", ""],
            ["机构名称", "床位数", ""],
            ["上表院", 3, ""],
            [],
            ["二、未登记场所", "", ""],
            ["场所名称", "床位数", "负责人"],
            ["下表院", 4, "某人"],
        ],
        6,
        "床位数",
    ),
    (
        "a like table below, its columns elsewhere",
        [
            ["机构名称", "法定代表人", "地址"],
            ["上表院", "某某", "甲路"],
            ["机构名称", "法定代表人", "备注"],
            ["下表院", "某人", "已停业"],
        ],
        3,
        "机构名称",
    ),
    (
        "a petition's card",
        [
            ["登记日期", "2022-05-03", "信访事项", "反映路灯不亮"],
            ["所属区域", "演示二村", "人数", 3],
        ],
        2,
        "人数",
    ),
]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize(
    ("rows", "row", "word"), [item[1:] for item in SHEETS], ids=[item[0] for item in SHEETS]
)
def test_a_column_name_among_the_records_refuses_the_sheet(
    store: Store, tmp_path: Path, rows: list[list[Any]], row: int, word: str, kind: str
) -> None:
    ledger = "petitions" if rows[0][0] == "登记日期" else "institutions"
    path = (workbook if kind == "xlsx" else text_table)(tmp_path / f"a.{kind}", rows)
    before = fingerprint(store)
    for reader in (
        lambda: import_file(store, SYSTEM, ledger, path, accept_valid=True),
        lambda: check(store, SYSTEM, ledger, path),
    ):
        with pytest.raises(Invalid) as caught:
            reader()
        assert f"第{row}行" in str(caught.value)
        assert f"列名“{word}”，不是记录" in str(caught.value)
        assert "请" in str(caught.value)
    assert fingerprint(store) == before
