"""Where the files of tests lie: in memory, where there is room, so that no test waits for the disk.

A confirmed save waits until the disk has it (``synchronous=FULL``). Over the whole suite that was a
third of the time, and no test outlives the machine. Those of the disk itself
(``tests/durability/full_disk``) make a disk of their own.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ENOUGH = 2 << 30


def quick_place() -> Path:
    """A folder in memory if there is room, else the one for temporary files."""
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH:
        return _MEMORY
    return Path("/tmp")


def use_quick_place() -> None:
    """Let this process and those that it starts put temporary files there.

    Whoever names a folder in ``TMPDIR`` has chosen.
    """
    if "TMPDIR" not in os.environ and quick_place() == _MEMORY:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None  # read anew
