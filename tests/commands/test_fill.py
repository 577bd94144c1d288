"""``fill``: the contract, and what is refused."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from tests.commands.conftest import Run
from tests.ledger.conftest import WEST


def blank(path: Path) -> Path:
    """A form with one column that is clear and one that is not."""
    book = openpyxl.Workbook()
    for row in (("机构情况表",), ("镇（街道）", "机构数（家）", "星级"), ("甲云镇",), ("乙岚镇",)):
        book.worksheets[0].append(row)
    book.save(path)
    return path


def test_a_form_is_filled_by_the_contract(run: Run, ready: Path, tmp_path: Path) -> None:
    form, out = blank(tmp_path / "空表.xlsx"), tmp_path / "填好.xlsx"
    told = run("fill", form, out, "--json")
    assert (told.code, told.err) == (0, "")
    assert set(told.json) == {"filled", "unfilled", "cells", "open"}
    assert (told.json["filled"], told.json["unfilled"]) == (2, 2)
    assert set(told.json["cells"][0]) == {"sheet", "cell", "header", "means", "value", "rows"}
    assert set(told.json["open"][0]) == {"sheet", "cell", "header", "message"}
    assert [one["cell"] for one in told.json["cells"]] == ["B3", "B4"]
    assert [one["cell"] for one in told.json["open"]] == ["C3", "C4"]
    assert sum(one["value"] for one in told.json["cells"]) == 3
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["Sheet", "数据来源"]
    assert [cell.value for cell in book["Sheet"][3]][:2] == [
        "甲云镇",
        told.json["cells"][0]["value"],
    ]
    assert any("星级" in str(cell.value) for row in book["数据来源"] for cell in row)
    people = run("fill", form, out, "--scope", WEST)
    assert "1 格" in people.out
    assert "C3" in people.out


def test_a_mapping_answers_what_was_open(run: Run, ready: Path, tmp_path: Path) -> None:
    form, answers = blank(tmp_path / "空表.xlsx"), tmp_path / "对照.toml"
    answers.write_text('[headers]\n"星级" = "beds"\n', encoding="utf-8")
    told = run("fill", form, tmp_path / "o.xlsx", "--mapping", answers, "--json")
    assert told.json["filled"] + told.json["unfilled"] == 4
    assert any("床位数之和" in one["means"] for one in told.json["cells"])


def test_what_is_refused_writes_nothing(run: Run, ready: Path, tmp_path: Path) -> None:
    form, out = blank(tmp_path / "空表.xlsx"), tmp_path / "o.xlsx"
    for words, said in (
        ((form, tmp_path / "o.docx"), "后缀改为 .xlsx"),
        ((tmp_path / "没有.xlsx", out), "没有.xlsx"),
        ((form, out, "--scope", "990199"), "没有找到该区域"),
        ((form, out, "--period", "后天"), "2026-W48"),
        ((form, out, "--mapping", form), "UTF-8"),
        ((form, out, "--as", "nobody"), "用户"),
    ):
        told = run("fill", *words)
        assert (told.code, said in told.err) == (1, True), told.err
        assert not out.exists()
