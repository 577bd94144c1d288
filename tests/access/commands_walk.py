"""The walk through the commands: those with ``--as`` for every user, the others for the machine."""

from __future__ import annotations

import argparse
import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ledger.__main__ import main, parser
from tests.access.canonical import canonical
from tests.access.walking import Walk, at
from tests.access.world import (
    ABSENT_CODE,
    PEOPLE,
    SECRET,
    UNTIL,
    Planted,
    World,
    blank_form,
)

KIND = "commands"
Line = Callable[[Planted, Path], list[str]]
# A command asks the services, which are walked for everybody: one of each kind is enough in CI.
SOME = ("wangge", "jingban", "guanli")


def _export(ledger: str) -> Line:
    return lambda t, folder: ["export", ledger, str(folder / "o.csv"), "--scope", str(t.code)]


def _import(t: Planted, folder: Path) -> list[str]:
    file = folder / "in.csv"
    file.write_text(f"机构名称,所属区域\n某某院,{t.code}\n", encoding="utf-8-sig")
    return ["import", "institutions", str(file)]


# What each command is asked; a new one with --as fails until it stands here.
COMMANDS: dict[str, tuple[Line, ...]] = {
    "check": (lambda t, folder: ["check", "--json"],),
    "export": (
        *(_export(ledger) for ledger in ("institutions", "petitions")),
        lambda t, folder: ["export", "institutions", str(folder / "o.csv")],
        lambda t, folder: ["export", "petitions", str(folder / "o.csv"), "--reveal", "核对情况"],
    ),
    "facts": (lambda t, folder: ["facts", "--json"],),
    "fill": (
        lambda t, folder: [
            *("fill", str(blank_form(folder)), str(folder / "o.xlsx"), "--scope", str(t.code)),
        ],
    ),
    "import": (_import,),
    "hotspots": (
        lambda t, folder: [
            *("hotspots", str(folder / "h.csv"), "--ledger", "inspections", "--level", "grid"),
            *("--from", "2026-05-01", "--to", "2026-05-19", "--scope", str(t.code)),
        ],
    ),
    "template": (
        lambda t, folder: [
            *("template", "institutions", str(folder / "t.xlsx"), "--filled"),
            *("--scope", str(t.code)),
        ],
        lambda t, folder: [
            *("template", "institutions", str(folder / "t.zip"), "--filled", "--by", "village"),
        ],
    ),
    "report": (
        lambda t, folder: [
            *("report", "daily", str(folder / "r.docx"), "--until", UNTIL.isoformat()),
            *("--scope", str(t.code)),
        ],
    ),
}
# Commands that act as the system: for whoever may log in to the server and read its key file, so
# no right is asked for. Each has its reason to be there without ``--as``.
OF_THE_MACHINE: dict[str, str] = {
    "init": "makes the database",
    "leave-demo": "moves a demo aside",
    "user add": "makes the first accounts",
    "user import": "makes the accounts of a list",
    "user list": "tells who has an account, no record",
    "user move": "as the accounts are made",
    "user disable": "the same",
    "user enable": "the same",
    "user reset": "lets somebody in when nobody is left who may",
    "user slips": "makes new first passwords: the person at the machine",
    "user unlock": "lets somebody in again",
    "areas load": "before there are users",
    "assess": "rules hold for everybody",
    "settings export": "rules, words and limits, no record",
    "settings import": "they hold for everybody",
    "rules adopt": "rules hold for everybody",
    "verify": "integrity, tells counts",
    "reindex": "makes the index of the search again, tells a count",
    "backup": "by a timer",
    "restore": "where no database is",
    "doctor": "tells counts; also where no database can be read",
    "drill": "by a timer",
    "migrate-to": "all or nothing",
    "self-check": "in a scratch office of its own; of the real one yes or no",
    "keys rotate": "needs the key file",
    "keys check": "tells counts",
    "retention": "by a timer",
    "migration": "touches no database but an empty one of its own",
}
# Of these, what may be tried here: they name nothing and change nothing.
TELLING_NOTHING = (["doctor"], ["verify"], ["keys", "check"], ["assess", "--preview"])


