"""One stream of an OLE compound file, the container of xls workbooks.

Source: [MS-CFB]. Chains that lead nowhere or in circles end where they break.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_LAST = 0xFFFFFFFA
_ENTRY = 128


def stream_of(content: bytes, names: Sequence[str]) -> bytes:
    """The bytes of the first stream that bears one of the names; empty when there is none."""
    try:
        return _Compound(content).stream(names)
    except (struct.error, IndexError):
        return b""


class _Compound:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._size = 1 << struct.unpack_from("<H", content, 30)[0]
        self._small = 1 << struct.unpack_from("<H", content, 32)[0]
        (first,) = struct.unpack_from("<I", content, 48)
        (self._cutoff,) = struct.unpack_from("<I", content, 56)
        (first_small,) = struct.unpack_from("<I", content, 60)
        self._table = self._numbers(b"".join(map(self._sector, self._table_sectors())))
        self._small_table = self._numbers(self._chain(first_small))
        directory = self._chain(first)
        self._entries = [
            directory[at : at + _ENTRY] for at in range(0, len(directory) - _ENTRY + 1, _ENTRY)
        ]

    def stream(self, names: Sequence[str]) -> bytes:
        for entry in self._entries:
            (length,) = struct.unpack_from("<H", entry, 64)
            if entry[: max(length - 2, 0)].decode("utf-16-le", "replace") in names:
                start, size = struct.unpack_from("<II", entry, 116)
                if size >= self._cutoff:
                    return self._chain(start)[:size]
                return self._small_chain(start)[:size]
        return b""

    def _sector(self, number: int) -> bytes:
        return self._content[(number + 1) * self._size : (number + 2) * self._size]

    @staticmethod
    def _numbers(table: bytes) -> Sequence[int]:
        return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])

    def _table_sectors(self) -> list[int]:
        """Where the table of chains itself lies."""
        found = list(struct.unpack_from("<109I", self._content, 76))
        following, count = struct.unpack_from("<II", self._content, 68)
        for _ in range(min(count, len(self._content) // self._size)):
            numbers = self._numbers(self._sector(following))
            found += numbers[:-1]
            following = numbers[-1]
        return [number for number in found if number < _LAST]

    def _chain(self, at: int) -> bytes:
        parts: list[bytes] = []
        while at < _LAST and len(parts) <= len(self._table):
            parts.append(self._sector(at))
            at = self._table[at]
        return b"".join(parts)

    def _small_chain(self, at: int) -> bytes:
        (start,) = struct.unpack_from("<I", self._entries[0], 116)
        whole = self._chain(start)
        parts: list[bytes] = []
        while at < _LAST and len(parts) <= len(self._small_table):
            parts.append(whole[at * self._small : (at + 1) * self._small])
            at = self._small_table[at]
        return b"".join(parts)
