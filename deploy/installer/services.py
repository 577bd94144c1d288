"""Start and stop the service: by systemd where it runs, else by `deploy.installer.keeper`."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from deploy.installer import files, keeper, system, windows
from deploy.installer.environment import python_of
from deploy.installer.layout import Layout
from deploy.installer.office import Office, as_service, environment_of
from deploy.installer.stop import Stop

_UNITS = Path("/etc/systemd/system")
_TIMERS = ("ledger-backup.timer", "ledger-retention.timer", "ledger-recount.timer")
_READY_SECONDS = 120.0
_STOP_SECONDS = 60.0


def _wanted() -> Path:
    return _UNITS / "multi-user.target.wants"


def systemd() -> bool:
    """Whether systemd runs this machine."""
    return Path("/run/systemd/system").is_dir()


class Service:
    """The service of an office on this machine."""

    def __init__(self, layout: Layout, office: Office) -> None:
        self.layout, self.office = layout, office
        self.systemd = layout.user is not None and systemd()
        self.tasks = windows.Tasks(layout, office) if system.WINDOWS else None

    @property
    def ports(self) -> list[int]:
        """Of every process: that of the installation, and those that a city enabled beside it."""
        enabled = (file.stem.partition("@")[2] for file in _wanted().glob("ledger@*.service"))
        return sorted({int(port) for port in enabled if port.isdigit()} | {self.office.port})

    @property
    def _units(self) -> list[str]:
        return [f"ledger@{port}.service" for port in self.ports]

    def prepare(self, version: Path) -> None:
        """Lay the units of that version, and start them with the machine."""
        if self.tasks is not None:
            self.tasks.prepare(version)
        if not self.systemd:
            return
        for file in sorted((version / "deploy" / "systemd").iterdir()):
            files.write(_UNITS / file.name, file.read_text(encoding="utf-8"))
        _systemctl("daemon-reload")
        _systemctl("enable", "--quiet", *self._units, *_TIMERS)

    def start(self) -> None:
        """Start, and wait until it answers. Raises `Stop` if it does not."""
        if self.systemd:
            _systemctl("restart", *self._units)
            _systemctl("start", *_TIMERS)
        elif self.tasks is not None:
            self.tasks.start()
        elif not keeper.stays(self.layout.data, _STOP_SECONDS):
            self._start_keeper()
        self.wait_until_ready()

    def stop(self) -> None:
        """Stop, and wait until nothing of it runs."""
        if self.systemd:
            _systemctl(
                "stop",
                *self._units,
                *_TIMERS,
                *(one.replace(".timer", ".service") for one in _TIMERS),
            )
            return
        if self.tasks is not None:
            self.tasks.stop(_STOP_SECONDS)
            return
        keeper.end(self.layout.data, _STOP_SECONDS)

    @property
    def is_running(self) -> bool:
        if self.systemd:
            return _asked("is-active", "--quiet", *self._units)
        if self.tasks is not None:
            return self.tasks.is_running
        return keeper.stays(self.layout.data, _STOP_SECONDS)

    def forget(self) -> None:
        """Stop for good: no unit is left."""
        self.stop()
        if self.tasks is not None:
            self.tasks.forget()
        if self.systemd:
            _systemctl("disable", "--quiet", *self._units, *_TIMERS)
            for file in _UNITS.glob("ledger[-@]*"):
                file.unlink()
            _systemctl("daemon-reload")

    def wait_until_ready(self) -> None:
        """Until ``/readyz`` answers over a connection that the local authority vouches for."""
        context = ssl.create_default_context(cafile=str(self.layout.tls / "authority.crt"))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        end, said = time.monotonic() + _READY_SECONDS, ""
        while time.monotonic() < end:
            try:
                with opener.open(f"{self.office.local_url}/readyz", timeout=5):
                    return
            except urllib.error.HTTPError as error:
                said = f"答复 {error.code}"
            except OSError as error:
                said = str(getattr(error, "reason", error))
            time.sleep(0.2)
        log = "journalctl -u 'ledger@*'" if self.systemd else str(keeper.log_of(self.layout.data))
        raise Stop(f"服务没有在两分钟内应答({said})。日志：{log}")

    def _start_keeper(self) -> None:
        version = self.layout.used
        if version is None:
            raise Stop("还没有安装完，请再执行 install.sh")
        command = [str(python_of(version)), "-P", "-m", "deploy.installer.keeper"]
        command += [str(self.layout.current), str(self.layout.data), str(self.layout.backups)]
        command += [str(self.layout.secret), str(self.office.port)]
        with keeper.log_of(self.layout.data).open("ab") as log:
            if self.layout.owner is not None:
                os.fchown(log.fileno(), *self.layout.owner)
            subprocess.Popen(  # noqa: S603 - our own module
                command,
                cwd=self.layout.data,
                env=environment_of(self.layout, self.layout.current),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **as_service(self.layout),
            )


def _systemctl(*words: str) -> None:
    done = subprocess.run(  # noqa: S603
        [_program(), *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Stop(f"systemctl {' '.join(words)}：{' '.join(done.stderr.split())[-400:]}")


def _asked(*words: str) -> bool:
    return subprocess.run([_program(), *words], capture_output=True, check=False).returncode == 0  # noqa: S603


def _program() -> str:
    return shutil.which("systemctl") or os.path.join("/bin", "systemctl")
