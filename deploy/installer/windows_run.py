"""What a task of Windows runs: the service, or one piece of daily work, with the office's settings.

Called by `deploy.installer.windows.task` with the Python of an installed version. What it prints
goes into ``data/log``.
"""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path

from deploy.installer import daily, files, layout, office
from deploy.installer.windows import LOCK, SERVICE

_LOG_BYTES = 20_000_000


def main(job: str, base: str) -> int:
    """The exit code of the last command; 1 if the service runs already."""
    there = layout.in_folder(Path(base))
    version, chosen = there.used, office.read_office(there)
    if version is None or chosen is None:
        return 1
    _into_log(there.data / "log" / f"{job}.log")
    os.environ.update(office.environment_of(there, version))
    os.chdir(version)
    sys.path.insert(0, str(version))
    if job == SERVICE:
        try:
            with files.locked(there.data / LOCK):
                return _run("streamlit", ["run", "app.py", "--server.port", str(chosen.port)])
        except OSError:
            return 1
    code = 0
    for words in daily.jobs(there.backups, there.secret)[job].commands:
        code = _run("ledger", list(words)) or code
    return code


def _run(module: str, words: list[str]) -> int:
    """As ``python -m`` does it, in this process: what the scheduler ends is all there is."""
    sys.argv = [module, *words]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _into_log(log: Path) -> None:
    """A task has no console; the log before the last start of a full one ends in ``.1``."""
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    file = log.open("a", encoding="utf-8", buffering=1)
    os.dup2(file.fileno(), 1)
    os.dup2(file.fileno(), 2)
    sys.stdout = sys.stderr = file
