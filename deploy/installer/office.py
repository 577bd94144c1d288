"""The office on this machine: how it was installed, and its commands run with its settings."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from deploy.installer import files
from deploy.installer.environment import python_of
from deploy.installer.layout import Layout
from deploy.installer.stop import Stop

_FILE = "install.json"
_PLAIN_HTTPS = 443
ITSELF = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Office:
    """What was chosen at the installation.

    ``port`` is what the service listens on, ``public_port`` what browsers ask (another one where
    nginx stands in front); ``names`` are host names and addresses, the first one is shown.
    """

    port: int
    public_port: int
    names: tuple[str, ...]
    nginx: bool

    @property
    def url(self) -> str:
        return self.at(self.outside[0])

    @property
    def outside(self) -> tuple[str, ...]:
        """The names that other machines can ask for."""
        return tuple(name for name in self.names if name not in ITSELF) or self.names

    @property
    def local_url(self) -> str:
        """As this machine itself asks; not every machine knows what localhost is."""
        return self.at("127.0.0.1")

    def at(self, name: str) -> str:
        """The address under one of the names."""
        port = "" if self.public_port == _PLAIN_HTTPS else f":{self.public_port}"
        return f"https://{name}{port}"


def read_office(layout: Layout) -> Office | None:
    """As it was installed; None before that."""
    try:
        found = json.loads((layout.config / _FILE).read_text(encoding="utf-8"))
        return Office(**found | {"names": tuple(found["names"])})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        raise Stop(f"“{layout.config / _FILE}”读不出来。请移走它，再执行 install.sh") from None


def write_office(layout: Layout, office: Office) -> None:
    """Keep what was chosen."""
    files.write(layout.config / _FILE, json.dumps(asdict(office), ensure_ascii=False) + "\n")


def settings_of(layout: Layout) -> dict[str, str]:
    """``ledger.env`` as systemd reads it: KEY=VALUE, quotes around the value allowed."""
    try:
        lines = layout.environment_file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    found: dict[str, str] = {}
    for line in lines:
        name, mark, value = line.strip().partition("=")
        if mark and not name.startswith(("#", ";")):
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            found[name.strip()] = value[1:-1] if quoted else value
    return found


def environment_of(layout: Layout, version: Path) -> dict[str, str]:
    """The environment of the office's commands, run from that version."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("LEDGER_", "STREAMLIT_", "PYTHON"))
    }
    own = {"PYTHONPATH": str(version), "PYTHONUTF8": "1", "HOME": str(layout.data)}
    own["MPLCONFIGDIR"] = str(layout.data / "cache")
    return kept | own | settings_of(layout)


def as_service(layout: Layout) -> dict[str, Any]:
    """Keyword arguments of subprocess that make root a mere user of the service."""
    if layout.user is None or os.geteuid() != 0:
        return {}
    return {"user": layout.user, "group": layout.user, "extra_groups": []}


def ledger(
    layout: Layout,
    version: Path,
    arguments: Iterable[str],
    settings: dict[str, str] | None = None,
    *,
    show: bool = False,
) -> dict[str, Any]:
    """``python -m ledger … --json`` of that version; returns its object.

    With ``settings`` some of the office's are other ones. With ``show`` it prints for people, and
    the result is empty.

    Raises
    ------
    Stop
        With the command's own words if it refuses.
    """
    words = [str(word) for word in arguments]
    command = [str(python_of(version)), "-m", "ledger", *words, *([] if show else ["--json"])]
    done = subprocess.run(  # noqa: S603 - our own program
        command,
        env=environment_of(layout, version) | (settings or {}),
        cwd=version,
        stdin=subprocess.DEVNULL,
        stdout=None if show else subprocess.PIPE,
        stderr=None if show else subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=False,
        **as_service(layout),
    )
    if done.returncode:
        said = "" if show else " ".join((done.stderr or done.stdout).split())[-600:]
        raise Stop(f"ledger {words[0]} 没有成功" + (f"：{said}" if said else ""))
    return {} if show else dict(json.loads(done.stdout.strip().splitlines()[-1]))
