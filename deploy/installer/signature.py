"""The maintainers' signature: Ed25519 over SHA256SUMS, which in turn names every file.

``python -m deploy.installer.signature FOLDER PUBLIC_KEY`` is run with the Python of an installed
version, whose public key is the one to be believed.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from pathlib import Path

from deploy.installer.manifest import PUBLIC_KEY, SIGNATURE, SUMS
from deploy.installer.stop import Stop

_PAIR = 4


def sign(folder: Path, private_key: bytes) -> None:
    """Write signature and public key beside SHA256SUMS; the key is PEM (PKCS 8), Ed25519."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = serialization.load_pem_private_key(private_key, None)
    if not isinstance(key, Ed25519PrivateKey):
        raise Stop("签名密钥不是 Ed25519 密钥。请用 python -m deploy.bundle key 文件 建立一个")
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    signature = key.sign((folder / SUMS).read_bytes())
    for name, value in ((SIGNATURE, signature), (PUBLIC_KEY, raw)):
        (folder / name).write_bytes(base64.b64encode(value) + b"\n")


def require_signed(folder: Path, public_key: Path) -> str:
    """The fingerprint of the key, if it signed the bundle. Raises `Stop` otherwise."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        raw = base64.b64decode(public_key.read_bytes())
        signature = base64.b64decode((folder / SIGNATURE).read_bytes())
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, (folder / SUMS).read_bytes())
    except (OSError, ValueError, InvalidSignature):
        raise Stop(
            "安装包的签名不对：不是由本单位信任的维护者制作，或已被改动。没有做任何改动。"
            "请向提供安装包的人核对"
        ) from None
    return fingerprint(raw)


def fingerprint(raw: bytes) -> str:
    """Of a public key, to be read out on the telephone: eight groups of four digits."""
    digits = hashlib.sha256(raw).hexdigest()[:32]
    return " ".join(digits[at : at + _PAIR] for at in range(0, len(digits), _PAIR))


if __name__ == "__main__":
    try:
        sys.stdout.write(require_signed(Path(sys.argv[1]), Path(sys.argv[2])) + "\n")
    except Stop as stop:
        sys.stderr.write(f"{stop}\n")
        sys.exit(1)
