"""The main road through the real command line: one process a command, as scripts call it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import PASSWORD
from tests.ledger.sheets import HEADER, ROWS, workbook


def call(root: Path, *words: object, typed: str = "", code: int = 0) -> dict[str, Any]:
    """Run ``python -m ledger … --json`` and read its answer."""
    done = subprocess.run(
        [sys.executable, "-m", "ledger", *map(str, words), "--json"],
        cwd=root,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        input=typed.encode(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.decode("utf-8"))
    return answer


def test_a_command_answers_and_fails_as_a_process(
    database_url: str, project_root: Path, tmp_path: Path
) -> None:
    assert database_url.endswith("ledger.db")
    call(project_root, "init")
    failed = call(project_root, "import", "institutions", tmp_path / "none.csv", code=1)
    assert failed["read"] == 0


@pytest.mark.thorough
def test_from_nothing_to_an_export(
    database_url: str, project_root: Path, county: Path, tmp_path: Path
) -> None:
    assert database_url.endswith("ledger.db")
    call(project_root, "init")
    words = ("user", "add", "jingban", "--role", "office_staff", "--scope", "*")
    call(project_root, *words, typed=f"{PASSWORD}\n")
    fields = ("--code-field", "code", "--name-field", "name", "--crs", "cgcs2000")
    for level in ("county", "township"):
        file = county / f"{level}.geojson"
        answer = call(project_root, "areas", "load", file, "--level", level, *fields)
        assert answer["loaded"] == answer["read"]
    listed = workbook(tmp_path / "名单.xlsx", [HEADER, *ROWS])
    answer = call(project_root, "import", "institutions", listed, "--as", "jingban")
    assert (answer["created"], answer["outside"]) == (3, 0)
    assert len(call(project_root, "assess")["results"]) == 3
    out = tmp_path / "台账.csv"
    assert call(project_root, "export", "institutions", out, "--as", "jingban")["rows"] == 3
    with out.open(encoding="utf-8-sig", newline="") as stream:
        assert [row["机构名称"] for row in csv.DictReader(stream)] == ["甲院", "乙院", "丙院"]
    assert call(project_root, "verify")["sound"] is True
