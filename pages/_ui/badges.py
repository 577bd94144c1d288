"""How tiers are shown: always a colour together with a word and a shape."""

from __future__ import annotations

from markupsafe import Markup

from ledger.domain.colours import TIERS, UNDETERMINED, Look
from pages._text import markup, safe

LOOKS: dict[str | None, Look] = {}
LOOKS.update(TIERS)
LOOKS[None] = UNDETERMINED
LOOK_OF_WORD = {look.word: look for look in LOOKS.values()}


def look_of(tier: object) -> Look:
    """The look of a stored tier; anything unknown looks undetermined."""
    return LOOKS.get(None if tier is None else str(tier), UNDETERMINED)


def tier_word(tier: object) -> str:
    """``四类`` … ``一类``, ``待研判``."""
    return look_of(tier).word


def tier_badge(tier: object, note: str = "") -> Markup:
    """A badge as HTML: tinted, edged in the tier's colour, with its shape, its word and a note."""
    look = look_of(tier)
    hatch = (
        "repeating-linear-gradient(45deg,#E6E9ED 0 4px,#F7F8FA 4px 8px)"
        if look is UNDETERMINED
        else look.tint
    )
    badge = (
        '<span class="tier-badge" data-shape="{}" style="background:{};border-left:6px solid {}">'
        "{}</span>"
    )
    return markup(badge, look.shape, hatch, look.colour, safe(look.word + note))
