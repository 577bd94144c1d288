"""What a cell of a form asks for: the words above it and before it, taken together.

Every sign of these words has to be explained by words that are known (:mod:`form_words`); what is
left over, or what can be read in two ways, is a question, not a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product

from ledger.domain.ledgers import ledger_named
from ledger.reporting.forms.asked_words import Context, Meaning, Unsure
from ledger.reporting.forms.form_units import MONEY, factor_between, money_unit, without_units
from ledger.reporting.forms.known_words import (
    Contradiction,
    combinations,
    nearest,
    segment,
    senses_of,
)
from ledger.reporting.forms.senses import (
    ColumnName,
    Count,
    Filter,
    Missing,
    PeriodWord,
    Plain,
    Sense,
    Subject,
)

_MOST_COMBINATIONS = 4_000
_DEFAULTS = frozenset({"disposed_institutions", "outreach"})


def understand(
    parts: Sequence[str], context: Context, unit: str = "", names: Sequence[str] = ()
) -> Meaning | Unsure:
    """What all these texts ask for together.

    ``parts`` are those of the row, then those of the column; ``names`` the header above the row's
    name (所属领域), which only helps to choose.
    """
    said = without_units(parts, unit)
    texts = list(dict.fromkeys(said.texts))
    tokens: list[list[tuple[str, ...]]] = []
    for at, text in enumerate(texts):
        found = segment(text, context)
        if not found and at < len(texts) - 1:  # a group's name: 风险情况 above 红, 橙 …
            found = segment(text.removesuffix("情况"), context)
        if not found:
            return Unsure(f"不明白“{text}”指什么", nearest(texts, context), text)
        tokens.append(found)
    solved: dict[tuple[object, ...], tuple[int, Meaning | Unsure]] = {}
    for way in product(*tokens):
        words = [(word, at == len(way) - 1) for at, part in enumerate(way) for word in part]
        try:
            choices = [senses_of(word, context, is_last=last) for word, last in words]
        except Contradiction as error:
            return Unsure(str(error))
        if combinations(choices) > _MOST_COMBINATIONS:
            return Unsure(f"“{'/'.join(texts)}”里的词太多，不明白")
        for senses in product(*choices):
            found_one = _solve(senses, context, said.unit, names)
            if found_one is not None:
                key, score, meaning = found_one
                if key not in solved or _better(score, meaning, *solved[key]):
                    solved[key] = (score, meaning)
    found_best = _chosen(solved, texts, context, said.unit)
    if isinstance(found_best, Unsure) and not found_best.text:
        return replace(found_best, text=_asked_word(texts, context))
    return found_best


def _asked_word(texts: Sequence[str], context: Context) -> str:
    """The word that an answer is about: one that no ledger holds, else the last that says more
    than a time or a sum."""
    senses = context.words.senses
    told = [one for one in texts if any(isinstance(s, Missing) for s in senses.get(one, ()))]
    own = [
        one
        for one in texts
        if not any(isinstance(s, PeriodWord | Plain) for s in senses.get(one, ()))
    ]
    return (told or own or list(texts) or [""])[-1]


def _better(score: int, one: Meaning | Unsure, best: int, other: Meaning | Unsure) -> bool:
    """Whether a reading of the same number fits better, or is named by a word of its own."""
    named = isinstance(one, Meaning) and not one.implied and not one.count.generic
    before = isinstance(other, Meaning) and not other.implied and not other.count.generic
    return (score, named) > (best, before)


_Solved = tuple[tuple[object, ...], int, "Meaning | Unsure"]


def _solve(
    senses: Sequence[Sense], context: Context, unit: str, names: Sequence[str]
) -> _Solved | None:
    """One reading of all words, if it is free of contradictions; with how well it fits."""
    counts = list(dict.fromkeys(one for one in senses if isinstance(one, Count)))
    own = [one for one in counts if not one.generic]
    generic = [one for one in counts if one.generic]
    filters = list(dict.fromkeys(one for one in senses if isinstance(one, Filter)))
    missing = [one for one in senses if isinstance(one, Missing)]
    spans = {one.kind for one in senses if isinstance(one, PeriodWord)}
    share = Plain("share") in senses
    if len(own) > 1 or len(generic) > 1 or len(spans) > 1 or len(missing) > 1:
        return None
    ledgers = {one.ledger for one in own} | {one.ledger for one in filters}
    ledgers |= {one.ledger for one in missing if one.ledger}
    ledgers |= {one.ledger for one in senses if isinstance(one, Subject)}
    if len(ledgers) > 1 or (missing and own):
        return None
    named = [one for one in senses if isinstance(one, ColumnName)]
    if missing:
        if missing[0].unit and unit and unit != missing[0].unit:
            return None
        fit = int(missing[0].ledger in context.subjects or not missing[0].ledger)
        proposed = tuple((key, context.words.counts[key].label) for key in missing[0].propose)
        return (("missing", missing[0].reason), fit, Unsure(missing[0].reason, proposed))
    if len({one.column for one in filters}) < len(filters):
        return None
    count = own[0] if own else generic[0] if generic else None
    ledger = next(iter(ledgers), count.ledger if count else "")
    if any(one.ledger != ledger for one in named) and ledger:
        return None
    if generic and generic[0].ledger != ledger:
        return None
    # 满意情况 alone does not say which of its choices is counted, nor that all are.
    asked = {one.column for one in filters}
    if any(one.column not in asked for one in named) and Plain("total") not in senses:
        return None
    if count is None and not ledger:
        return None
    summed: tuple[str, ...] = ()
    if own and generic:
        merged = _with_generic(own[0], generic[0])
        if merged is None:
            return None
        summed = merged
    elif generic and not own and generic[0].ledger != ledger:
        return None
    fit = 2 * int(ledger in context.subjects)
    known = [*named, *(sense for name in names for sense in context.words.senses.get(name, ()))]
    columns = {(one.ledger, one.column) for one in known if isinstance(one, ColumnName)}
    for one in filters:
        fit += 3 * ((one.ledger, one.column) in columns)
        # 已反馈 is what happened, and the state in which a case is now only where 办理状态 is said.
        if one.column == "state" and (one.ledger, "state") not in columns:
            return None
    every = _default_counts(ledger, context) if count is None else [count]
    own_unit = "" if share else unit  # the % of a share is that of the share
    fitting = [one for one in every if _unit_fits(one, summed, own_unit)]
    if not fitting:
        return None
    return (
        (tuple(map(_number, fitting)), tuple(filters), summed, tuple(sorted(spans)), share),
        fit,
        Meaning(
            fitting[0], tuple(filters), next(iter(spans), ""), summed, share, implied=count is None
        )
        if len(fitting) == 1
        else Unsure(
            "可以按几种方式数：" + "、".join(one.label for one in fitting),
            tuple((one.key, one.label) for one in fitting),
        ),
    )


def _with_generic(own: Count, generic: Count) -> tuple[str, ...] | None:
    """What a word for a unit adds to a count: nothing, or the column to add up; None: no sense."""
    if generic.sum:
        same = generic.ledger == own.ledger
        if own.sum:
            return () if factor_between(own.unit, generic.unit) else None
        return generic.sum if same and not own.is_rate and not own.distinct else None
    if own.is_rate:  # a row 家数 before a column 排查率
        return ()
    return () if factor_between(own.unit, generic.unit) is not None and not own.sum else None


def _number(count: Count) -> Count:
    """A count without what it is called: 家数 of institutions is the same number as 机构数."""
    return replace(count, key="", label="", generic=False)


def _default_counts(ledger: str, context: Context) -> list[Count]:
    return [
        one
        for one in context.words.counts.values()
        if one.ledger == ledger and ((one.generic and not one.sum) or one.key in _DEFAULTS)
    ]


def _unit_fits(count: Count, summed: tuple[str, ...], unit: str) -> bool:
    own = ledger_named(count.ledger).by_key[summed[0]].unit if summed else count.unit
    return not unit or (unit in MONEY and own == "元") or factor_between(own, unit) is not None


def _chosen(
    solved: Mapping[tuple[object, ...], tuple[int, Meaning | Unsure]],
    texts: Sequence[str],
    context: Context,
    unit: str,
) -> Meaning | Unsure:
    said = "/".join(texts)
    if not solved:
        return Unsure(f"“{said}”里的词合不到一起，或单位不符", nearest(texts, context))
    best = max(score for score, _ in solved.values())
    found = [meaning for score, meaning in solved.values() if score == best]
    sure = [one for one in found if isinstance(one, Meaning)]
    if len(found) == 1 and sure:
        return _measured(sure[0], unit, context)
    if len(found) == 1:
        return found[0]
    counts = dict.fromkeys((one.count.key, one.count.label) for one in sure)
    ways = [one.words for one in sure]
    return Unsure(f"“{said}”有几种理解：{'；'.join(ways[:4])}", tuple(counts))


def _measured(meaning: Meaning, unit: str, context: Context) -> Meaning | Unsure:
    """With the unit in which the form wants it, and the filters of the title."""
    count = meaning.count
    own = (
        ledger_named(count.ledger).by_key[meaning.summed[0]].unit if meaning.summed else count.unit
    )
    extra = tuple(
        one
        for one in context.filters
        if one.ledger == count.ledger
        and all(one.column != other.column for other in meaning.filters)
    )
    meaning = replace(meaning, filters=(*meaning.filters, *extra))
    if count.day == ledger_named(count.ledger).dated and not count.days and not count.figure:
        for one in meaning.filters:
            if days := context.words.dated.get((one.ledger, one.column)):
                meaning = replace(meaning, count=replace(count, days=days))
    if meaning.share or own == "%":
        return replace(meaning, percent=unit in ("%", "百分比"))
    if own == "元":
        named = money_unit(unit, context.units)
        if named is None:
            both = unit in MONEY
            reason = (
                f"单位矛盾：表上写“{'、'.join(context.units)}”，这一列写“{unit}”"
                if both
                else "没有写明金额的单位（元还是万元）"
            )
            return Unsure(reason, ((count.key, count.label),))
        return replace(meaning, factor=factor_between("元", named) or 1.0)
    return replace(meaning, factor=factor_between(own, unit) or 1.0 if unit else 1.0)
