"""A small unpacked bundle, signed with a key of the test's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.installer import manifest, signature
from deploy.installer.checks import Machine
from deploy.installer.manifest import Manifest

MANIFEST = Manifest(
    version="0.3.0",
    commit="1a2b3c4d5e",
    built=1_796_000_000,
    machine="x86_64",
    glibc=(2, 28),
    pythons=("3.11", "3.12"),
    schema="0027",
    installed_bytes=1000,
    fonts=("Noto Sans CJK SC", "SimHei"),
)
MACHINE = Machine(
    system="linux",
    machine="x86_64",
    glibc=(2, 36),
    python="3.11",
    modules=frozenset({"venv", "sqlite3", "ssl", "zlib", "ctypes"}),
    memory_megabytes=8000,
    now=1_796_500_000.0,
    zone="+0800",
    fonts="Noto Sans CJK SC",
)


def new_key() -> bytes:
    """A private key as `python -m deploy.bundle key` writes it."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def bundle(folder: Path, key: bytes | None = None, **changed: object) -> Path:
    """A bundle of one program file; ``changed`` are fields of its manifest."""
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "app.py").write_text("print('hello')\n", encoding="utf-8")
    told = replace(MANIFEST, **changed)  # type: ignore[arg-type]
    (folder / "bundle.json").write_text(manifest.to_text(told), encoding="utf-8")
    (folder / "SHA256SUMS").write_text(manifest.sums_text(folder), encoding="utf-8")
    signature.sign(folder, key or new_key())
    return folder
