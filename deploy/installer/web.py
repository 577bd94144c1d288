"""nginx in front of the service, where it is installed: our site file with this office's names."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from deploy.installer import files
from deploy.installer.layout import Layout
from deploy.installer.office import Office
from deploy.installer.stop import Stop

SITE = Path("/etc/nginx/conf.d/ledger.conf")
# Lines of the upstream: a process of this machine, one of another machine.
_PROCESS = re.compile(r"^ *server 127\.0\.0\.1:\d+ .*\n", re.MULTILINE)
_ELSEWHERE = re.compile(r"^ *server (?!127\.0\.0\.1:)[\w.-]+:\d+\b.*\n", re.MULTILINE)


def is_there() -> bool:
    """Whether nginx can be put in front: it is installed, and systemd runs it."""
    return _program() is not None and Path("/run/systemd/system").is_dir()


def site_file(
    shipped: str, layout: Layout, office: Office, ports: Sequence[int], before: str = ""
) -> str:
    """deploy/nginx/ledger.conf with this office's names, certificate and processes.

    Those of this machine listen on ``ports``; those of other machines are taken from the file
    that was there ``before``.
    """
    text = shipped.replace("ledger.example.gov.cn", " ".join(office.names))
    text = text.replace("/etc/ledger/tls/fullchain.pem", str(layout.tls / "server.crt"))
    text = text.replace("/etc/ledger/tls/privkey.pem", str(layout.tls / "server.key"))
    first, *others = _PROCESS.findall(text)
    lines = [first.replace(":8501 ", f":{port} ") for port in ports]
    for line in others:
        text = text.replace(line, "")
    text = text.replace(first, "".join([*lines, *_ELSEWHERE.findall(before)]))
    return text.replace("127.0.0.1:8501/", f"127.0.0.1:{office.port}/")


def prepare(layout: Layout, version: Path, office: Office, ports: Sequence[int]) -> None:
    """Lay the site file and let nginx read it. Raises `Stop` if nginx refuses it; it is removed."""
    shipped = (version / "deploy" / "nginx" / "ledger.conf").read_text(encoding="utf-8")
    before = SITE.read_text(encoding="utf-8") if SITE.exists() else None
    files.write(SITE, site_file(shipped, layout, office, ports, before or ""))
    done = subprocess.run([str(_program()), "-t"], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        if before is None:
            SITE.unlink()
        else:
            files.write(SITE, before)
        said = " ".join(done.stderr.split())[-300:]
        raise Stop(f"nginx 不接受站点文件，已撤回：{said}。可以用 --no-nginx 由程序自己提供 HTTPS")
    subprocess.run(["systemctl", "enable", "--quiet", "nginx"], check=False)  # noqa: S607
    reload()


def reload() -> None:
    """Let nginx read its files again."""
    subprocess.run(["systemctl", "reload-or-restart", "nginx"], check=False)  # noqa: S607


def forget() -> None:
    """Take the site away again."""
    if SITE.exists():
        SITE.unlink()
        reload()


def _program() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
