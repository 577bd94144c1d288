"""Which of the two kinds of machine this is; what differs asks here, so that tests can play it."""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any

WINDOWS = sys.platform == "win32"


def is_administrator() -> bool:
    """Whether this process may change the whole machine."""
    if WINDOWS:
        return bool(_windll().shell32.IsUserAnAdmin())
    return os.geteuid() == 0


def memory_bytes() -> int:
    """Of the whole machine."""
    if not WINDOWS:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    kilobytes = ctypes.c_ulonglong()
    _windll().kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
    return kilobytes.value * 1024


def _windll() -> Any:
    return ctypes.windll  # type: ignore[attr-defined]
