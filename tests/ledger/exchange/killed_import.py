"""An import in pieces that is killed after its second piece was written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def killed(url: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Import a file into the institutions of a database, in a process that kills itself."""
    return subprocess.run(
        [sys.executable, "-c", _DIES, url, str(path)],
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        check=False,
        capture_output=True,
        text=True,
    )


_DIES = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import text
from ledger.domain.access import SYSTEM
from ledger.exchange.importing import imports, large_files
from ledger.exchange.reading import pieces
from ledger.storage import open_store

pieces.CHUNK = 3_000
write, times = large_files.Work.write_rows, []
def dies(work, *given):
    write(work, *given)
    times.append(work)
    if len(times) == 2:
        print(len(times), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
large_files.Work.write_rows = dies
imports.import_file(open_store(sys.argv[1]), SYSTEM, "institutions", Path(sys.argv[2]))
"""
