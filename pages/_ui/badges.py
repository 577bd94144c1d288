"""How tiers are shown: always a colour together with a word."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from pages._text import markup, safe


@dataclass(frozen=True)
class TierLook:
    """How one tier looks: its word, its colour, and a tint on which dark text can be read."""

    word: str
    colour: str
    tint: str


UNDETERMINED = TierLook("待研判", "#7A8492", "#E6E9ED")
LOOKS: dict[str | None, TierLook] = {
    "4": TierLook("四类", "#C9302C", "#F6CFCC"),
    "3": TierLook("三类", "#E36C0A", "#FADCC3"),
    "2": TierLook("二类", "#E0A800", "#FBECB9"),
    "1": TierLook("一类", "#3B7DD8", "#D5E4F8"),
    None: UNDETERMINED,
}
LOOK_OF_WORD = {look.word: look for look in LOOKS.values()}


def look_of(tier: object) -> TierLook:
    """The look of a stored tier; anything unknown looks undetermined."""
    return LOOKS.get(None if tier is None else str(tier), UNDETERMINED)


def tier_word(tier: object) -> str:
    """``四类`` … ``一类``, ``待研判``."""
    return look_of(tier).word


def tier_badge(tier: object, note: str = "") -> Markup:
    """A badge as HTML: tinted, edged in the tier's colour, with its word and a note."""
    look = look_of(tier)
    hatch = (
        "repeating-linear-gradient(45deg,#E6E9ED 0 4px,#F7F8FA 4px 8px)"
        if look is UNDETERMINED
        else look.tint
    )
    badge = '<span class="tier-badge" style="background:{};border-left:6px solid {}">{}</span>'
    return markup(badge, hatch, look.colour, safe(look.word + note))
