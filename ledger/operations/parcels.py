"""What two processes of this program send each other: one pickled object after another.

Both ends are this program; what is read from files arrives here as plain values.
"""

from __future__ import annotations

import io
import pickle
import socket
import struct
from typing import Any

from ledger.storage import Store, open_store

_LENGTH = struct.Struct(">Q")
_PIECE = 1 << 20
Raised = tuple[type[BaseException], tuple[Any, ...], dict[str, Any]]


class _Packer(pickle.Pickler):
    def persistent_id(self, thing: Any) -> Any:
        if isinstance(thing, Store):
            return "store", thing.engine.url.render_as_string(hide_password=False)
        return None


class _Unpacker(pickle.Unpickler):
    def persistent_load(self, named: Any) -> Any:
        return open_store(named[1])


def send(wire: socket.socket, thing: Any) -> None:
    """Send an object; a `Store` goes as its address. Raises `OSError` if nobody is there."""
    packed = io.BytesIO()
    _Packer(packed, pickle.HIGHEST_PROTOCOL).dump(thing)
    wire.sendall(_LENGTH.pack(packed.tell()))
    wire.sendall(packed.getbuffer())


def receive(wire: socket.socket) -> Any:
    """The next object; None when the other end is gone."""
    head = _exactly(wire, _LENGTH.size)
    if head is None:
        return None
    packed = _exactly(wire, _LENGTH.unpack(head)[0])
    return None if packed is None else _Unpacker(io.BytesIO(packed)).load()


def of_error(error: BaseException) -> Raised:
    """An error as its parts: its constructor may want something else than what it keeps."""
    return type(error), error.args, error.__dict__


def raised(parts: Raised) -> BaseException:
    """The error of `of_error` again."""
    kind, arguments, kept = parts
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(kept)
    return error


def _exactly(wire: socket.socket, size: int) -> bytes | None:
    found = bytearray()
    while len(found) < size:
        try:
            piece = wire.recv(min(_PIECE, size - len(found)))
        except OSError:
            return None
        if not piece:
            return None
        found += piece
    return bytes(found)
