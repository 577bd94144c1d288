"""``python -m deploy.bundle``: ``make`` the archive, or a ``key`` to sign archives with."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from deploy.bundle.build import PROJECT, Wanted, build
from deploy.bundle.wheels import PLATFORMS
from deploy.installer.stop import Stop


def main() -> int:
    """Exit code 0 done, 1 not made."""
    parser = argparse.ArgumentParser(prog="python -m deploy.bundle")
    actions = parser.add_subparsers(dest="action", required=True)
    making = actions.add_parser("make", help="制作安装包")
    making.add_argument("--key", type=Path, required=True, help="签名用的私钥(PEM，Ed25519)")
    making.add_argument("--machine", choices=sorted(PLATFORMS), default="x86_64")
    making.add_argument("--python", action="append", help="如 3.11，可以写几次", dest="pythons")
    making.add_argument("--commit", default="HEAD")
    making.add_argument("--out", type=Path, default=PROJECT / "dist")
    making.add_argument("--wheels", type=Path, default=None, help="下载过的 wheel 放在这里")
    keying = actions.add_parser("key", help="建立一个签名密钥")
    keying.add_argument("file", type=Path)
    arguments = parser.parse_args()
    try:
        said = _key(arguments.file) if arguments.action == "key" else _make(arguments)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1
    print(said)
    return 0


def _make(arguments: argparse.Namespace) -> str:
    pythons = tuple(arguments.pythons or ("3.11",))
    kept = arguments.wheels or arguments.out / f"wheels-{arguments.machine}"
    wanted = Wanted(
        arguments.commit, arguments.machine, pythons, arguments.key, arguments.out, kept
    )
    archive = build(wanted)
    return f"{archive}  {archive.stat().st_size / 1e6:.0f} MB"


def _key(file: Path) -> str:
    """A new Ed25519 key, readable by its owner alone; an existing file is not replaced."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    text = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Stop(f"“{file}”已存在，不会覆盖") from None
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(text)
    return f"{file}：请离线保管，不要放进代码库"


if __name__ == "__main__":
    sys.exit(main())
