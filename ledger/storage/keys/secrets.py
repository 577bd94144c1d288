"""Protected texts: encrypted in the database, masked on the screen, found by exact value.

A protected cell is kept as one JSON text: ``m`` the mask that may be shown, ``h`` a keyed hash
for exact search, ``c`` the ciphertext (Fernet of the cryptography package: AES-128-CBC with
HMAC-SHA-256). The key lies in a file outside the database, readable by the service alone. Names,
phones and ID numbers are kept this way (Personal Information Protection Law, art. 51).
"""

from __future__ import annotations

import hmac
import json
import re
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy.engine import make_url

from ledger.domain.errors import Invalid, StorageError
from ledger.domain.masks import ERASED, mask
from ledger.domain.settings import PROJECT, settings
from ledger.storage.keys.keyfile import Keys, make_keys, read_keys
from ledger.storage.private import keep_private


class Sealer:
    """Seals and opens protected texts with the keys of one installation, newest first."""

    def __init__(self, keys: Keys) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys.encryption])
        self._newest = Fernet(keys.encryption[0])
        self._hash_key = keys.search

    def seal(self, plain: str) -> str:
        """The text as it is stored (JSON). Sealing a text twice gives two ciphertexts, one hash."""
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
        """The plain text of a sealed one.

        Raises
        ------
        StorageError
            If none of the keys opens the text.
        Invalid
            If the text was erased at the end of its retention period.
        """
        if sealed == ERASED:
            raise Invalid("该信息已按保存期限清除，无法恢复")
        try:
            return self._fernet.decrypt(json.loads(sealed)["c"].encode()).decode()
        except InvalidToken as error:
            raise StorageError(
                "密钥文件与数据库不匹配，无法解密。请管理员恢复原密钥文件"
            ) from error

    def is_newest(self, sealed: str) -> bool:
        """Whether the newest key opens the text; True for an erased one."""
        if sealed == ERASED:
            return True
        try:
            self._newest.decrypt(json.loads(sealed)["c"].encode())
        except InvalidToken:
            return False
        return True

    def resealed(self, sealed: str) -> str:
        """The same text sealed with the newest key; mask and hash stay as they are."""
        if self.is_newest(sealed):
            return sealed
        kept = json.loads(sealed)
        kept["c"] = self._newest.encrypt(self.open(sealed).encode()).decode()
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))

    def fingerprint(self, plain: str) -> str:
        """HMAC-SHA-256 of a text, blanks, hyphens, brackets and letter case ignored.

        Equal texts have equal hashes; without the key a guessed text cannot be tested.
        """
        return hmac.new(self._hash_key, _comparable(plain).encode(), "sha256").hexdigest()

    def same(self, plain: str, sealed: str) -> bool:
        """Whether a typed text equals the sealed one, or is the unchanged mask of it."""
        kept = json.loads(sealed)
        return plain == kept["m"] or hmac.compare_digest(kept["h"], self.fingerprint(plain))


def _comparable(plain: str) -> str:
    return re.sub(r"[\s\-()()]", "", plain).casefold()


def key_path(database_url: str) -> Path:
    """The key file's path: ``LEDGER_KEY_FILE``, else beside the SQLite database, else data/var."""
    if settings().key_file:
        return Path(str(settings().key_file))
    database = make_url(database_url).database
    if database_url.startswith("sqlite") and database:
        return Path(database).with_suffix(".key")
    return PROJECT / "data" / "var" / "ledger.key"


def sealer_at(path: Path) -> Sealer:
    """The sealer of a key file; the file is made if it does not exist.

    A file that was replaced (`ledger.operations.rotation`) is read again, in every process.

    Raises
    ------
    StorageError
        If the file holds no key.
    """
    if not path.exists():
        make_keys(path)
    keep_private(path)
    known = path.stat()
    return _sealer(path, known.st_mtime_ns, known.st_ino, known.st_size)


@lru_cache(maxsize=8)
def _sealer(path: Path, _changed: int, _file: int, _size: int) -> Sealer:
    return Sealer(read_keys(path))
