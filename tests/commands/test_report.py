"""``report``: the contract, reprints, and what is refused."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from docx import Document

from ledger.domain.timing import clock
from ledger.reporting.bulletins import pictures
from tests.commands.conftest import PASSWORD, Run
from tests.ledger.conftest import EAST, WEST
from tests.thoroughly import thorough

KEYS = {"kind", "number", "state", "made", "from", "until", "scope", "title", "digest", "file"}


@pytest.fixture(autouse=True)
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_DPI", 30)


def texts(path: Path) -> list[str]:
    return [p.text for p in Document(io.BytesIO(path.read_bytes())).paragraphs]


def test_a_report_is_made_once_and_reprinted(run: Run, ready: Path, tmp_path: Path) -> None:
    first, second, annex = (tmp_path / name for name in ("一.docx", "二.docx", "附件.xlsx"))
    until = clock.today().isoformat()
    asked = ("report", "weekly", "--until", until, "--scope", WEST)
    told = run(*asked, first, "--json")
    assert told.code == 0
    assert set(told.json) == KEYS | {"annex"}
    assert (told.json["made"], told.json["until"], told.json["scope"]) == (True, until, WEST)
    assert texts(first)[0] == told.json["title"] == "甲云镇养老服务风险防范和信访工作周报"
    assert any("在册养老服务机构(场所)共" in text for text in texts(first))
    again = run(*asked, second, "--annex", annex, "--json")
    assert (again.json["made"], again.json["digest"]) == (False, told.json["digest"])
    assert second.read_bytes() == first.read_bytes()
    assert annex.read_bytes().startswith(b"PK")
    assert "按存档重印" in run(*asked, second).out
    anew = run(*asked, second, "--anew", "--json")
    assert (anew.json["made"], anew.json["number"]) == (True, told.json["number"])


@pytest.mark.parametrize("kind", ["daily", thorough("halfmonthly"), thorough("monthly")])
def test_every_kind_ends_on_the_day_asked_for(run: Run, ready: Path, tmp_path, kind: str) -> None:
    until = clock.today() - timedelta(days=1)
    told = run("report", kind, "--until", until, tmp_path / "out.docx", "--json")
    assert (told.code, told.json["kind"], told.json["until"]) == (0, kind, until.isoformat())
    assert told.json["scope"] == "990101", "a tree with one root is that area"


def test_what_is_refused_writes_nothing(run: Run, ready: Path, tmp_path: Path) -> None:
    out, today = tmp_path / "out.docx", clock.today()
    asked = ("report", "weekly", "--until", today)
    for words, code, said in (
        ((*asked, "--scope", "990199", out), 1, "没有找到该区域"),
        (("report", "weekly", "--until", today + timedelta(days=1), out), 1, "还没有数据"),
        ((*asked, tmp_path / "out.pdf"), 1, "后缀改为 .docx"),
        ((*asked, out, "--annex", tmp_path / "out.csv"), 1, "后缀改为 .xlsx"),
        ((*asked, tmp_path / "none" / "out.docx"), 1, "请先建立"),
        (("report", "yearly", "--until", today, out), 2, "yearly"),
        (("report", "weekly", "--until", "昨天", out), 2, "昨天"),
        (("report", "weekly", out), 2, "--until"),
    ):
        told = run(*words)
        assert (told.code, said in told.err) == (code, True), words
    assert not out.exists()
    run("user", "add", "li", "--role", "office_staff", "--scope", EAST, typed=f"{PASSWORD}\n")
    run("user", "add", "wu", "--role", "village_staff", "--scope", EAST, typed=f"{PASSWORD}\n")
    elsewhere = run(*asked, "--scope", WEST, out, "--as", "li")
    assert (elsewhere.code, "没有找到该区域" in elsewhere.err) == (1, True)
    village = run(*asked, out, "--as", "wu")
    assert (village.code, "不能查看通报" in village.err) == (1, True)
    assert not out.exists()
