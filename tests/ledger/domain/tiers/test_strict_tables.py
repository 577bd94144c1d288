"""Strict models of TOML tables: which place and which words a refusal gets."""

from __future__ import annotations

import pytest
from pydantic import Field

from ledger.domain.tiers.errors import RuleError
from ledger.domain.tiers.files import parse_toml
from ledger.domain.tiers.strict_tables import (
    DatedHead,
    Number,
    StrictTable,
    Text,
    needed,
    read_table,
)


class Part(StrictTable):
    """A table in a list inside a table."""

    places = ("{outer} 的第 {number} 个 parts",)

    name: Text = needed("部分的名称")


class Item(StrictTable):
    """A table of the list ``items``."""

    places = ("项目 {key}", "第 {number} 个 [[items]]")

    key: Text = needed("英文键")
    days: int | None = Field(default=None, ge=1, le=30)
    parts: list[Part] = Field(default_factory=list)
    note: Text = ""
    local: bool = False


class Settings(StrictTable):
    """A single table."""

    places = ("[settings]",)

    start: Number = needed("起点", "100")


class File(DatedHead):
    """A small file of rules."""

    settings: Settings | None = None
    limits: dict[str, Number] = Field(default_factory=dict)
    words: dict[str, dict[str, str]] = Field(default_factory=dict)
    named: dict[str, Part] = Field(default_factory=dict)
    items: list[Item] = Field(default_factory=list)


HEAD = 'version = "1"\neffective = 2024-10-01\ntitle = "小文件"\nsource = "测试"\n'


def test_a_whole_file_is_read() -> None:
    file = read_table(
        File, parse_toml(HEAD + '[[items]]\nkey = " a "\nparts = [{ name = "b" }]', "文件"), "文件"
    )
    assert [(item.key, item.parts[0].name) for item in file.items] == [("a", "b")]


REFUSED = [
    # content after the head                       the whole message
    ("extra = 1", "文件：不认识 extra，请删去或改正。"),
    ("item = 1", "文件：不认识 item，请删去或改正。是否指 items？"),
    ("settings = 3", "[settings]：应当是一张表（每行写“名称 = 值”），请改写"),
    ("[settings]", "[settings]：缺少 start（起点），请补上一行 start = 100"),
    ('[settings]\nstart = "1"', '[settings]：start 应当是数字（不带引号），现在是 "1"'),
    ("[settings]\nstart = inf", "[settings]：start 太大或不是有限的数字，现在是 Infinity"),
    ("limits = 3", "文件：limits 应当是一张表：先写 [limits]，下面每行写 名称 = 值，现在是 3"),
    ("[limits]\na = true", "[limits]：a 应当是数字（不带引号），现在是 True"),
    (
        "[words]\na = 3",
        "[words]：a 应当是一张表：先写 [words.a]，下面每行写 名称 = 值，现在是 3",
    ),
    ("named = 3", "文件：named 应当是一组表，例如 [named.名称]，现在是 3"),
    ("items = 3", "文件：items 应当是列表，例如 items = […]，现在是 3"),
    ("items = [3]", "第 1 个 [[items]]：应当是一张表（每行写“名称 = 值”），请改写"),
    ("[[items]]", '第 1 个 [[items]]：缺少 key（英文键），请补上一行 key = "…"'),
    ('[[items]]\nkey = " "', '第 1 个 [[items]]：key 应当是带引号的文字且不能为空，现在是 " "'),
    ('[[items]]\nkey = "a"\ndays = 0', "项目 a：days 应当是 1 到 30 的整数，现在是 0"),
    ('[[items]]\nkey = "a"\ndays = "3"', '项目 a：days 应当是 1 到 30 的整数，现在是 "3"'),
    ('[[items]]\nkey = "a"\nlocal = 1', "项目 a：local 应当是 true 或 false，现在是 1"),
    ('[[items]]\nkey = "a"\nnote = 1', "项目 a：note 应当是带引号的文字且不能为空，现在是 1"),
    (
        '[[items]]\nkey = "a"\nparts = [{ name = "b" }, {}]',
        '项目 a 的第 2 个 parts：缺少 name（部分的名称），请补上一行 name = "…"',
    ),
]


@pytest.mark.parametrize(("content", "message"), REFUSED)
def test_a_refusal_names_table_field_and_remedy(content: str, message: str) -> None:
    with pytest.raises(RuleError) as refused:
        read_table(File, parse_toml(HEAD + content, "文件"), "文件")
    assert str(refused.value) == message
