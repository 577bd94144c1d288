"""From an installed version to a newer one, and back by itself on any failure.

The new version is laid beside the old one; it migrates a restored backup first. Then the service
is stopped, the database copied and migrated, everything tried, and a link switched. Each step is
in the journal before it begins, so an upgrade that was cut off (power, SIGKILL) is undone by the
next start (`recover`).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from deploy.installer import (
    checks,
    databases,
    environment,
    files,
    journal,
    office,
    telling,
    trusting,
)
from deploy.installer.finishing import self_check, write_command
from deploy.installer.journal import Upgrade
from deploy.installer.layout import Layout
from deploy.installer.manifest import Manifest, require_whole
from deploy.installer.office import Office
from deploy.installer.services import Service
from deploy.installer.stop import Stop
from deploy.installer.telling import say

_LEFT_FREE = 1.2


def upgrade(
    layout: Layout, chosen: Office, bundle: Path, present: Manifest, coming: Manifest
) -> None:
    """Bring the office to the bundle's version. Raises `Stop`; the old version runs on then."""
    say(f"已装版本 {present.name}，升级到 {coming.name}")
    old = layout.versions / present.name
    _require_newer(present, coming)
    database = databases.of_office(layout)
    needed = coming.installed_bytes + 3 * _LEFT_FREE * database.size(old)
    found = [*checks.checks(coming, checks.this_machine())]
    telling.tell([*found, checks.disk(layout.program, int(needed), "磁盘")])
    database.require_room(old)
    say(f"核对安装包：{require_whole(bundle)} 个文件，均无损坏")
    say(f"签名：{trusting.require_trusted(layout, old, bundle)}")
    going = Going(layout, chosen, bundle, Upgrade(present.name, coming.name, journal.ENVIRONMENT))
    begun = time.monotonic()
    try:
        going.run()
    except (Stop, OSError, KeyboardInterrupt, sqlite3.Error) as error:
        reason = str(error) or "被中断"
        say(f"没有成功：{reason}")
        say(_back(layout, chosen, journal.read(layout.program) or going.upgrade, start=True))
        raise Stop(f"升级没有完成：{reason}") from None
    say(f"升级完成({time.monotonic() - begun:.0f} 秒)。用户的会话和草稿都在，刷新页面即可继续。")


def recover(layout: Layout, *, start: bool = True) -> None:
    """Undo what an upgrade left that was cut off. The caller holds the installer's lock."""
    left, chosen = journal.read(layout.program), office.read_office(layout)
    if left is None or chosen is None:
        return
    say(f"上次升级在“{journal.LABELS[left.step]}”一步被打断，先处理好。")
    say(_back(layout, chosen, left, start=start))


class Going:
    """One upgrade on its way; each method is one step of the journal."""

    def __init__(self, layout: Layout, chosen: Office, bundle: Path, upgrade: Upgrade) -> None:
        self.layout, self.chosen, self.bundle, self.upgrade = layout, chosen, bundle, upgrade
        self.old, self.new = layout.versions / upgrade.old, layout.versions / upgrade.new
        self.service, self.database = Service(layout, chosen), databases.of_office(layout)

    def run(self) -> None:
        """All steps in their order."""
        steps: dict[str, Callable[[], None]] = {
            journal.ENVIRONMENT: self._environment,
            journal.BACKUP: self._backup,
            journal.REHEARSE: lambda: self.database.rehearse(
                self.old, self.new, Path(str(self.upgrade.copy))
            ),
            journal.HALT: self.service.stop,
            journal.COPY: lambda: self.database.keep(self.old),
            journal.MIGRATE: self._migrate,
            journal.TRY: lambda: self_check(self.layout, self.new),
            journal.SWITCH: lambda: _switch(self.layout, self.service, self.new),
            journal.START: self._start,
            journal.DONE: lambda: _tidy(self.layout, self.upgrade),
        }
        for step, work in steps.items():
            self.upgrade = journal.enter(self.layout.program, replace(self.upgrade, step=step))
            say(f"· {journal.LABELS[step]}……")
            work()

    def _environment(self) -> None:
        environment.make(self.bundle, self.layout.versions)

    def _backup(self) -> None:
        """By the old program, while people go on working."""
        copy = (
            self.layout.backups
            / f"before-{self.upgrade.new}-{time.strftime('%Y%m%d-%H%M%S')}.sealed"
        )
        words = ["backup", str(copy), "--secret", str(self.layout.secret)]
        said = office.ledger(self.layout, self.old, words)
        self.upgrade = replace(self.upgrade, copy=str(copy))
        say(f"  {copy}({said['bytes'] / 1e6:.1f} MB)")

    def _migrate(self) -> None:
        office.ledger(self.layout, self.new, ["init"])
        said = office.ledger(self.layout, self.new, ["verify"])
        self.upgrade = replace(self.upgrade, entries=said["entries"])

    def _start(self) -> None:
        trusting.renew(self.layout, self.new, self.chosen)
        self.service.start()


def _require_newer(present: Manifest, coming: Manifest) -> None:
    if coming.age < present.age or coming.schema < present.schema:
        raise Stop(
            f"已装的版本 {present.name} 比这个安装包({coming.name})新，不能退回旧版本。"
            "没有做任何改动"
        )


def _back(layout: Layout, chosen: Office, left: Upgrade, *, start: bool) -> str:
    """Undo an upgrade as far as it went; returns what is the case now."""
    service, said = Service(layout, chosen), f"已回到 {left.old}，数据和升级前一样。"
    if left.step == journal.DONE:
        _tidy(layout, left)
        said = f"升级其实已经完成，现在是 {left.new}。"
    elif left.step == journal.START and _saved_since(layout, left):
        _tidy(layout, left)
        said = f"升级后已有人保存过内容，为不丢失，留在 {left.new}。升级前的备份：{left.copy}"
    elif left.step not in journal.BEFORE_CHANGES:
        if start:
            service.stop()
        databases.of_office(layout).put_back(layout.versions / left.old)
        _switch(layout, service, layout.versions / left.old)
    # Closed before anybody can save in the old version: the copy must not be put back again.
    journal.close(layout.program)
    databases.of_office(layout).forget(layout.versions / left.old)
    if start and not service.is_running:
        service.start()
    return said


def _saved_since(layout: Layout, left: Upgrade) -> bool:
    """Whether the log has entries that were made after the migration."""
    if left.entries is None:
        return False
    try:
        said = office.ledger(layout, layout.versions / left.new, ["verify"])
    except Stop:
        return False
    return bool(said["entries"] > left.entries)


def _switch(layout: Layout, service: Service, version: Path) -> None:
    files.link(layout.current, version)
    write_command(layout)
    service.prepare(version)


def _tidy(layout: Layout, done: Upgrade) -> None:
    """The version before stays for looking things up; older ones go."""
    kept = {layout.versions / done.old, layout.versions / done.new}
    for version in environment.others(layout.versions, kept):
        environment.remove(version)
    databases.of_office(layout).forget(layout.versions / done.new)
    journal.close(layout.program)
