"""The known words in a text of a form: the ways to part it, what each word can mean there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.reporting.forms.asked_words import Context
from ledger.reporting.forms.senses import Filter, Sense, Subject

# Words that, above or before others, only say what these are about.
_SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "信访": ("petitions",),
    "预收费": ("institutions",),
    "预收资金": ("institutions",),
    "线索": ("leads",),
    "处置": ("dispositions",),
    "宣传": ("outreach",),
    "走访": ("inspections",),
    "排查走访": ("inspections",),
    "排查": ("inspections", "institutions"),
    "机构": ("institutions", "dispositions"),
}


def segment(text: str, context: Context) -> list[tuple[str, ...]]:
    """The ways to read a text as known words, without anything left: those of the fewest words."""
    if text not in context.parted:
        context.parted[text] = _segment(text, context)
    return context.parted[text]


def _segment(text: str, context: Context) -> list[tuple[str, ...]]:
    known, longest = context.words.senses, max(context.words.longest, len(text))
    own = {**(context.legend or {}), **(context.choices or {})}
    best: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(text) + 1):
        ways: list[tuple[str, ...]] = []
        for start in range(max(0, end - longest), end):
            word = text[start:end]
            if word in known or word in own:
                ways += [(*way, word) for way in best[start]]
            elif start == end - 1 and word in '、,()/":：·' and best[start]:
                ways += best[start]
        fewest = min(map(len, ways), default=0)
        best.append(list(dict.fromkeys(way for way in ways if len(way) == fewest))[:8])
    return best[len(text)] if text else [()]


def nearest(texts: Sequence[str], context: Context) -> tuple[tuple[str, str], ...]:
    """Counts whose words share the most signs with a header: proposals."""
    said = set("".join(texts)) - set("数量的情况")
    scored: dict[str, float] = {}
    for signs, key in {one for sign in said for one in context.counted.get(sign, ())}:
        common = len(said & signs)
        share = common / (len(said) + len(signs) - common)
        scored[key] = max(scored.get(key, 0), share)
    order = {key: at for at, key in enumerate(context.words.counts)}
    best = sorted(scored, key=lambda key: (-scored[key], order[key]))[:5]
    return tuple((key, context.words.counts[key].label) for key in best if scored[key] > 0.15)


class Contradiction(Exception):
    """What the form says of its own words contradicts what they mean here."""


def senses_of(word: str, context: Context, *, is_last: bool) -> tuple[Sense, ...]:
    """What a word can mean there. Raises `Contradiction` where the form says otherwise."""
    if context.choices and word in context.choices:
        return (context.choices[word],)
    if not is_last and word in _SUBJECTS:
        return tuple(Subject(ledger) for ledger in _SUBJECTS[word])
    own = context.words.senses.get(word, ())
    stands_for = (context.legend or {}).get(word)
    if stands_for is None:
        return own
    told = tuple(one for one in context.words.senses.get(stands_for, ()) if isinstance(one, Filter))
    if not told:
        return own
    if any(isinstance(one, Filter) and one not in told for one in own if _alike(one, told)):
        raise Contradiction(
            f"表上写明“{word}”对应“{stands_for}”，与台账的“{word}”不是一回事，请核对后选定"
        )
    return told


def _alike(one: Sense, told: Sequence[Filter]) -> bool:
    return isinstance(one, Filter) and any(
        (one.ledger, one.column) == (other.ledger, other.column) for other in told
    )


def combinations(choices: Sequence[Sequence[Sense]]) -> int:
    """How many ways there are to take one of each."""
    number = 1
    for one in choices:
        number *= max(len(one), 1)
    return number
