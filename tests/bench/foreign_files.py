"""Give files of foreign origin to the command line: `python -m tests.bench.foreign_files FOLDER`.

Behind the folder may stand which ways are wanted (`institutions`, `petitions`, `fill`), and
``--office FILE``: the SQLite database of an office (`init --demo`), of which a copy is asked, in
place of an empty one.

Each file is imported (``--dry-run``) as institutions and as petitions, and filled as a form, each
in a process of its own. Told is what became of them: read, refused with a sentence, crashed (an
exception, a signal), hung (longer than `PATIENCE`), or answered unclearly (no Chinese sentence, or
words of the machine in it). Ends with 1 if there was any of the last three.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import re
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

PATIENCE = 300
_SLOW = 10
WAYS = {
    "institutions": ("import", "institutions", "{file}", "--dry-run", "--json"),
    "petitions": ("import", "petitions", "{file}", "--dry-run", "--json"),
    "fill": ("fill", "{file}", "{out}", "--json"),
}
_LETTER = re.compile("[\u4e00-\u9fff]")
_FEWEST = 4
_MACHINE = re.compile(r"Traceback|Error\b|Exception|NoneType|object at 0x|\bNone\b|\bnan\b")


def answered(way: str, file: Path, out: Path) -> dict[str, Any]:
    """What the command line answers, in this process."""
    from ledger.__main__ import main

    words = [one.format(file=file, out=out) for one in WAYS[way]]
    said, complained = io.StringIO(), io.StringIO()
    start, used = time.perf_counter(), time.process_time()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
            code = main(words)
        crash = ""
    except BaseException:
        code, crash = -1, traceback.format_exc(limit=-3)
    found = {"code": code, "crash": crash, "seconds": time.perf_counter() - start}
    found["used"] = time.process_time() - used
    return found | {"said": said.getvalue(), "complained": complained.getvalue()}


def _child(way: str, file: Path, out: Path, told: Connection) -> None:
    found = answered(way, file, out)
    found["bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    told.send(found)


def judged(found: dict[str, Any] | None) -> tuple[str, str]:
    """(what became of a file, the words for it)."""
    if found is None:
        return "hung", ""
    if found["crash"] or found["code"] not in (0, 1):
        return "crashed", found["crash"] or f"{found['code']}"
    try:
        result = json.loads(found["said"])
    except ValueError:
        return "unclear", found["said"][:200]
    messages = [one["message"] for one in (*result.get("problems", ()), *result.get("open", ()))]
    messages += [found["complained"]] if found["complained"].strip() else []
    wrong = [
        one for one in messages if len(_LETTER.findall(one)) < _FEWEST or _MACHINE.search(_own(one))
    ]
    if wrong:
        return "unclear", wrong[0][:200]
    if found["code"] == 1 and not messages:
        return "unclear", "refused without a word"
    return ("read" if found["code"] == 0 else "refused"), (messages or [""])[0][:120]


def _own(message: str) -> str:
    """A message without what it quotes from the file."""
    return re.sub("“[^”]*”|[(（][^)）]*[)）]", "", message)


def one(way: str, file: Path) -> tuple[str, str, float, float, int]:
    """(what became of it, words, seconds on the wall and of the processor, bytes) of one file."""
    context = get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = context.Pipe(duplex=False)
        out = Path(folder) / f"out{file.suffix}"
        child = context.Process(target=_child, args=(way, file, out, theirs))
        child.start()
        theirs.close()
        found: dict[str, Any] | None = None
        died = False
        if ours.poll(PATIENCE):
            try:
                found = ours.recv()
            except EOFError:
                died = True
        if found is None and not died:
            child.kill()
        child.join()
    if died:
        return "crashed", f"exit {child.exitcode}", 0.0, 0.0, 0
    kind, words = judged(found)
    if found is None:
        return kind, words, PATIENCE, PATIENCE, 0
    return kind, words, found["seconds"], found["used"], found["bytes"]


def main(folder: str, *ways: str, office: Path | None = None) -> int:
    """Walk the folder; one line for all that is not as it should be, and the sums."""
    from ledger.domain.settings import settings
    from ledger.storage import migrate, open_store

    with tempfile.TemporaryDirectory() as place:
        os.environ["LEDGER_DATABASE_URL"] = f"sqlite:///{place}/ledger.db"
        settings.cache_clear()
        for suffix in (".db", ".key") if office else ():
            shutil.copyfile(office.with_suffix(suffix), Path(place) / f"ledger{suffix}")
        store = open_store()
        migrate(store)
        store.dispose()
        # What is imported before the first fork is shared by all.
        for way in ways or tuple(WAYS):
            answered(way, Path(folder) / "none.xlsx", Path(place) / "none.xlsx")
        importlib.import_module("ledger.reporting.forms.form_document")
        files = sorted(path for path in Path(folder).iterdir() if path.is_file())
        kinds: Counter[tuple[str, str]] = Counter()
        slowest: tuple[float, float, str] = (0.0, 0.0, "")
        largest: tuple[int, str] = (0, "")
        for file in files:
            for way in ways or tuple(WAYS):
                kind, words, seconds, used, size = one(way, file)
                kinds[way, kind] += 1
                slowest = max(slowest, (used, seconds, f"{file.name} {way}"))
                largest = max(largest, (size, f"{file.name} {way}"))
                if kind in ("crashed", "hung", "unclear"):
                    print(f"{kind}: {file.name} {way}: {words}", flush=True)
                elif used > _SLOW:
                    print(f"slow: {file.name} {way}: {used:.1f} s", flush=True)
    _print(len(files), kinds, slowest, largest)
    return int(any(kind in ("crashed", "hung", "unclear") for _, kind in kinds))


def _print(
    files: int,
    kinds: Counter[tuple[str, str]],
    slowest: tuple[float, float, str],
    largest: tuple[int, str],
) -> None:
    for (way, kind), number in sorted(kinds.items()):
        print(f"{way} {kind}: {number}")
    print(f"{files} files; slowest {slowest[0]:.1f} s of the processor,", end=" ")
    print(f"{slowest[1]:.1f} s on the wall ({slowest[2]});", end=" ")
    print(f"most memory {largest[0] / 2**20:.0f} MiB ({largest[1]})")


def run(arguments: Sequence[str]) -> int:
    """The command line of this script."""
    if not arguments:
        print(__doc__)
        return 2
    said = list(arguments)
    office = None
    if "--office" in said:
        at = said.index("--office")
        office = Path(said[at + 1])
        del said[at : at + 2]
    return main(*said, office=office)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
