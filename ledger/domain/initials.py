"""The initials of a Chinese name in pinyin: 松鹤养老院 is ``shyly``, as people type to find it.

GB 2312 orders its 3,755 characters of level one (0xB0A1 to 0xD7F9) by their pinyin, so the first
letter of each follows from where its code lies. Characters of level two are ordered by radical:
they, and all that GB 2312 does not have, are left out. A character with several readings has the
one that the standard orders it by.

Source: GB 2312-80, section 5.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

# The code of the first character of each letter; no syllable begins with i, u or v.
_FIRST = (
    0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8,
    0xC4C3, 0xC5B6, 0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
)  # fmt: skip
_LETTERS = "abcdefghjklmnopqrstwxyz"
_LAST = 0xD7F9


@lru_cache(maxsize=20_000)
def initials(name: str) -> str:
    """The initials, in lower case; ASCII letters and digits as they are, all else left out."""
    return "".join(map(_initial, name))


def _initial(letter: str) -> str:
    if letter.isascii():
        return letter.lower() if letter.isalnum() else ""
    code = int.from_bytes(letter.encode("gb2312", "ignore"), "big")
    return _LETTERS[bisect_right(_FIRST, code) - 1] if _FIRST[0] <= code <= _LAST else ""
