"""Every command of the papers is run by a test, or stands in a list with who runs it.

Here every line of ours is read by the command line's own parser in each run; the thorough run goes
through the guide and the README from top to bottom, in the sample's office.
"""

from __future__ import annotations

import io
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.__main__ import main, parser
from ledger.domain.settings import settings
from ledger.domain.timing import clock
from ledger.operations import retention
from ledger.storage import open_store
from ledger.storage.purpose import declare
from tests.conftest import PROJECT_ROOT
from tests.papers import files_asked_for
from tests.papers.elsewhere import BY_HAND, RUN_BY
from tests.papers.reading import DEPLOY, GUIDE, README, Command, commands
from tests.people import quick_hashing  # noqa: F401
from tests.sample import played_sample

PAPERS = (README, GUIDE, DEPLOY, "docs/security.md")
# The installer's own verbs; `ledger` hands all others on.
INSTALLERS = {"start", "stop", "restart", "upgrade"}
# No command, but how one is called.
MENTIONS = {"ledger", "python -m ledger", "python -m ledger import", "ledger upgrade"}
DAY = datetime(2026, 11, 20, 4, tzinfo=UTC)


def every() -> list[Command]:
    return [one for paper in PAPERS for one in commands(paper) if one.text not in MENTIONS]


def ours(one: Command) -> list[str] | None:
    """The words after ``ledger``, if our own command line answers to them."""
    if one.ledger is None or one.ledger.split()[:1] in ([verb] for verb in INSTALLERS):
        return None
    return shlex.split(one.ledger.partition(" < ")[0])


def elsewhere(one: Command) -> bool:
    begins = (*(begin for begin, *_ in RUN_BY), *BY_HAND)
    return any(one.text.startswith(begin) for begin in begins)


def test_commands_are_found() -> None:
    found = [one.text for one in every()]
    assert len(found) > 90
    assert "make serve" in found
    assert any("areas load" in one for one in found)


def test_every_command_is_ours_or_stands_in_the_list() -> None:
    left = [f"{one.paper}: {one.text}" for one in every() if not ours(one) and not elsewhere(one)]
    assert left == [], "run it in a test, or name in tests/papers/elsewhere.py who does"


def test_the_list_names_files_that_run_the_command() -> None:
    for begin, file, words in RUN_BY:
        text = (PROJECT_ROOT / file).read_text(encoding="utf-8")
        assert words in text, f"{begin}: {file} does not say {words}"


def test_nothing_is_in_the_list_that_no_paper_says() -> None:
    begins = (*(begin for begin, *_ in RUN_BY), *BY_HAND)
    said = [one.text for one in every()]
    assert [one for one in begins if not any(text.startswith(one) for text in said)] == []


def test_our_command_line_takes_every_line() -> None:
    for one in every():
        words = ours(one)
        if words and words != ["--help"]:
            try:
                parser(words[0]).parse_args(words)
            except SystemExit:
                pytest.fail(f"{one.paper}: {one.text}")


@pytest.fixture
def office(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The sample's office in the folder in which the commands are typed."""
    played_sample(tmp_path / "ledger.db")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(settings(), "backup_folder", tmp_path / "backups")
    (tmp_path / "backups").mkdir()
    with clock.pretend(DAY):
        store = open_store(database_url)
        with store.writing() as connection:
            declare(connection, "earnest")
        retention.keep_for(store, files_asked_for.SYSTEM, 600)
        yield tmp_path
        store.dispose()


@pytest.mark.thorough
@pytest.mark.parametrize("paper", [README, GUIDE, DEPLOY])
def test_the_commands_of_a_paper_do_what_it_says(
    office: Path, paper: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the order of the paper; the files that a command asks for are there before it."""
    done = 0
    for one in commands(paper):
        words = ours(one)
        if not words or elsewhere(one) or one.text in MENTIONS or "--demo" in words:
            continue
        words = files_asked_for.prepared(office, words)
        monkeypatch.setattr("sys.stdin", io.StringIO("Xin-Mima-2026-x\n"))
        try:
            code = main(words)
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        assert code == 0, f"{one.text}: {said.out}{said.err}"
        done += 1
    assert done > {README: 4, GUIDE: 35, DEPLOY: 5}[paper]
