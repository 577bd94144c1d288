"""The Word file as it comes out of a printer: LibreOffice makes a PDF, poppler its pages."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ledger.reporting.bulletins.document import word_file
from ledger.reporting.bulletins.kept_bulletin import Bulletin
from ledger.reporting.bulletins.model import Section, Text
from tests.conftest import in_ci
from tests.ledger.reporting.bulletins.test_layout import paper

TOOLS = ("soffice", "pdftotext", "pdftoppm")
DPI = 50


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    """Without the tools these tests are passed over, and fail in CI (`.ci/prepare-browser`)."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        reason = f"{', '.join(missing)} missing: apt install libreoffice-writer-nogui poppler-utils"
        pytest.fail(reason) if in_ci() else pytest.skip(reason)


def run(*words: str | Path) -> str:
    result = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=180, check=True
    )
    return result.stdout


def printed(folder: Path, content: bytes) -> list[str]:
    """The text of every page of a Word file; the PDF is left in the folder."""
    (folder / "file.docx").write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = ("--headless", "--convert-to", "pdf", "--outdir", folder)
    run("soffice", profile, *convert, folder / "file.docx")
    text = run("pdftotext", "-layout", folder / "file.pdf", "-")
    return text.split("\f")[:-1]


def ink(page: Path) -> np.ndarray:
    """Where something is printed on a page, dot by dot."""
    return np.asarray(Image.open(page).convert("L")) < 128


def test_a_bulletin_on_paper(tmp_path: Path, weekly: Bulletin) -> None:
    pages = printed(tmp_path, word_file(weekly.paper, weekly.pictures))
    assert 4 <= len(pages) <= 9
    assert weekly.entry.title in pages[0].replace(" ", "")
    for number, page in enumerate(pages, start=1):
        line = page.rstrip().splitlines()[-1]
        assert re.sub(r"\s", "", line) == f"—{number}—"
        at_left = len(line) - len(line.lstrip()) < len(max(page.splitlines(), key=len)) / 2
        assert at_left == (number % 2 == 0), "odd pages right, even ones left"
    whole = re.sub(r"\s", "", "".join(pages))
    for said in ("信访登记量13件，环比增加2件（上升18.2%）", "（草稿，未签发）", "六、下一步工作"):
        assert said in whole
    run("pdftoppm", "-r", str(DPI), "-gray", tmp_path / "file.pdf", tmp_path / "page")
    pictures = sorted(tmp_path.glob("page-*.pgm"))
    assert len(pictures) == len(pages)
    for page in pictures:
        rows, columns = np.where(ink(page))
        millimetres = 25.4 / DPI
        assert columns.min() * millimetres >= 27, "the left margin is 28 mm"
        # The right one is 26 mm, but a comma may hang over the edge, as in any Chinese text.
        assert columns.max() * millimetres <= 210 - 26 + 3
        assert rows.min() * millimetres >= 36, "the upper one 37 mm"


def test_lines_characters_and_repeated_headers(tmp_path: Path) -> None:

    base = paper()
    table = base.content.sections[1].blocks[0]
    long = replace(table, rows=table.rows * 40, most=None)
    body = Text("养" * 28 * 40)
    sections = (Section("a", "正文", (body,)), Section("b", "清单", (long,)))
    content = replace(base.content, sections=sections)
    pages = printed(tmp_path, word_file(replace(base, content=content), {}))
    every = [line.strip() for page in pages for line in page.splitlines()]
    lines = [line for line in every if set(line) == {"养"}]
    assert len(lines[0]) == 26, "two characters of indent"
    assert {len(line) for line in lines[1:-1]} == {28}
    second = [line for line in pages[1].splitlines() if line.strip()]
    assert len(second) == 22 + 1, "22 lines and the page number"
    with_rows = [page for page in pages if "XF-000" in page]
    assert len(with_rows) >= 2
    for page in with_rows:
        header = next(line for line in page.splitlines() if "编号" in line)
        assert header.split() == ["编号", "件数", "比率"]
