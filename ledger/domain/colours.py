"""The colours that mean something, each with a word and a shape: the one definition of them.

Offices speak of 绿黄橙红 (DESIGN "What it must look like"): green, yellow, orange and red are tiers
one to four and nothing else, in pages, on maps, in bulletins. Hot spots are purple, cold ones blue.
A colour never stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass

INK, PAPER = "#20262E", "#FFFFFF"


@dataclass(frozen=True)
class Look:
    """How one class looks.

    Attributes
    ----------
    word, spoken : str
        What it is called, and what offices call its colour.
    colour, tint : str
        The colour, and a light one on which `INK` is read.
    ink : str
        The colour of a sign that stands on ``colour``.
    shape : str
        A sign that tells it from the others without colour.
    hatch : str
        Its pattern in printed pictures, as matplotlib writes patterns.
    """

    word: str
    spoken: str
    colour: str
    tint: str
    ink: str
    shape: str
    hatch: str = ""


TIERS = {
    "4": Look("四类", "红", "#C9302C", "#F6CFCC", PAPER, "■", "////"),
    "3": Look("三类", "橙", "#E36C0A", "#FADCC3", INK, "◆", "\\\\\\\\"),
    "2": Look("二类", "黄", "#E0A800", "#FBECB9", INK, "▲", "...."),
    "1": Look("一类", "绿", "#2E9E6B", "#CFEBDD", INK, "●"),
}
UNDETERMINED = Look("待研判", "灰", "#7A8492", "#E6E9ED", INK, "○", "xxx")
HOT = Look("热点", "紫", "#7B2D8E", "#F0E3F4", PAPER, "▲", "////")
COLD = Look("冷点", "蓝", "#2B6CB0", "#DCE8F5", PAPER, "▼", "....")


def css_variables() -> str:
    """The colours for style sheets: ``--tier-1`` … ``--tier-4``, ``--hot``, ``--cold``, tints."""
    looks = {f"tier-{tier}": look for tier, look in TIERS.items()}
    looks |= {"tier-none": UNDETERMINED, "hot": HOT, "cold": COLD}
    rules = [f"--{name}:{look.colour};--{name}-tint:{look.tint}" for name, look in looks.items()]
    return f":root{{{';'.join(rules)}}}"
