"""What ends an installation and an upgrade alike: the self-check, and the command of the office."""

from __future__ import annotations

import os
from pathlib import Path

from deploy.installer import environment, files, office, system, windows
from deploy.installer.layout import Layout
from deploy.installer.office import Office
from deploy.installer.stop import Stop
from deploy.installer.telling import say


def self_check(layout: Layout, version: Path, running: Office | None = None) -> None:
    """Print each thing tried, the ``running`` service among them. Raises `Stop` if one fails."""
    say("自检：")
    words = ["self-check"]
    if running is not None:
        authority = layout.tls / "authority.crt"
        words += ["--url", running.local_url, "--authority", str(authority)]
    try:
        office.ledger(layout, version, words, show=True)
    except Stop:
        raise Stop("自检没有通过，见上") from None


def write_command(layout: Layout) -> None:
    """``bin/ledger``, and for a whole machine ``/usr/local/bin/ledger``."""
    files.folder(layout.command.parent)
    if system.WINDOWS:
        files.write(layout.command, windows.command(layout))
        return
    python = environment.python_of(layout.current)
    text = (
        "#!/bin/sh\n# 由安装程序写出。ledger --help 列出全部命令。\n"
        f"PYTHONPATH='{layout.current}' exec '{python}' -P -m deploy.installer ledger \"$@\"\n"
    )
    files.write(layout.command, text, 0o755)
    if layout.user is not None and os.geteuid() == 0:
        files.link(Path("/usr/local/bin/ledger"), layout.command)
