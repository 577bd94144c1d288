"""What stands in deploy/ is what the program and its servers understand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ledger.__main__ import parser
from ledger.settings import Settings
from pages._web.forms import SESSION_COOKIE


@pytest.fixture
def deploy(project_root: Path) -> Path:
    return project_root / "deploy"


def test_settings_and_cookie_are_those_of_the_program(deploy: Path) -> None:
    texts = {file: file.read_text(encoding="utf-8") for file in deploy.rglob("*") if file.is_file()}
    named = {
        name.lower() for text in texts.values() for name in re.findall(r"\bLEDGER_(\w+)", text)
    }
    assert named - set(Settings.model_fields) == set()
    assert f"$cookie_{SESSION_COOKIE}" in texts[deploy / "nginx" / "ledger.conf"]


def test_commands_are_those_of_the_program(deploy: Path) -> None:
    known = parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    said = {
        command
        for file in [*deploy.glob("*.md"), *deploy.glob("systemd/*")]
        for command in re.findall(r"python -m ledger ([a-z-]+)", file.read_text(encoding="utf-8"))
    }
    assert {"backup", "drill", "restore", "migrate-to", "verify", "init"} <= said <= set(known)