def commands(*, with_as: bool) -> list[str]:
    """The commands that take ``--as``, or those that do not, found in the parser itself."""
    found: list[str] = []

    def look(one: argparse.ArgumentParser, name: str) -> None:
        below = [a for a in one._actions if isinstance(a, argparse._SubParsersAction)]
        if not below and ("--as" in one._option_string_actions) is with_as:
            found.append(name)
        for action in below:
            for key, child in action.choices.items():
                look(child, f"{name} {key}".strip())

    look(parser(), "")
    return sorted(found)


def run(world: World, line: list[str], folder: Path) -> tuple[Any, bool]:
    """Exit code, what was printed and which files were written; and whether anything changed."""
    out, err, before = io.StringIO(), io.StringIO(), world.stamp
    with at(world), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(line)
    changed = world.stamp != before
    if changed:
        world.restore()
    files = {}
    for file in sorted(folder.iterdir()):
        if file.name not in ("in.csv", "form.xlsx"):
            files[file.name] = canonical(file.read_bytes())
            file.unlink()
    return (code, out.getvalue(), err.getvalue(), files), changed


def walk_command(walk: Walk, command: str) -> tuple[bool, list[str]]:
    """Whether it worked for anybody, and what it told or did that it must not."""
    worked, leaks = False, []
    for line in COMMANDS[command]:
        seen: set[Any] = set()
        for name in PEOPLE if walk.whole else SOME:
            world, targets = walk.beyond(name, command)
            for target in (walk.worlds.inside, *targets):
                asked = [*line(target, walk.folder), "--as", name]
                ours = run(walk.worlds.ours, asked, walk.folder)
                theirs = run(world, asked, walk.folder)
                walk.tally.count(KIND, command, name, target.where)
                code, _, _, files = theirs[0]
                worked |= code == 0
                # A bulletin counts up its number, so what was newly made is not compared.
                same = ours[0] == theirs[0] or (command == "report" and code == 0)
                told = SECRET in repr(theirs[0])
                if told or not same or ours[1] != theirs[1] or (code and (files or theirs[1])):
                    leaks.append(f"{asked}:\n{ours}\n{theirs}")
                if target is walk.worlds.inside and walk.stands_for(seen, name, code):
                    break
    return worked, [walk.tally.leak(KIND, leak) for leak in leaks]


def walk_elsewhere(walk: Walk, command: str) -> list[str]:
    """Where an area elsewhere is answered otherwise than one that is nowhere."""
    leaks, line = [], COMMANDS[command][0]
    for name in PEOPLE if walk.whole else SOME:
        said = []
        for code in (str(walk.worlds.outside["sibling"].code), ABSENT_CODE):
            target = Planted(code, "nowhere")
            asked = [*line(target, walk.folder), "--as", name]
            found = run(walk.worlds.theirs, asked, walk.folder)
            said.append(repr(found).replace(code, "CODE"))
        walk.tally.count(KIND, command, name, "nowhere")
        if said[0] != said[1]:
            leaks.append("\n".join(said))
    return [walk.tally.leak(KIND, leak) for leak in leaks]


def walk_machine(walk: Walk, line: list[str]) -> list[str]:
    """What a command of the machine prints of any record, or changes."""
    (code, out, err, _), changed = run(walk.worlds.theirs, [*line, "--json"], walk.folder)
    walk.tally.count(KIND, " ".join(line), "nobody", "inside")
    said = out + err
    told = SECRET in said and "assess" not in line
    if told or any(one in said for one in ("王小明", "13800001234", "李大山")) or changed:
        return [walk.tally.leak(KIND, f"{line}: {code} {said[:300]}, changed: {changed}")]
    return []
