"""Process many geometries on all cores: GEOS releases the interpreter's lock."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Below this many geometries the threads cost more than they save.
_WORTHWHILE = 2_000


def on_all_cores(work: Callable[..., NDArray[Any]], *arrays: NDArray[Any]) -> NDArray[Any]:
    """``work(*arrays)``, in the same order; ``work`` must handle each row independently."""
    if len(arrays[0]) < _WORTHWHILE:
        return work(*arrays)
    return np.concatenate(_in_pieces(work, *arrays))


def many_on_all_cores(
    work: Callable[[NDArray[Any]], tuple[NDArray[Any], NDArray[np.intp]]], shapes: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """As `on_all_cores`, for work that returns any number of results per row and each one's row."""
    if len(shapes) < _WORTHWHILE:
        return work(shapes)
    pieces = _in_pieces(work, shapes)
    starts = np.cumsum([0, *(len(piece) for piece in _split(shapes)[:-1])])
    rows = [of + start for (_, of), start in zip(pieces, starts, strict=True)]
    return np.concatenate([found for found, _ in pieces]), np.concatenate(rows)


def _split(array: NDArray[Any]) -> list[NDArray[Any]]:
    return np.array_split(array, os.cpu_count() or 1)


def _in_pieces(work: Callable[..., Any], *arrays: NDArray[Any]) -> list[Any]:
    pieces = [_split(array) for array in arrays]
    with ThreadPoolExecutor(len(pieces[0])) as pool:
        return list(pool.map(work, *pieces))
