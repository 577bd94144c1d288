"""What must hold of every record and every completion of its unknown facts."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.tiers import FactType, RuleSet, judge
from tests.ledger.domain.tiers.test_engine import LOCAL, RULES
from tests.thoroughly import examples

USES = ["none", "facility_gap", "operation", "irregular"]
amounts = st.one_of(st.integers(0, 30), st.integers(0, 10**6), st.floats(0, 10**6))
KNOWN = {
    FactType.TRI: st.booleans(),
    FactType.NUMBER: amounts,
    FactType.TEXT: st.sampled_from(USES),
}
rule_sets = st.sampled_from([RULES, LOCAL])


def full_records(rules: RuleSet):
    return st.fixed_dictionaries({key: KNOWN[kind] for key, kind in rules.fact_types.items()})


@st.composite
def half_known(draw):
    """Rules, a record without gaps, and the same with some facts blanked."""
    rules = draw(rule_sets)
    full = draw(full_records(rules))
    blanks = draw(st.sets(st.sampled_from(sorted(full))))
    return rules, full, {key: None if key in blanks else full[key] for key in full}


def answers(result, rules):
    return {
        rule.id: True
        if rule.id in result.matched or rule.unless in result.matched
        else None
        if rule.id in result.possible
        else False
        for rule in rules.rules
    }


@given(half_known())
@settings(max_examples=examples(300))
def test_property_learning_a_fact_never_contradicts(case):
    """A definite answer stays, and no tier above ``at_most`` turns up."""
    rules, full, partial = case
    before, after = judge(partial, rules), judge(full, rules)
    later = answers(after, rules)
    assert all(answer in (None, later[rule]) for rule, answer in answers(before, rules).items())
    assert (after.tier or 0) <= (before.at_most or 0)
    assert (after.tier or 0) >= (before.tier or 0)


@given(half_known())
def test_property_known_facts_leave_nothing_open(case):
    rules, full, _ = case
    result = judge(full, rules)
    assert result.unknown == ()
    assert result.possible == ()
    assert result.at_most == result.tier


@given(half_known())
@settings(max_examples=examples(300))
def test_property_only_named_unknowns_can_raise_the_tier(case):
    """Learning everything except the facts in ``unknown`` changes nothing upwards."""
    rules, full, partial = case
    before = judge(partial, rules)
    assert all(partial[key] is None for key in before.unknown)
    others = {key: None if key in before.unknown else full[key] for key in full}
    after = judge(others, rules)
    assert after.tier == before.tier
    assert all(judge(partial, rules).facts_used[key] is not None for key in before.facts_used)


@given(half_known())
@settings(max_examples=examples(200))
def test_property_facts_used_alone_give_the_same_tier(case):
    """The facts named as reasons are reason enough."""
    rules, _, partial = case
    result = judge(partial, rules)
    alone = judge(result.facts_used, rules)
    assert alone.tier == result.tier
    assert alone.matched == result.matched


TRI = [key for key, kind in RULES.fact_types.items() if kind is FactType.TRI]


@given(half_known())
def test_property_remembered_outcomes_are_those_of_a_fresh_rule_set(case):
    """Outcomes are kept by pattern of facts; the pattern must hold all that matters."""
    rules, full, partial = case
    fresh = RuleSet.from_toml(rules.text)
    assert judge(partial, rules) == judge(partial, fresh)
    assert judge(full, rules) == judge(full, RuleSet.from_toml(rules.text))


@given(full_records(RULES), st.sets(st.sampled_from(TRI), max_size=5))
def test_property_at_most_bounds_every_completion(full, blanks):
    """Brute force over all answers to the yes/no facts that are unknown."""
    partial = {**full, **dict.fromkeys(blanks)}
    result = judge(partial, RULES)
    tiers = [
        judge({**partial, **dict(zip(blanks, filled, strict=True))}, RULES).tier
        for filled in product([True, False], repeat=len(blanks))
    ]
    assert max(tier or 0 for tier in tiers) <= (result.at_most or 0)
    if result.tier is not None:
        assert all(tier is not None and tier >= result.tier for tier in tiers)
    # Each default rule mentions a yes/no fact once: the bound is reached, not only kept.
    if result.at_most is not None and result.at_most > 1:
        assert result.at_most in tiers
