"""The masks of protected texts, and recognising their stored form.

Sealing and opening take the keys: `ledger.storage.keys.secrets`.
"""

from __future__ import annotations

import json
import re

# Exactly what `Sealer.seal` writes: nothing that fits into a cell can be taken for it.
_SEALED = re.compile(r'\{"m":".*","h":"[0-9a-f]{64}","c":"gAAAAA[0-9A-Za-z_\-=]{90,}"\}', re.DOTALL)
# The stored form of a text erased at the end of its retention: no hash, nothing to decrypt.
ERASED = '{"m":"已清除","h":"","c":""}'


def is_sealed(value: object) -> bool:
    """Whether a stored value is a sealed text."""
    return isinstance(value, str) and (value == ERASED or _SEALED.fullmatch(value) is not None)


def mask_of(sealed: str) -> str:
    """The mask of a sealed text."""
    return str(json.loads(sealed)["m"]) if is_sealed(sealed) else mask(sealed)


def hash_of(sealed: str) -> str:
    """The keyed hash of a sealed text; empty once it was erased."""
    return str(json.loads(sealed)["h"])


def mask(plain: str) -> str:
    """138****1234 for long numbers, 张** for everything else."""
    digits = re.sub(r"\D", "", plain)
    if len(digits) >= 7 and len(digits) >= len(plain) - 4:
        return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else f"{digits[:2]}****"
    return f"{plain[:1]}**"
