"""What CI makes of the answers of pip-audit: known vulnerabilities fail, no answer is told."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

NONE = "No known vulnerabilities found"
FOUND = "Found 2 known vulnerabilities in 1 package"
UNKNOWN = "某包  Dependency not found on PyPI and could not be audited: 某包 (1.0)"
BROKEN = "ERROR:pip_audit._cli:Failed to connect to pypi.org"


@pytest.mark.parametrize(
    ("said", "code", "expected", "told"),
    [
        ([NONE], 0, 0, "没有已公布的漏洞"),
        ([FOUND], 1, 1, "有已公布的漏洞"),
        ([FOUND, UNKNOWN], 1, 1, "有已公布的漏洞"),
        ([NONE, UNKNOWN, UNKNOWN], 0, 2, "不认识其中 2 个包"),
        ([BROKEN], 1, 2, "连不上漏洞数据服务"),
    ],
    ids=["none known", "some known", "some known beside unknown", "some unknown", "no answer"],
)
def test_answers_of_the_service(
    project_root: Path, tmp_path: Path, said: list[str], code: int, expected: int, told: str
) -> None:
    tool = tmp_path / "audit" / "bin" / "pip-audit"
    tool.parent.mkdir(parents=True)
    lines = "\n".join(said)
    tool.write_text(f"#!/bin/sh\ncat <<'END'\n{lines}\nEND\nexit {code}\n", encoding="utf-8")
    tool.chmod(0o755)
    result = subprocess.run(
        [project_root / ".ci" / "audit", tmp_path], capture_output=True, text=True, check=False
    )
    assert (result.returncode, told in result.stdout + result.stderr) == (expected, True)
