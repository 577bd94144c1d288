"""What is wrong in a tier rule file is said with rule, line and what to do."""

from __future__ import annotations

import re

import pytest

from ledger.domain.tiers import RuleError
from ledger.records.rulebook import TIERS, parse_rules, shipped

TEXT = shipped(TIERS).read_text(encoding="utf-8")
T4A = 'id = "T4a"\ntier = 4\nlabel = "涉嫌非法集资、诈骗等犯罪"\nwhen = "suspected_crime"'
LINE = TEXT[: TEXT.index(T4A)].count("\n") + 1


@pytest.mark.parametrize(
    ("when", "says"),
    [
        (
            "finding == 'true'",
            "finding 是“线索”台账的列，规则只能用机构台账的事实.*请改用",
        ),
        ("petitioner == 'x'", "petitioner 是“信访事项”台账的列"),
        ("prepaid_deposit / beds > 2", "不支持除法，请改写成乘法"),
        ("prepaid_deposit / 0 > 2", "不支持除法，请改写成乘法"),
    ],
)
def test_rule_that_cannot_be_read_is_named_with_its_line(when: str, says: str) -> None:
    text = TEXT.replace(T4A, T4A.replace('"suspected_crime"', f'"{when}"'))
    with pytest.raises(RuleError, match=f"^规则 T4a 第 .*{says}.*（文件第 {LINE} 行）$"):
        parse_rules(text)


def test_second_of_two_rules_of_one_id_is_named_with_its_line() -> None:
    text = TEXT.replace('id = "T4b"', 'id = "T4a"')
    line = TEXT[: TEXT.index('id = "T4b"')].count("\n") + 1
    says = f"规则 T4a：编号 T4a 用了两次，请给其中一条改用别的编号（文件第 {line} 行）"
    with pytest.raises(RuleError, match=f"^{re.escape(says)}$"):
        parse_rules(text)
