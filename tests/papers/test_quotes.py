"""What the papers put in quotation marks is what the pages and commands say, to the letter."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.conftest import PROJECT_ROOT
from tests.papers.reading import DEPLOY, GUIDE, README, text_of

_QUOTED = re.compile(r"“([^”\n]{1,40})”")
_SAYING = {"pages": (".py", ".html", ".js"), "ledger": (".py",), "data": (".toml",)}
# Put together from parts by the program: the pattern that its text has.
PUT_TOGETHER = {
    "另有几家没有坐标": "另有 {number:,} 家没有坐标",
    "略去这几处": "略去这 {faults} 处",
    "给选中的几人重发": "给选中的 {len(wanted)} 人重发",
    "新增 12 位用户，生成密码条": "新增 {many} 位用户，生成密码条",
    "改为‘是’": "改为“是”",
    "密钥文件不见了": "”不见了，受保护信息读不出来",
}
# Not said by the program: examples, parts of foreign forms, headings of the papers.
EXAMPLES = {
    "件数按人口随机落下",
    "近90天12件，按人口应为4件左右",
    "打开这12件信访事项",
    "小数保护",
    "旧值 → 新值",
    "原来、对方、我",
    "红、橙、黄、绿分别对应……",
    "指标｜单位｜本月｜累计",
    "演示一村居委会",
    "20—30人",
    "系统管理员、领导、经办、专干、网格员、审计员",
    "示例县民政局",
    "区域名单.xlsx",
    "人员名单.xlsx",
    "机构名单.xlsx",
    "信访名单.xlsx",
    "搜索过",
    "照着做：一个县的第一天",
}


@cache
def program() -> str:
    """Every text of the program in one."""
    return "\n".join(
        file.read_text(encoding="utf-8")
        for folder, kinds in _SAYING.items()
        for file in (PROJECT_ROOT / folder).rglob("*")
        if file.suffix in kinds
    )


@pytest.mark.parametrize("paper", [README, GUIDE, DEPLOY])
def test_what_is_quoted_is_said_by_the_program(paper: str) -> None:
    said = program()
    quoted = set(_QUOTED.findall(text_of(paper))) - EXAMPLES
    missing = [one for one in sorted(quoted) if PUT_TOGETHER.get(one, one) not in said]
    assert missing == [], f"{paper} names what no page says (or an example: EXAMPLES)"


def test_no_example_is_kept_that_no_paper_gives() -> None:
    quoted = {one for paper in (README, GUIDE, DEPLOY) for one in _QUOTED.findall(text_of(paper))}
    assert (EXAMPLES | set(PUT_TOGETHER)) - quoted == set()
