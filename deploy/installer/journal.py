"""What an upgrade was doing, on the disk before it does it: so that the next start can undo it.

A step is written before its work begins. Up to `BEFORE_CHANGES` nothing of the office was touched;
from `MIGRATE` on the database may be the new version's, and its copy lies beside it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.installer import files
from deploy.installer.stop import Stop

ENVIRONMENT, BACKUP, REHEARSE, HALT, COPY = "environment", "backup", "rehearse", "halt", "copy"
MIGRATE, TRY, SWITCH, START, DONE = "migrate", "try", "switch", "start", "done"
STEPS = (ENVIRONMENT, BACKUP, REHEARSE, HALT, COPY, MIGRATE, TRY, SWITCH, START, DONE)
BEFORE_CHANGES = frozenset(STEPS[: STEPS.index(MIGRATE)])
LABELS = {
    ENVIRONMENT: "准备新版本的环境",
    BACKUP: "备份",
    REHEARSE: "在备份的副本上试升级",
    HALT: "停止服务",
    COPY: "留下升级前的数据库",
    MIGRATE: "升级数据库",
    TRY: "自检",
    SWITCH: "切换到新版本",
    START: "启动服务",
    DONE: "完成",
}
_FILE = "journal.json"


@dataclass(frozen=True)
class Upgrade:
    """From which version (name of its folder) to which, the step, and the copy of the database.

    ``entries`` is the number of log entries right after the migration: with more of them somebody
    has saved in the new version.
    """

    old: str
    new: str
    step: str
    copy: str | None = None
    entries: int | None = None


def read(program: Path) -> Upgrade | None:
    """What was going on; None if nothing."""
    try:
        return Upgrade(**json.loads((program / _FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise Stop(f"“{program / _FILE}”读不出来，请联系维护人员，不要删除它") from None


def enter(program: Path, upgrade: Upgrade) -> Upgrade:
    """Write the step that begins; returns it."""
    files.write(program / _FILE, json.dumps(asdict(upgrade), ensure_ascii=False) + "\n")
    return upgrade


def close(program: Path) -> None:
    """Nothing is going on any more."""
    (program / _FILE).unlink(missing_ok=True)
    files.settle(program)
