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
        "cards below each other",
        [
            ["机构名称", "卡一养老院", "法定代表人", "某某"],
            ["机构名称", "卡二养老院", "法定代表人", "某人"],
        ],
        2,
        "机构名称",
    ),
    (
        "a name of a column where a record is due",
        [["机构名称", "床位数"], ["夕阳红养老院", 3], ["场所名称", ""], ["金秋托老所", 4]],
        3,
        "场所名称",
    ),
    (
        "a table below in another unit",
        [
            ["机构名称", "押金(元)"],
            ["夕阳红养老院", 3],
            ["场所名称", "押金(万元)"],
            ["金秋托老所", 4],
        ],
        3,
        "场所名称",
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
