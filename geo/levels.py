"""The levels of areas, from the largest to the smallest, and what people call them."""

from geo.errors import UnknownLevelError

LEVELS = ("county", "township", "village", "grid")
LEVEL_LABELS = {"county": "县(区)", "township": "镇(街道)", "village": "村(社区)", "grid": "网格"}


def level_above(level: str) -> str | None:
    """The next larger level, None for ``county``."""
    position = LEVELS.index(known_level(level))
    return LEVELS[position - 1] if position else None


def known_level(level: str) -> str:
    """The level itself. Raises `UnknownLevelError` for a word that is none."""
    if level not in LEVELS:
        raise UnknownLevelError(f"没有“{level}”这个区域级别，可用的有：{'、'.join(LEVELS)}。")
    return level
