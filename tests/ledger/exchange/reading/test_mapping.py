"""Mapping files: what they may say, and what is wrong with them in words."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.errors import Invalid
from ledger.domain.ledgers import INSTITUTIONS
from ledger.exchange.reading.mapping import FileMapping, parse_mapping, read_mapping

WHOLE = """
crs = "GCJ-02"
blank = "clear"
[columns]
name = "Provider Name"
number = " ID "
[values.prepaid_use]
"none taken" = "none"
"for building" = "弥补设施建设资金不足"
"n/a" = ""
[values.flag]
"Y!" = "是"
[constants]
kind = "养老院"
filing = "已许可"
beds = 10
custody = true
[extra]
fines = "number"
flag = { column = "Abuse Flag", type = "tri" }
"""


def test_a_whole_mapping_is_understood() -> None:
    mapping = parse_mapping(WHOLE, INSTITUTIONS)
    assert mapping.crs.name == "gcj02"
    assert mapping.blank == "clear"
    assert mapping.columns == {"name": "Provider Name", "number": "ID"}
    assert mapping.values["prepaid_use"]["none taken"] == "none"
    assert mapping.constants == {
        "kind": "养老院",
        "filing": "licensed",
        "beds": 10,
        "custody": True,
    }
    assert [(item.name, item.header) for item in mapping.extra] == [
        ("fines", "fines"),
        ("flag", "Abuse Flag"),
    ]


def test_an_empty_mapping_changes_nothing() -> None:
    assert parse_mapping("", INSTITUTIONS) == FileMapping()


# What stands in the file, and words that the message must hold.
WRONG = [
    ('crs = "wgs85"', "坐标系“wgs85”"),
    ("crs = 4326", "带引号"),
    ('blank = "zero"', "keep"),
    ('[column]\nname = "x"', "是否指 columns"),
    ("columns = 3", "[columns]"),
    ('[columns]\nnmae = "x"', "是否指 name"),
    ('[columns]\ntier = "x"', "由系统计算"),
    ('[columns]\nname = ""', "不能为空"),
    ("[columns]\nname = 3", "不能为空"),
    ('[columns]\nname = "a"\nkind = "a"', "请只留一个"),
    ('[values.prepaid_use]\n"none taken" = "nothing"', "“none taken”"),
    ('[values]\nprepaid_use = "none"', "应当是一张表"),
    ('[values.stars]\n"1" = "是"', "“stars”"),
    ('[constants]\nbeds = "many"', "不是数字"),
    ("[constants]\nbeds = [1]", "不能是列表"),
    ('[constants]\ncredit_code = "91110000600037342L"', "不是有效的统一社会信用代码"),
    ('[extra]\nbeds = "number"', "已是台账的列"),
    ('[extra]\nfines = "money"', "只能是"),
    ('[extra]\nfines = { column = "x", kind = "number" }', "“kind”"),
    ('[extra]\n"" = "number"', "名称应有"),
    ("name = ", "TOML 写法有误"),
    ("x = " + "[" * 5000, "映射文件"),
]


@pytest.mark.parametrize(("text", "words"), WRONG, ids=[text[:40] for text, _ in WRONG])
def test_what_is_wrong_is_said_in_chinese(text: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_mapping(text, INSTITUTIONS)
    assert words in str(caught.value)
    assert "映射文件" in str(caught.value)


def test_a_file_that_is_no_text_or_not_there(tmp_path: Path) -> None:
    binary = tmp_path / "m.toml"
    binary.write_bytes(b"\xff\xfe\x00x")
    with pytest.raises(Invalid, match="UTF-8"):
        read_mapping(binary, INSTITUTIONS)
    with pytest.raises(Invalid, match="没有找到"):
        read_mapping(tmp_path / "none.toml", INSTITUTIONS)
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * 1_000_001)
    with pytest.raises(Invalid, match="1 MB"):
        read_mapping(large, INSTITUTIONS)


def complaint(text: str) -> str | None:
    """What is said against a mapping; None when nothing is."""
    try:
        parse_mapping(text, INSTITUTIONS)
    except Invalid as invalid:
        return str(invalid)
    return None


@given(st.text(max_size=200))
def test_any_text_is_understood_or_refused(text: str) -> None:
    said = complaint(text)
    assert said is None or said.startswith("映射文件")


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=4,
    ),
    st.sampled_from(["beds", "name", "custody", "lon", "filing", "prepaid_months"]),
)
def test_any_constant_is_taken_as_its_column_takes_it_or_refused(value: object, key: str) -> None:
    text = f"[constants]\n{key} = {_toml(value)}"
    try:
        found = parse_mapping(text, INSTITUTIONS).constants[key]
    except Invalid:
        return
    assert found is None or found == INSTITUTIONS.by_key[key].parse(
        tomllib.loads(text)["constants"][key]
    )


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, int) and abs(value) < 2**63:
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    return "'" + "".join(sign for sign in str(value) if sign.isprintable() and sign != "'") + "'"
