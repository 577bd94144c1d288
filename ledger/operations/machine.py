"""The machine and the program as numbers: versions, processors, memory, disk, settings.

No name of the machine, no path, no address; of a setting that is a text only whether it is set.
"""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ledger.domain.settings import Settings, settings
from ledger.operations.readiness import MEGABYTE, data_folder
from ledger.operations.status import program_version
from ledger.storage import Store

_PACKAGES = (
    "streamlit", "streamlit-folium", "folium", "geopandas", "shapely", "pyogrio", "pandas",
    "numpy", "SQLAlchemy", "alembic", "psycopg", "python-calamine", "xlsxwriter", "openpyxl",
    "python-docx", "argon2-cffi", "cryptography", "starlette", "uvicorn", "chinesecalendar",
)  # fmt: skip


def versions() -> dict[str, Any]:
    """Of the program, of Python, of the system and of the packages that matter."""
    return dict(_versions())


@cache
def _versions() -> dict[str, Any]:
    """They are those of this process, so they are looked for once."""
    packages: dict[str, str | None] = {}
    for name in _PACKAGES:
        try:
            packages[name] = version(name)
        except PackageNotFoundError:
            packages[name] = None
    return {
        "program": program_version(),
        "python": platform.python_version(),
        "system": platform.system(),
        "kernel": platform.release(),
        "processor": platform.machine(),
        "libc": " ".join(platform.libc_ver()),
        "sqlite": sqlite3.sqlite_version,
        "utf8": sys.flags.utf8_mode == 1 or sys.getfilesystemencoding() == "utf-8",
        "packages": packages,
    }


def machine(store: Store) -> dict[str, Any]:
    """Processors, load, memory and disk in megabytes; None for what cannot be read."""
    memory = _memory()
    try:
        load: float | None = round(os.getloadavg()[0], 2)
    except (AttributeError, OSError):
        load = None
    return {
        "processors": os.cpu_count(),
        "load": load,
        "memory": memory.get("MemTotal"),
        "memory_available": memory.get("MemAvailable"),
        **_disk(data_folder(store)),
    }


def settings_told() -> dict[str, Any]:
    """Numbers and switches as they are; of texts, paths and secrets only whether they are set."""
    now = settings()
    told: dict[str, Any] = {}
    for name, declared in Settings.model_fields.items():
        value = getattr(now, name)
        if isinstance(value, bool | int | float):
            told[name] = value
        else:
            told[name] = "default" if value == declared.default else "set"
    return told


def _memory() -> dict[str, int]:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return {}
    parts = (line.replace(":", " ").split() for line in lines)
    return {one[0]: int(one[1]) // 1024 for one in parts if len(one) > 1 and one[1].isdecimal()}


def _disk(folder: Path) -> dict[str, int | None]:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return {"disk": None, "disk_free": None}
    return {"disk": usage.total // MEGABYTE, "disk_free": usage.free // MEGABYTE}
