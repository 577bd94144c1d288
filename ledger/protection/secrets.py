"""Protected texts: encrypted at rest, masked on the screen, found again by exact value.

A protected cell is kept as one JSON text: ``m`` the mask that may be shown, ``h`` a keyed hash
for exact search, ``c`` the ciphertext (Fernet of the cryptography package: AES-128-CBC with
HMAC-SHA-256). The key lies in a file outside the database, readable by the service alone. Names,
phones and ID numbers are kept this way (Personal Information Protection Law, art. 51).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy.engine import make_url

from ledger.errors import StorageError
from ledger.settings import PROJECT, settings

_PREFIX = '{"m":'


class Sealer:
    """Seals and opens protected texts with the keys of one installation, newest first."""

    def __init__(self, keys: list[bytes]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        # The hash has to stay the same when the encryption key is rotated: it uses the oldest.
        self._hash_key = hashlib.sha256(b"search" + keys[-1]).digest()

    def seal(self, plain: str) -> str:
        """The text as it is kept. Sealing twice gives two ciphertexts, but one hash."""
        return json.dumps(
            {
                "m": mask(plain),
                "h": self.fingerprint(plain),
                "c": self._fernet.encrypt(plain.encode()).decode(),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    def open(self, sealed: str) -> str:
        """The plain text again. Raises `StorageError` if the key file is another one."""
        try:
            return self._fernet.decrypt(json.loads(sealed)["c"].encode()).decode()
        except InvalidToken as error:
            raise StorageError(
                "密钥文件与数据库不匹配，无法解密。请管理员恢复原密钥文件"
            ) from error

    def fingerprint(self, plain: str) -> str:
        """A keyed hash: equal texts have equal hashes, and nobody without the key can try."""
        return hmac.new(self._hash_key, _comparable(plain).encode(), "sha256").hexdigest()

    def same(self, plain: str, sealed: str) -> bool:
        """Whether a typed text is what a sealed cell holds, or just its mask left as it was."""
        kept = json.loads(sealed)
        return plain == kept["m"] or hmac.compare_digest(kept["h"], self.fingerprint(plain))


def is_sealed(value: object) -> bool:
    """Whether a stored value is a sealed text."""
    return isinstance(value, str) and value.startswith(_PREFIX)


def mask_of(sealed: str) -> str:
    """What may be shown of a sealed text."""
    return str(json.loads(sealed)["m"]) if is_sealed(sealed) else mask(sealed)


def mask(plain: str) -> str:
    """138****1234 for long numbers, 张** for everything else."""
    digits = re.sub(r"\D", "", plain)
    if len(digits) >= 7 and len(digits) >= len(plain) - 4:
        return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else f"{digits[:2]}****"
    return f"{plain[:1]}**"


def _comparable(plain: str) -> str:
    return re.sub(r"[\s\-()()]", "", plain).casefold()


def key_path(database_url: str) -> Path:
    """Where the keys lie: ``LEDGER_KEY_FILE``, else beside the SQLite database."""
    if settings().key_file:
        return Path(str(settings().key_file))
    database = make_url(database_url).database
    if database_url.startswith("sqlite") and database:
        return Path(database).with_suffix(".key")
    return PROJECT / "data" / "var" / "ledger.key"


@lru_cache(maxsize=8)
def sealer_at(path: Path) -> Sealer:
    """The sealer of a key file; the file is made when it is not there yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
    keys = [line for line in path.read_bytes().split() if line]
    try:
        return Sealer(keys)
    except (ValueError, IndexError) as error:
        raise StorageError(f"密钥文件“{path}”无法使用，请管理员恢复原密钥文件") from error
