"""The self-check tries everything in a scratch office and leaves nothing in the real one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.commands.self_check import line_of
from ledger.operations import scratch_office, self_check
from ledger.operations.scratch_office import STEPS, Finding, play, tried
from ledger.operations.scratch_server import Failed, require
from ledger.storage import open_store


def test_a_scratch_office_signs_in_saves_exports_backs_up_and_restores(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    within = tuple(step for step in STEPS if step[0] != "served")
    monkeypatch.setattr(scratch_office, "STEPS", within)
    found = list(play(tmp_path))
    assert [(one.key, one.well) for one in found] == [(key, True) for key, *_ in within], found


def test_the_first_step_that_fails_is_the_last(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_office: scratch_office.Office) -> str:
        raise OSError("disk\nfull")

    monkeypatch.setattr(
        scratch_office, "STEPS", (("save", "保存", fails), ("export", "导出", lambda _: "好"))
    )
    found = list(play(tmp_path))
    assert [(one.key, one.well) for one in found] == [("save", False)]
    assert found[0].words == "出错(OSError)：disk full"
    assert line_of(found[0]).startswith("失败  保存：")


def test_the_scratch_office_knows_nothing_of_the_real_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_KEY_FILE", "/var/lib/ledger/ledger.key")
    monkeypatch.setenv("LEDGER_DATABASE_URL", "sqlite:////var/lib/ledger/ledger.db")
    told = self_check._environment(tmp_path)
    assert "LEDGER_KEY_FILE" not in told
    assert "/var/lib" not in " ".join(value for key, value in told.items() if "LEDGER" in key)


def test_a_service_that_does_not_answer_is_told(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(self_check, "_in_scratch", lambda: iter(()))
    found = list(self_check.self_check(open_store(), "http://127.0.0.1:9"))
    assert [(one.key, one.well) for one in found[-1:]] == [("service", False)]
    assert not next(one for one in found if one.key == "migrations").well


def test_a_refusal_is_its_words() -> None:
    def refused() -> str:
        require(False, "没有登录")
        raise Failed

    assert tried("a", "甲", refused) == Finding("a", "甲", False, "没有登录", 0.0)
