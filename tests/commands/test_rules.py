"""``rules`` as scripts call it: what is in force, and putting a changed file in force."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.__main__ import main
from ledger.domain.access import SYSTEM
from ledger.records import reckoning, rulebook
from ledger.storage import Store
from tests.ledger.conftest import store  # noqa: F401


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_changed_file_is_listed_previewed_and_adopted(
    store: Store,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    reckoning.settle(store)
    code, told = run(capsys, "rules")
    assert (code, [one["kind"] for one in told["rules"]]) == (0, list(rulebook.KINDS))
    assert all(one["offered"] is None for one in told["rules"])
    text = rulebook.shipped("rating").read_text(encoding="utf-8")
    file = tmp_path / "rating.toml"
    file.write_text(text.replace('version = "', 'version = "新-', 1), encoding="utf-8")
    moved = {"kind": "rating", "tiers": 0, "deadlines": 0}
    assert run(capsys, "rules", "adopt", "rating", str(file), "--preview") == (0, moved)
    with store.reading() as connection:
        assert not rulebook.in_force(connection, "rating").version.startswith("新-")  # type: ignore[union-attr]
    assert run(capsys, "rules", "adopt", "rating", str(file)) == (0, moved)
    assert next(one for one in run(capsys, "rules")[1]["rules"] if one["kind"] == "rating")[
        "version"
    ].startswith("新-")


def test_a_broken_file_is_refused_by_line(
    store: Store,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    file = tmp_path / "deadlines.toml"
    file.write_text("version = 一", encoding="utf-8")
    code, told = run(capsys, "rules", "adopt", "deadlines", str(file))
    assert code == 1
    assert "第 1 行" in json.dumps(told, ensure_ascii=False)


def test_check_tells_rule_files_that_could_not_be_put_in_force(
    store: Store,  # noqa: F811
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Unfair or unreadable, in force or on the disk; a fair one is no finding."""
    reckoning.settle(store)
    assert run(capsys, "check") == (0, {"findings": []})
    files = {kind: rulebook.shipped(kind) for kind in rulebook.KINDS}
    tiers = files["tiers"].read_text(encoding="utf-8")
    unfair = tiers.replace("takes and not assets_cover_debts", "takes and assets_cover_debts")
    with store.writing() as connection:
        rulebook.put_in_force(connection, SYSTEM, "tiers", "旧", unfair)
        rulebook.put_in_force(connection, SYSTEM, "rating", "旧", "version = 一")
    monkeypatch.setattr(rulebook, "shipped", files.__getitem__)
    files["figures"] = tmp_path / "figures.toml"
    files["figures"].write_text("version = 一", encoding="utf-8")
    code, told = run(capsys, "check")
    found = {one["number"]: one["message"] for one in told["findings"]}
    assert (code, set(found)) == (0, {"tiers", "rating", "figures"})
    assert {one["rule"] for one in told["findings"]} == {"rule_file"}
    assert "现行的风险分级规则按现在的要求不能启用" in found["tiers"]
    assert "规则不公平" in found["tiers"]
    assert "现行的村(社区)考评办法" in found["rating"]
    assert "服务器上的 figures.toml 不能启用" in found["figures"]
