"""The generated reference pages say what the declarations say."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from ledger.domain.ledgers import INSTITUTIONS
from ledger.exchange.reading.mapping import read_mapping

BUILD = "docs/build.py"
PAPERS = ("README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/guide.md")


def test_reference_pages_are_up_to_date(project_root: Path) -> None:
    built = runpy.run_path(str(project_root / BUILD))["pages"]()
    folder = project_root / "docs" / "reference"
    stale = [
        name
        for name, text in built.items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run: make docs"


def test_no_page_is_left_that_nothing_builds(project_root: Path) -> None:
    built = runpy.run_path(str(project_root / BUILD))["pages"]()
    there = {path.name for path in (project_root / "docs" / "reference").iterdir()}
    assert there == set(built)


@pytest.mark.parametrize("page", PAPERS)
def test_pictures_and_links_exist(project_root: Path, page: str) -> None:

    path = project_root / page
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)\)", text):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_every_picture_is_shown_in_the_guide(project_root: Path) -> None:
    docs = project_root / "docs"
    shown = re.findall(r"!\[[^\]]+\]\(pictures/([^)]+)\)", (docs / "guide.md").read_text("utf-8"))
    assert sorted(shown) == sorted(path.name for path in (docs / "pictures").iterdir())


def test_every_picture_of_the_installation_is_shown(project_root: Path) -> None:
    deploy = project_root / "deploy"
    shown = re.findall(
        r"!\[[^\]]+\]\(pictures/([^)]+)\)", (deploy / "README.md").read_text("utf-8")
    )
    assert sorted(shown) == sorted(path.name for path in (deploy / "pictures").iterdir())


def test_the_mapping_of_the_guide_can_be_used(project_root: Path, tmp_path: Path) -> None:
    guide = (project_root / "docs" / "guide.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)
    path = tmp_path / "mapping.toml"
    path.write_text(example, encoding="utf-8")
    mapping = read_mapping(path, INSTITUTIONS)
    assert mapping.columns["beds"] == "核定床位"
    assert mapping.values["filing"] == {"有证": "licensed"}
