"""On Windows: the service and the daily work as tasks of its own Task Scheduler, and who may read.

The scheduler comes with Windows, starts a task with the machine, starts it again when it failed
and needs nothing from outside. An administrator's tasks run as LocalService, which may do nothing
but this; without an administrator they run as whoever installs, while that person is signed in.
"""

from __future__ import annotations

import getpass
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from deploy.installer import daily, files, system
from deploy.installer.environment import python_of
from deploy.installer.layout import Layout
from deploy.installer.office import Office
from deploy.installer.stop import Stop

FOLDER, SERVICE = "Ledger", "service"
LOCK = "service.lock"
_LOCAL_SERVICE, _SYSTEM, _ADMINISTRATORS, _USERS = (
    "S-1-5-19",
    "S-1-5-18",
    "S-1-5-32-544",
    "S-1-5-32-545",
)
_GLANCE_SECONDS = 0.2
_TASK = """<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.3" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>{description}</Description></RegistrationInfo>
  <Triggers>{trigger}</Triggers>
  <Principals><Principal id="Author">{who}</Principal></Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>{priority}</Priority>
    <RestartOnFailure><Interval>PT1M</Interval><Count>{again}</Count></RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{python}</Command>
      <Arguments>{words}</Arguments>
      <WorkingDirectory>{version}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""
# The program's folder is named, for the scheduler's own has no say in what is run.
_CODE = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from deploy.installer.windows_run import main; sys.exit(main(*sys.argv[2:]))"
)
_LABELS = {
    SERVICE: "养老服务风险台账",
    "recount": "养老服务风险台账：按天变化的区域归属和计数事实",
    "backup": "养老服务风险台账：备份和恢复演练",
    "retention": "养老服务风险台账：清除到期的受保护信息",
}


@dataclass(frozen=True)
class Tasks:
    """The tasks of an office on this machine."""

    layout: Layout
    office: Office

    def prepare(self, version: Path) -> None:
        """Lay the tasks with that version's Python; an administrator's port is opened, too."""
        place = self.layout.config / "tasks"
        files.folder(place)
        everyone = system.is_administrator()
        for job in jobs(self.layout):
            file = place / f"{job}.xml"
            text = task(self.layout, version, job, everyone=everyone)
            files.write(file, b"\xff\xfe" + text.encode("utf-16-le"))
            _run("schtasks", "/Create", "/TN", _name(job), "/XML", str(file), "/F")
        if everyone:
            rule = ["advfirewall", "firewall"]
            _run("netsh", *rule, "delete", "rule", f"name={FOLDER}", must=False)
            _run(
                *("netsh", *rule, "add", "rule", f"name={FOLDER}", "dir=in", "action=allow"),
                *("protocol=TCP", f"localport={self.office.port}"),
            )

    def start(self) -> None:
        """Start the service; one that runs is left alone."""
        _run("schtasks", "/Run", "/TN", _name(SERVICE))

    def stop(self, seconds: float) -> None:
        """Raises `Stop` if it does not end in that time."""
        for job in jobs(self.layout):
            _run("schtasks", "/End", "/TN", _name(job), must=False)
        limit = time.monotonic() + seconds
        while self.is_running:
            if time.monotonic() > limit:
                raise Stop(
                    "服务没有停下来，没有继续。请在“任务计划程序”里结束 Ledger 下的任务后再试"
                )
            time.sleep(_GLANCE_SECONDS)

    @property
    def is_running(self) -> bool:
        """Whether a process holds the service's lock."""
        try:
            with files.locked(self.layout.data / LOCK):
                return False
        except OSError:
            return True

    def forget(self) -> None:
        """Take tasks and the firewall's rule away."""
        for job in jobs(self.layout):
            _run("schtasks", "/Delete", "/TN", _name(job), "/F", must=False)
        rule = ["advfirewall", "firewall", "delete", "rule", f"name={FOLDER}"]
        _run("netsh", *rule, must=False)


