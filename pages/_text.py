"""Escape ledger text, so that every cell is shown as the characters it consists of."""

from __future__ import annotations

import html
import re

from markupsafe import Markup

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_BREAKS = re.compile(r"\s+")
# Isolates and overrides of writing direction, and controls: they can reorder the text around them.
_UNRULY_MARKS = "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069"
_UNRULY = re.compile(f"[{_UNRULY_MARKS}]")
# Few texts hold any of these; looking for them is quicker than replacing them one by one.
_NOT_LETTERS = re.compile(f"[&<>\"'{_UNRULY_MARKS}]")
# A colon before a name, and two signs that together make an arrow, a dash or a comparison.
_REPLACED = re.compile(r":(?=[A-Za-z0-9_+\-/])|[-<>=~](?=[-<>=~])")
_AS_IT_IS = (Markup, int, float)
_WORD_JOINER = "\u2060"


def clip(text: object, length: int | None = 60) -> str:
    """The text on one line, cut to ``length`` characters with an ellipsis; None keeps it whole."""
    line = _BREAKS.sub(" ", _UNRULY.sub("", str(text))).strip()
    return line if length is None or len(line) <= length else line[: length - 1] + "…"


def plain(text: object, length: int | None = 200) -> str:
    """Text for anything that Streamlit reads as Markdown: labels, messages, captions.

    Cut as `clip` cuts it; every ASCII punctuation mark is escaped. Streamlit replaces ``:name:``,
    ``->`` and the like after it has taken the escapes away, so an invisible joiner keeps their
    parts from meeting.
    """
    parted = _REPLACED.sub(lambda found: found[0] + _WORD_JOINER, clip(text, length))
    return _PUNCTUATION.sub(r"\\\1", parted)


def attribute(text: object) -> str:
    """Text for HTML, also for an attribute between double quotes: the letters it consists of."""
    said = str(text)
    return html.escape(_UNRULY.sub("", said)) if _NOT_LETTERS.search(said) else said


def safe(text: object) -> Markup:
    """Text for HTML, on its own in matters of direction."""
    return Markup(f'<bdi dir="auto">{attribute(text)}</bdi>')  # noqa: S704 - escaped there


def shortened(text: object, length: int = 60) -> Markup:
    """For HTML: the text as `clip` cuts it, with all of it under the mouse where that is more."""
    whole = clip(text, None)
    if len(whole) <= length:
        return safe(whole)
    return markup('<span title="{}">{}</span>', whole, safe(clip(whole, length)))


def markup(template: str, *values: object) -> Markup:
    """HTML of our own with values in its braces: texts as letters, what is HTML already as it is.

    As `Markup.format` does it, in a quarter of the time.
    """
    inert = [one if isinstance(one, _AS_IT_IS) else attribute(one) for one in values]
    return Markup(template.format(*inert))  # noqa: S704 - the template is ours, its values escaped
