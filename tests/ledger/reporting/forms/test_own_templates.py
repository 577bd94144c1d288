"""The statistics sheets that come with the program are understood to the last header."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM
from ledger.reporting.forms.filling import fill_form
from ledger.reporting.forms.own_templates import own_templates
from ledger.storage import Store

# What the ledgers may leave blank; a header that is not understood is none of these.
_MAY_BE = ("没有填写", "分母为零", "没有计入", "起才有记录", "不能合计", "按哪个日期")


def test_the_sheets_that_are_promised_are_there() -> None:
    assert {path.stem for path in own_templates()} == {
        *("排查统计表", "风险管控名单", "分类处置进度", "宣传统计", "线索办理", "信访周报")
    }
    assert own_templates(Path("nowhere")) == ()


@pytest.mark.parametrize("path", own_templates(), ids=lambda path: path.stem)
def test_every_header_of_a_sheet_is_understood(county: Store, path: Path) -> None:
    found = fill_form(county, SYSTEM, path, scope_code="990101101")
    assert len(found.cells) > 10
    others = [one.message for one in found.open if not any(w in one.message for w in _MAY_BE)]
    assert others == []