def jobs(layout: Layout) -> dict[str, str | None]:
    """Each task, and the time of day at which it begins; None: with the machine."""
    known = daily.jobs(layout.backups, layout.secret)
    return {SERVICE: None} | {name: job.at for name, job in known.items()}


def task(layout: Layout, version: Path, job: str, *, everyone: bool) -> str:
    """The XML of a task; ``everyone``: laid by an administrator, for the whole machine."""
    at = jobs(layout)[job]
    words = ["-P", "-c", _CODE, str(version), job, str(layout.program.parent)]
    if everyone:
        who = f"<UserId>{_LOCAL_SERVICE}</UserId>"
        begin = "<BootTrigger/>"
    else:
        user = f"<UserId>{escape(getpass.getuser())}</UserId>"
        who = f"{user}<LogonType>InteractiveToken</LogonType>"
        begin = f"<LogonTrigger>{user}</LogonTrigger>"
    if at is not None:
        start = f"<StartBoundary>2026-01-01T{at}:00</StartBoundary>"
        each = "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>"
        begin = f"<CalendarTrigger>{start}{each}</CalendarTrigger>"
    return _TASK.format(
        description=_LABELS[job],
        trigger=begin,
        who=who,
        priority=5 if at is None else 7,
        again=999 if at is None else 3,
        python=escape(str(python_of(version))),
        words=escape(subprocess.list2cmdline(words)),
        version=escape(str(version)),
    )


def command(layout: Layout) -> str:
    """``ledger.cmd``: the office's command, for the version in use."""
    version = layout.used or layout.versions
    folder, python = (str(one).replace("%", "%%") for one in (version, python_of(version)))
    lines = [
        "@echo off",
        "rem Written by the installer. ledger --help lists all commands.",
        "chcp 65001 >nul",
        "setlocal",
        f'set "PYTHONPATH={folder}"',
        'set "PYTHONUTF8=1"',
        f'"{python}" -P -m deploy.installer ledger %*',
    ]
    return "\r\n".join(lines) + "\r\n"


def shut(layout: Layout) -> None:
    """Whoever is signed in may write below ``C:\\`` otherwise: only the service and administrators
    may read the data, and nobody but administrators change the program."""
    if not system.is_administrator():
        return
    everything = [f"*{one}:(OI)(CI)F" for one in (_SYSTEM, _ADMINISTRATORS)]
    granted = {
        layout.program.parent: f"*{_USERS}:(OI)(CI)RX",
        layout.data: f"*{_LOCAL_SERVICE}:(OI)(CI)M",
        layout.config: f"*{_LOCAL_SERVICE}:(OI)(CI)RX",
    }
    for folder, who in granted.items():
        _run("icacls", str(folder), "/inheritance:r", "/grant:r", *everything, who, "/Q")
    # The service's Python lies in the program; of its own right it would not get there.
    _run("icacls", str(layout.program.parent), "/grant", f"*{_LOCAL_SERVICE}:(OI)(CI)RX", "/Q")


def shut_authority(layout: Layout) -> None:
    """Whoever has the authority's key can make certificates that every PC believes: the service,
    which may read the folder, may not read that file."""
    if system.is_administrator():
        granted = [f"*{one}:F" for one in (_SYSTEM, _ADMINISTRATORS)]
        file = str(layout.tls / "authority.key")
        _run("icacls", file, "/inheritance:r", "/grant:r", *granted, "/Q")


def _name(job: str) -> str:
    return f"{FOLDER}\\{job}"


def _run(*words: str, must: bool = True) -> None:
    program = Path(os.environ.get("SYSTEMROOT", "C:/Windows")) / "System32" / f"{words[0]}.exe"
    done = subprocess.run(  # noqa: S603 - Windows' own programs
        [str(program), *words[1:]], capture_output=True, check=False
    )
    if done.returncode and must:
        said = " ".join(done.stderr.decode(errors="replace").split())[-300:]
        raise Stop(f"{words[0]} 没有成功：{said}")
