"""What the README promises has to be there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ledger.__main__ import main
from tests.house.sources import product_files

LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
BLOCK = re.compile(r"^```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
TARGET_USED = re.compile(r"\bmake ([a-z][a-z-]*)\b")
TARGET_DEFINED = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
COMMAND_USED = re.compile(r"-m ledger ([a-z]+)(?: ([a-z]+))?")
# The commands of the README that take a command of their own ("areas load").
GROUPS = {"areas", "user"}


@pytest.fixture(scope="module")
def readme(project_root: Path) -> str:
    return (project_root / "README.md").read_text(encoding="utf-8")


def test_readme_commands_are_make_targets(readme: str, project_root: Path) -> None:
    defined = set(TARGET_DEFINED.findall((project_root / "Makefile").read_text(encoding="utf-8")))
    used = set(TARGET_USED.findall(readme))
    assert {"run", "test", "lint", "bench"} <= used
    assert used <= defined


def said_by(half: str) -> list[list[str]]:
    """What both languages have to say alike: commands, links, names in tables."""
    lines = half.splitlines()
    commands = [
        line.partition(" #")[0].rstrip() for line in "".join(BLOCK.findall(half)).splitlines()
    ]
    rows = [line.split("|")[1].strip() for line in lines if line.startswith("| `")]
    return [commands, sorted(set(LINK.findall(half)) - {"docs/pictures/map.png"}), rows]


def test_both_halves_of_the_readme_say_the_same(readme: str) -> None:
    english, chinese = readme.split("\n---\n")
    assert said_by(chinese) == said_by(english)
    assert all(said_by(english))


def ledger_commands(text: str) -> set[tuple[str, ...]]:
    """The commands after ``python -m ledger`` in the text, without their arguments."""
    found = set()
    for words in COMMAND_USED.findall(text):
        found.add(words if words[0] in GROUPS else words[:1])
    return found


def test_ledger_commands_are_found() -> None:
    text = "-m ledger init --demo\n-m ledger areas load x.gpkg\n-m ledger import institutions"
    assert ledger_commands(text) == {("init",), ("areas", "load"), ("import",)}


def test_readme_commands_of_the_ledger_exist(
    readme: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in sorted(ledger_commands(readme)):
        with pytest.raises(SystemExit) as left:
            main([*command, "--help"])
        assert left.value.code == 0, f"{' '.join(command)}: {capsys.readouterr().err}"


def test_tests_that_the_papers_name_are_there(project_root: Path) -> None:
    """docs/security.md says of every line where it was tried."""
    text = (project_root / "docs" / "security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:tests/)?((?:\w+/)*test_\w+\.py)`", text))
    assert len(named) > 8
    missing = {name for name in named if not (project_root / "tests" / name).is_file()}
    assert missing == set()


def test_links_of_the_papers_lead_somewhere(project_root: Path) -> None:
    papers = [
        *project_root.glob("*.md"),
        *(project_root / "docs").rglob("*.md"),
        *(project_root / "data").rglob("*.md"),
        *(project_root / "deploy").rglob("*.md"),
    ]
    assert len(papers) >= 3
    broken = [
        f"{paper.name}: {target}"
        for paper in papers
        for target in LINK.findall(paper.read_text(encoding="utf-8"))
        if not (paper.parent / target).exists()
    ]
    assert broken == []


def test_readme_names_variables_that_are_read(readme: str, project_root: Path) -> None:
    files = [*product_files(".py"), *(project_root / "tests").rglob("*.py")]
    sources = "\n".join(file.read_text(encoding="utf-8") for file in files)
    named = set(re.findall(r"`(LEDGER_[A-Z_]+|CHROMIUM)`", readme))
    assert {"LEDGER_DATABASE_URL", "LEDGER_SHARED_DATA"} <= named
    unread = {
        name
        for name in named
        # Settings read by pydantic bear the prefix only once, in their configuration.
        if name not in sources and f"    {name.removeprefix('LEDGER_').lower()}:" not in sources
    }
    assert unread == set()


def test_change_log_has_something_to_say(project_root: Path) -> None:
    text = (project_root / "CHANGELOG.md").read_text(encoding="utf-8")
    _, heading, unreleased = text.partition("## [未发布]")
    assert heading
    assert re.search(r"^- .*[\u4e00-\u9fff]", unreleased.partition("\n## ")[0], re.MULTILINE)


def test_licence_is_apache(project_root: Path) -> None:
    text = (project_root / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
