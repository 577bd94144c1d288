"""Whose bundle is believed, and the certificate that browsers are to believe."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from deploy.installer import system, web, windows
from deploy.installer.environment import python_of
from deploy.installer.layout import Layout
from deploy.installer.manifest import PUBLIC_KEY
from deploy.installer.office import Office
from deploy.installer.stop import Stop


def require_trusted(layout: Layout, version: Path, bundle: Path) -> str:
    """The signature, checked with the key that was trusted at the first installation.

    At the first one the bundle's own key is taken, and its fingerprint is there to be compared.
    """
    first = not layout.trusted_key.exists()
    key = bundle / PUBLIC_KEY if first else layout.trusted_key
    fingerprint = _run(version, "signature", [str(bundle), str(key)]).strip()
    words = "第一次安装，请与维护者公布的核对" if first else "与上次安装的是同一把密钥"
    return f"有效，密钥指纹 {fingerprint}({words})"


def renew(layout: Layout, version: Path, office: Office) -> None:
    """Renew the certificate before it ends; the service reads it when it starts next."""
    if certificate(layout, version, office) and office.nginx:
        web.reload()


def certificate(layout: Layout, version: Path, office: Office) -> bool:
    """Keep or make the certificate; whether it is new.

    The service can read its own key; that of the authority is for the administrator alone.
    """
    names = list(office.names)
    new = _run(version, "certificates", [str(layout.tls), *names]).strip() == "new"
    if layout.owner is not None:
        os.chown(layout.tls / "server.key", *layout.owner)
    if system.WINDOWS:
        windows.shut_authority(layout)
    return new


def _run(version: Path, module: str, arguments: list[str]) -> str:
    """Run a module of the installer with the Python of an installed version.

    The code is of this installer, not of that version.
    """
    here = Path(__file__).resolve().parents[2]
    done = subprocess.run(  # noqa: S603
        [str(python_of(version)), "-P", "-m", f"deploy.installer.{module}", *arguments],
        env={"PYTHONPATH": str(here), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise Stop(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else module)
    return done.stdout
