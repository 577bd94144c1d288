"""The doctor: facts about an installation, what is wrong with it, and both as one file.

The file goes to somebody far away. It holds numbers, versions and places in our own code: never a
name, phone, matter, address or any other text of a record, nor a path or a file's name. What is
not allowed by name (`ledger.operations.impersonal`) is left out.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.exchange.writing.formats import Exported
from ledger.operations.drills import last_drill
from ledger.operations.findings import LEVELS, Finding, findings_of
from ledger.operations.impersonal import log_line
from ledger.operations.machine import machine, settings_told, versions
from ledger.operations.process_notes import all_notes
from ledger.operations.readiness import readiness
from ledger.operations.status import backup_age_seconds, backups
from ledger.operations.stock import stock
from ledger.records.places.areas import require_reach
from ledger.storage import Store

MEDIA_TYPE = "application/zip"
# The last lines of a log: days of an office, and a file that fits into a mail.
_MOST_LINES = 5_000
_LONGEST_LINE = 20_000


@dataclass(frozen=True)
class Diagnosis:
    """What was found (the worst first), and the facts that it rests on, ready for JSON."""

    findings: tuple[Finding, ...]
    measured: dict[str, Any]


def diagnose(store: Store, actor: Actor) -> Diagnosis:
    """Look at everything; a database that cannot be read is a finding, not an error.

    Slow pages, slow statements and errors are those of all processes of the service within a day
    (`ledger.operations.process_notes`).

    Raises
    ------
    Refused
        If the actor may not see the state of the installation.
    """
    require_reach(store, actor, Action.OPERATE)
    found = backups()
    age, drilled = backup_age_seconds(found), last_drill()
    days = None if drilled is None else (clock.now() - drilled).total_seconds() / 86_400
    facts: dict[str, Any] = {
        "made_at": clock.now().isoformat(timespec="seconds"),
        "versions": versions(),
        "machine": machine(store),
        "settings": settings_told(),
        "checks": [{"key": one.key, "well": one.well} for one in readiness(store)],
        "database": _stock(store),
        "backups": {
            "copies": len(found),
            "newest_hours": None if age is None else round(age / 3600, 1),
            "newest_bytes": found[0].size if found else None,
            "drill_days": None if days is None else round(days, 1),
        },
        **all_notes(store),
    }
    facts["kind"] = "SQLite" if store.is_sqlite else "PostgreSQL"
    return Diagnosis(findings_of(facts), facts)


def doctor_file(told: Diagnosis, log: Path | None = None) -> Exported:
    """The findings in words, the facts as JSON and, if given, what is left of a log, in one zip.

    Raises
    ------
    Invalid
        If the log cannot be read.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("findings.txt", findings_text(told))
        archive.writestr("facts.json", json.dumps(told.measured, ensure_ascii=False, indent=1))
        if log is not None:
            lines = _log_lines(log)
            archive.writestr("log.jsonl", "".join(json.dumps(one) + "\n" for one in lines))
    stamp = f"{clock.now().astimezone(clock.OFFICE):%Y%m%d-%H%M}"
    return Exported(f"诊断文件-{stamp}.zip", packed.getvalue(), MEDIA_TYPE, len(told.findings))


def findings_text(told: Diagnosis) -> str:
    """The findings for people: one line each, and what to do below it."""
    lines = [
        f"养老服务风险台账 {told.measured['versions']['program']}，{clock.local_text(clock.now())}",
        "本文件不含任何记录的内容、姓名、电话、地址和文件名。",
        "",
    ]
    for one in told.findings:
        lines += [f"[{LEVELS[one.level]}] {one.what}", f"    怎么办：{one.remedy}"]
        lines += [f"    命令：{one.command}"] if one.command else []
    if not told.findings:
        lines.append("没有发现问题。")
    return "\n".join(lines) + "\n"


def _stock(store: Store) -> dict[str, Any] | None:
    try:
        return stock(store)
    except Exception:
        # Damaged, locked, of another version: whatever a driver raises, `checks` says so.
        return None


def _log_lines(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return _kept(file)
    except OSError as error:
        raise Invalid("日志文件打不开，请检查路径和读取权限") from error


def _kept(lines: Iterable[str]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for text in lines:
        start = text.find("{")
        if start < 0 or len(text) > _LONGEST_LINE:
            continue
        try:
            line = json.loads(text[start:])
        except ValueError:
            continue
        left = log_line(line) if isinstance(line, dict) else None
        if left is not None:
            kept.append(left)
        if len(kept) > 2 * _MOST_LINES:
            del kept[:_MOST_LINES]
    return kept[-_MOST_LINES:]
