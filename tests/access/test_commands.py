"""Every command that takes ``--as``: it does what that user may do, and tells no more."""

from __future__ import annotations

import argparse
import contextlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.__main__ import main, parser
from ledger.settings import settings
from tests.access import walked
from tests.access.canonical import canonical
from tests.access.world import ABSENT_CODE, PEOPLE, SECRET, UNTIL, Planted, World, Worlds

KIND = "commands with --as"
Line = Callable[[Planted, Path], list[str]]


def _export(ledger: str) -> Line:
    return lambda t, folder: ["export", ledger, str(folder / "o.csv"), "--scope", str(t.code)]


def _import(t: Planted, folder: Path) -> list[str]:
    file = folder / "in.csv"
    file.write_text(f"机构名称,所属区域\n某某院,{t.code}\n", encoding="utf-8-sig")
    return ["import", "institutions", str(file)]


# What each command is asked; a new one with --as fails until it stands here.
COMMANDS: dict[str, tuple[Line, ...]] = {
    "export": (
        *(_export(ledger) for ledger in ("institutions", "petitions")),
        lambda t, folder: ["export", "institutions", str(folder / "o.csv")],
    ),
    "import": (_import,),
    "hotspots": (
        lambda t, folder: [
            *("hotspots", str(folder / "h.csv"), "--ledger", "inspections", "--level", "grid"),
            *("--from", "2026-05-01", "--to", "2026-05-19", "--scope", str(t.code)),
        ],
    ),
    "report": (
        lambda t, folder: [
            *("report", "daily", str(folder / "r.docx"), "--until", UNTIL.isoformat()),
            *("--scope", str(t.code)),
        ],
    ),
}


def _with_as() -> list[str]:
    """The commands that take ``--as``, found in the parser itself."""
    found: list[str] = []

    def look(one: argparse.ArgumentParser, name: str) -> None:
        if "--as" in one._option_string_actions:
            found.append(name)
        for action in one._actions:
            if isinstance(action, argparse._SubParsersAction):
                for key, below in action.choices.items():
                    look(below, f"{name} {key}".strip())

    look(parser(), "")
    return sorted(found)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """``run(world, line)``: exit code, what was printed, the files written, and any change."""

    def command(world: World, line: list[str], folder: Path) -> tuple[Any, bool]:
        monkeypatch.setenv("LEDGER_DATABASE_URL", f"sqlite:///{world.file.as_posix()}")
        settings.cache_clear()
        out, err = io.StringIO(), io.StringIO()
        before = world.stamp
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(line)
        changed = world.stamp != before
        if changed:
            world.restore()
        files = {}
        for file in sorted(folder.iterdir()):
            if file.name != "in.csv":
                files[file.name] = canonical(file.read_bytes())
                file.unlink()
        return (code, out.getvalue(), err.getvalue(), files), changed

    yield command
    settings.cache_clear()


def test_every_command_with_as_is_walked() -> None:
    assert _with_as() == sorted(COMMANDS), "tell the walk what to ask it, in COMMANDS"


@pytest.mark.parametrize("command", list(COMMANDS))
def test_a_command_tells_what_its_user_may_hear(
    command: str, worlds: Worlds, folder: Path, run: Callable[..., Any]
) -> None:
    worked = False
    for name in PEOPLE:
        world, targets = worlds.beyond(name)
        for target in (worlds.inside, targets[0]):
            for line in COMMANDS[command]:
                asked = [*line(target, folder), "--as", name]
                ours, theirs = (run(one, asked, folder) for one in (worlds.ours, world))
                walked.count(KIND, command)
                code, _, _, files = theirs[0]
                worked |= code == 0
                # A bulletin counts up its number, so what was newly made is not compared.
                same = ours[0] == theirs[0] or (command == "report" and code == 0)
                told = SECRET in repr(theirs[0])
                if told or not same or ours[1] != theirs[1] or (code and (files or theirs[1])):
                    walked.leak(KIND, f"{command} {name}")
                    pytest.fail(f"{asked}:\n{ours}\n{theirs}")
    assert worked


@pytest.mark.parametrize("command", list(COMMANDS))
def test_an_area_elsewhere_is_like_one_nowhere(
    command: str, worlds: Worlds, folder: Path, run: Callable[..., Any]
) -> None:
    line = COMMANDS[command][0]
    for name in PEOPLE:
        said = []
        for code in (str(worlds.outside["sibling"].code), ABSENT_CODE):
            found = run(worlds.theirs, [*line(Planted(code), folder), "--as", name], folder)
            said.append(repr(found).replace(code, "CODE"))
        walked.count(KIND, command)
        if said[0] != said[1]:
            walked.leak(KIND, f"{command} {name} area")
            pytest.fail("\n".join(said))
