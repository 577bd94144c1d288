"""The way down and the first question in words, for an order to rectify and for the next visit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ledger.domain.tiers.engine import judge
from ledger.domain.tiers.explanation import tier_name
from ledger.domain.tiers.first_question import Left, Question, first_question
from ledger.domain.tiers.one_record import Option, Span
from ledger.domain.tiers.settings import CLASH, Settings, as_given
from ledger.domain.tiers.value_words import Choices, ValueWords
from ledger.domain.tiers.way_down import BEYOND, Way, way_down

MOST_WAYS = 5  # more would not be read


class Advice:
    """What would lower a record's tier, and what to ask first: Chinese lines, plain text.

    Parameters
    ----------
    settings : Settings
        Of the rules in force.
    facts : mapping
        The record's facts, as :func:`~ledger.domain.tiers.judge` takes them.
    labels, choices : mapping
        Words of facts and of the keys of choices.
    hidden : collection of str
        Facts that the reader may not know. They count as unknown, are neither changed nor asked
        about; of them the reader knows only the tier that they make.
    units : mapping, optional
        Unit of each number fact that has one.

    Attributes
    ----------
    ways : tuple of str
        The smallest sets of facts that lower the tier; at most `MOST_WAYS`, then how many more.
    first : str or None
        The unknown fact that settles most, and what each answer leaves.
    asked : str or None
        The key of that fact.
    """

    def __init__(
        self,
        settings: Settings,
        facts: Mapping[str, object],
        labels: Mapping[str, str],
        choices: Choices,
        hidden: Collection[str] = (),
        units: Mapping[str, str] | None = None,
    ) -> None:
        words = _Words(settings, labels, choices, units)
        tier = judge(facts, settings.rules).tier
        told = {key: value for key, value in facts.items() if key not in hidden}
        ways = way_down(settings, told, tier, hidden) if tier and tier > 1 else ()
        question = first_question(settings, told, hidden, tier)
        lines = [words.way(way) for way in ways[:MOST_WAYS]]
        if len(ways) > MOST_WAYS:
            lines.append(f"另有 {len(ways) - MOST_WAYS} 种，涉及的事实一样多。")
        self.ways: tuple[str, ...] = tuple(lines)
        self.first: str | None = None if question is None else words.question(question)
        self.asked: str | None = None if question is None else question.name


class _Words(ValueWords):
    def __init__(
        self,
        settings: Settings,
        labels: Mapping[str, str],
        choices: Choices,
        units: Mapping[str, str] | None,
    ) -> None:
        super().__init__(settings.facts, labels, choices, units)
        self._settings = settings

    def way(self, way: Way) -> str:
        changes = "，".join(self._change(options) for options in way.options)
        return f"{changes}：降为{tier_name(way.tier, self._settings.rules)}。"

    def question(self, question: Question) -> str:
        answers: dict[Left, list[Option]] = {}
        for option, left in question.answers:
            answers.setdefault(left, []).append(option)
        told = "；".join(
            f"{self._answer(question.name, options)}，{self._left(left)}"
            for left, options in answers.items()
        )
        return f"{self.label(question.name)}。{told}。"

    def _change(self, options: Sequence[Option]) -> str:
        names = [name for name, _ in options[0].facts]
        if len(names) == 1:
            return f"{self.label(names[0])}{self._values(names[0], options)}"
        return "、".join(self._towards(name, value) for name, value in options[0].facts)

    def _towards(self, name: str, value: Any) -> str:
        """One of several numbers that get better together."""
        if abs(value) >= BEYOND:
            return f"{self.label(name)}{'提高' if value > 0 else '降低'}到位"
        return self.stated(name, value)

    def _answer(self, name: str, options: Sequence[Option]) -> str:
        return f"如{self._values(name, options)}"

    def _values(self, name: str, options: Iterable[Option]) -> str:
        spans = _joined([option.span for option in options if option.span is not None])
        if spans:
            return "或".join(self._span(name, span) for span in spans)
        values = [value for option in options for _, value in option.facts]
        return "为“" + "”或“".join(self.value(name, value) for value in values) + "”"

    def _span(self, name: str, span: Span) -> str:
        fact = self._settings.facts.get(name)
        low = span.low
        least = None if fact is None else fact.minimum
        if low == least and not span.open_low and low != span.high:
            low = None
        if low is not None and low == span.high:
            return f"为{self._number(name, low)}"
        ends = []
        if low is not None:
            ends.append(f"{'超过' if span.open_low else '不低于'}{self._number(name, low)}")
        if span.high is not None:
            ends.append(f"{'低于' if span.open_high else '不超过'}{self._number(name, span.high)}")
        return "、".join(ends) or "为任何数"

    def _number(self, name: str, value: Fraction) -> str:
        return self.value(name, as_given(value))

    def _left(self, left: Left) -> str:
        tiers = sorted((tier for tier in left if isinstance(tier, int)), reverse=True)
        names = [tier_name(tier, self._settings.rules) for tier in tiers]
        names += ["资料矛盾"] if CLASH in left else []
        if len(left) == 1:
            return f"即{'为' if tiers else '属'}{names[0]}" if names else "规则未涵盖"
        return f"仍可能为{'、'.join(names)}"


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Stretches that touch each other as one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.low is not None, one.low or 0, one.open_low)):
        if found and span.low is not None and found[-1].high == span.low:
            before = found[-1]
            if not (before.open_high and span.open_low):
                found[-1] = Span(before.low, span.high, before.open_low, span.open_high)
                continue
        found.append(span)
    return found
