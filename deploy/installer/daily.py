"""The daily work of an office without systemd; the same as the timers of deploy/systemd."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Job:
    """Daily work: at that time of the office (HH:MM), the commands one after the other."""

    at: str
    commands: tuple[tuple[str, ...], ...]


def jobs(backups: Path, secret: Path) -> dict[str, Job]:
    """By name; backups are kept for thirty days."""
    sealed = ("--secret", str(secret))
    copying = ("backup", str(backups), "--keep", "30", *sealed)
    return {
        "recount": Job("00:20", (("facts", "--recount"),)),
        "backup": Job("02:30", (copying, ("drill", *sealed))),
        "retention": Job("03:30", (("retention", "--if-set"),)),
    }
