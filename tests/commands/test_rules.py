"""``rules`` as scripts call it: what is in force, and putting a changed file in force."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.__main__ import main
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
