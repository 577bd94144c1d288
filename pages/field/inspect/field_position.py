"""Where the tablet is: asked of the browser on one press, never required.

Browsers tell it on https and on localhost only; the piece says so where they do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit.components.v1 as components


@cache
def _part() -> Any:
    """Declared when it is first drawn: modules are loaded before Streamlit's runtime is there, and
    what is declared then is not found by it."""
    folder = Path(__file__).with_name("field_position_part")
    return components.declare_component("field_position", path=str(folder))


@dataclass(frozen=True)
class Fix:
    """A position in degrees (WGS84), how sure it is in metres, and which press gave it."""

    lon: float
    lat: float
    accuracy_m: float
    press: int


def ask_position(key: str) -> Fix | None:
    """The button; the newest position it found, None as long as there is none."""
    return read_fix(_part()(key=key, default=None))


def read_fix(answer: object) -> Fix | None:
    """What the browser said. It comes from outside: nothing is trusted."""
    if not isinstance(answer, dict):
        return None
    values = [answer.get(name) for name in ("lon", "lat", "accuracy", "press")]
    if any(isinstance(v, bool) or not isinstance(v, int | float) or v != v for v in values):
        return None
    lon, lat, accuracy, press = (float(v) for v in values if v is not None)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90 and 0 <= accuracy < 1e7 and 0 <= press < 1e15):
        return None
    return Fix(round(lon, 6), round(lat, 6), accuracy, int(press))
