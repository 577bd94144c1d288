"""Work on many geometries spread over the machine's cores: GEOS frees the interpreter's lock."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Below this many geometries the threads cost more than they save.
_WORTHWHILE = 2_000


def on_all_cores(
    work: Callable[[NDArray[Any]], NDArray[Any]], shapes: NDArray[Any]
) -> NDArray[Any]:
    """``work(shapes)`` for work that looks at each geometry by itself, in the same order."""
    if len(shapes) < _WORTHWHILE:
        return work(shapes)
    pieces = np.array_split(shapes, os.cpu_count() or 1)
    with ThreadPoolExecutor(len(pieces)) as pool:
        return np.concatenate(list(pool.map(work, pieces)))
