"""A new ledger and a new column, made by following CONTRIBUTING.md in a copy of the project.

The declaration is the one in CONTRIBUTING.md; the command writes the migration, docs/build.py the
reference. What the copy can do with them is tested by new_ledger_in_use.py.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

PARTS = ("geo", "ledger", "pages", "data", "docs", "tests", ".streamlit", "pyproject.toml")
IN_USE = "tests/house/new_ledger_in_use.py"
KEYS = ("hazards", "notes", "tasks")
REGISTRY = "ledger/domain/ledgers/__init__.py"
# Beside the ledger of CONTRIBUTING.md the plainest one there can be, which not everybody may see.
NOTES = '''"""内部事项: what only the office and its leaders see."""

from ledger.domain.columns import Column, Ledger, Menu
from ledger.domain.roles import Role
from ledger.domain.usual_columns import AREA, NUMBER

NOTES = Ledger(
    key="notes",
    label="内部事项",
    prefix="NB",
    menu=Menu("lock", 66),
    seen_by=frozenset({Role.OFFICE_STAFF, Role.LEADER}),
    columns=(NUMBER, Column("name", "事项", required=True), AREA),
)
'''
# And one whose records go through a step, by a day.
TASKS = '''"""交办事项: what has to be done by a day."""

from ledger.domain.columns import Choice, Column, ColumnType, Ledger, Menu
from ledger.domain.usual_columns import AREA, DUE, NUMBER
from ledger.domain.workflow.flow import OFFICE, Step, Workflow

T = ColumnType
STATE = (Choice("open", "在办"), Choice("done", "办结"))
FLOW = Workflow(
    ledger="tasks",
    initial="open",
    final=frozenset({"done"}),
    steps=(
        Step("finish", "办结", ("open",), "done", OFFICE, asks=("answer",), demands=("answer",)),
    ),
)
TASKS = Ledger(
    key="tasks",
    label="交办事项",
    prefix="JB",
    workflow=FLOW,
    dated="given_at",
    menu=Menu("task", 67),
    columns=(
        NUMBER,
        Column("name", "事项", required=True),
        Column("state", "办理状态", T.CHOICE, STATE, computed=True),
        AREA,
        Column("given_at", "交办时间", T.MOMENT, required=True, happened=True),
        Column("by", "要求日期", T.DATE),
        Column("answer", "办理结果"),
        *DUE,
    ),
)
'''
CLOCK = """
[[clocks]]
key = "task_done"
ledger = "tasks"
label = "交办事项办结"
due = "by"
states = ["open"]
local = true
basis = "本地确定"
"""


def recipe(contributing: str, name: str) -> str:
    """The block of code of that name in CONTRIBUTING.md."""
    found = re.search(rf"^ *```\w+ {name}\n(.*?)^ *```$", contributing, re.MULTILINE | re.DOTALL)
    assert found, f"CONTRIBUTING.md has no block {name}"
    return dedent(found[1])


def run(copy: Path, *words: str) -> str:
    """A command in the copy; nothing of the project itself is on its path."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def copy(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with three ledgers and the column, their migration and reference."""
    folder = tmp_path_factory.mktemp("copy")
    for part in PARTS:
        source = project_root / part
        if source.is_dir():
            skip = shutil.ignore_patterns("var", "pictures", "out", "bench")
            shutil.copytree(source, folder / part, ignore=skip)
        else:
            shutil.copy2(source, folder / part)
    text = (project_root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    ledgers = folder / "ledger" / "domain" / "ledgers"
    (ledgers / "hazards.py").write_text(recipe(text, "hazards"), encoding="utf-8")
    (ledgers / "notes.py").write_text(NOTES, encoding="utf-8")
    (ledgers / "tasks.py").write_text(TASKS, encoding="utf-8")
    with (folder / "data" / "rules" / "deadlines.toml").open("a", encoding="utf-8") as stream:
        stream.write(CLOCK)
    for key in KEYS:
        line = f"from ledger.domain.ledgers.{key} import {key.upper()}\n"
        _insert(folder / REGISTRY, "from ledger.domain.ledgers.inspections", line)
        _insert(folder / REGISTRY, "        ENTITIES,\n", f"        {key.upper()},\n")
    column = recipe(text, "outreach")
    _insert(ledgers / "outreach.py", "        REMARKS,\n", f"        {column.strip()}\n")
    run(folder, "-m", "ledger", "migration", "hazards")
    run(folder, "docs/build.py")
    return folder


def _insert(file: Path, before: str, line: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, line + before, 1), encoding="utf-8")


def test_the_migration_imports_nothing_of_ours(copy: Path) -> None:
    (file,) = (copy / "ledger" / "storage" / "migrations" / "versions").glob("*_hazards.py")
    text = file.read_text(encoding="utf-8")
    imports = re.findall(r"^(?:from|import) .*", text, re.MULTILINE)
    assert imports == [
        "from __future__ import annotations",
        "import sqlalchemy as sa",
        "from alembic import op",
    ]
    assert '"""New table hazards; new table notes; new table tasks; outreach has speaker"""' in text


def test_the_reference_tells_of_them(copy: Path) -> None:
    reference = (copy / "docs" / "reference" / "ledgers.md").read_text(encoding="utf-8")
    assert "## 安全隐患 `hazards`" in reference
    assert "| 主讲人 | `speaker` |" in reference
    roles = (copy / "docs" / "reference" / "roles.md").read_text(encoding="utf-8")
    assert "✓(内部事项除外)" in roles


def test_the_new_ledger_is_in_use(copy: Path) -> None:
    told = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", IN_USE)
    assert " passed" in told


def test_every_declaration_is_in_the_list(project_root: Path) -> None:
    """A module that the list forgets would be a ledger without table, page and rights."""
    folder = project_root / "ledger" / "domain" / "ledgers"
    modules = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    listed = set(
        re.findall(
            r"^from ledger\.domain\.ledgers\.(\w+) import",
            (folder / "__init__.py").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    assert modules == listed
