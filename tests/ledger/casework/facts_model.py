"""What is said of homes by whom, as a person with pen and paper would keep it (plain Python).

Every fact carries the name of what set it last: a hand, an answer about a case, or a visit. A case
that holds and was not dismissed bears its fact out, and so does a visit that stands. All visits are
of one day, so each bears out any fact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Source = tuple[str, str, int]
HAND: Source = ("hand", "", 0)
# Which fact a ledger speaks for.
SPEAKS = {"leads": "complained", "petitions": "complained", "dispositions": "suspected_crime"}
FACTS = ("complained", "suspected_crime")
Question = tuple[str, str, bool | None, str, int]


@dataclass
class Home:
    """An institution: its facts, and what set each."""

    number: str
    record_id: int
    facts: dict[str, bool | None]
    sources: dict[str, Source]
    before: list[dict[str, bool | None]] = field(default_factory=list)


@dataclass
class Case:
    """A lead, petition, measure or visit: what stands in it, and which facts were kept for it."""

    ledger: str
    record_id: int
    home: str
    said: dict[str, Any]
    state: str = "verifying"
    deleted: bool = False
    dismissed: set[tuple[str, str]] = field(default_factory=set)
    before: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, int]:
        return self.ledger, self.record_id

    def holds(self) -> bool:
        """Whether it speaks for its fact."""
        if self.deleted or self.ledger == "inspections":
            return False
        if self.ledger == "leads":
            return self.said["finding"] in ("true", "partly") and bool(self.said["verified"])
        if self.ledger == "petitions":
            return bool(self.said["kind"] != "suggestion")
        return bool(self.said["done"])

    def states(self, home: Home, fact: str) -> bool:
        """Whether it is a visit that stands and says of the home what the home says."""
        if self.ledger != "inspections" or self.deleted or self.home != home.number:
            return False
        return home.facts[fact] is not None and self.said[fact] == home.facts[fact]

    def change(
        self, home: str | None = None, state: str | None = None, **said: Any
    ) -> tuple[str, ...]:
        """Write it otherwise; returns the facts that it says otherwise now, and asks them anew."""
        after, there = self.said | said, home or self.home
        if (after, there, state or self.state) == (self.said, self.home, self.state):
            return ()
        self.before.append((self.home, self.state, self.said))
        self.state = state or self.state
        changed = []
        for fact in FACTS:
            speaks = SPEAKS.get(self.ledger) == fact and after != self.said
            if speaks or there != self.home or self.said.get(fact) != after.get(fact):
                self.ask_anew(fact)
                changed.append(fact)
        self.said, self.home = after, there
        return tuple(changed)

    def ask_anew(self, *facts: str) -> None:
        """Forget what was kept of these facts."""
        self.dismissed = {one for one in self.dismissed if one[0] not in facts}

    def answered(self, fact: str, home: str, keep: bool) -> None:
        """Note what was decided about the question."""
        (self.dismissed.add if keep else self.dismissed.discard)((fact, home))


@dataclass
class Office:
    """All homes and cases."""

    homes: dict[str, Home] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)

    def write(self, number: str, facts: dict[str, bool | None], source: Source) -> None:
        """Give a home facts; what was so before keeps its source."""
        home = self.homes[number]
        changed = {fact: value for fact, value in facts.items() if home.facts[fact] is not value}
        if changed:
            home.before.append({fact: home.facts[fact] for fact in changed})
            home.facts |= changed
            home.sources |= dict.fromkeys(changed, source)

    def visit_states(self, visit: Case, facts: tuple[str, ...]) -> None:
        """What a visit says takes the place of what the home said."""
        if visit.ledger == "inspections" and not visit.deleted:
            said = {one: visit.said[one] for one in facts if visit.said[one] is not None}
            self.write(visit.home, said, ("visit", *visit.key))

    def about(self, case: Case) -> dict[str, Question]:
        """What a step of the case asks: of two homes, that for which it speaks now."""
        asked = {one for number in self.homes for one in self.open_questions(number)}
        own = sorted((one for one in asked if one[3:] == case.key), key=lambda one: one[2] is True)
        return {one[1]: one for one in own}

    def speaking(self, number: str, fact: str) -> list[Case]:
        """The cases that bear a fact of a home out."""
        return [
            one
            for one in self.cases
            if one.home == number
            and SPEAKS.get(one.ledger) == fact
            and one.holds()
            and (fact, number) not in one.dismissed
        ]

    def open_questions(self, number: str) -> set[Question]:
        """What is asked about a home."""
        return {question for fact in FACTS for question in self._asked(self.homes[number], fact)}

    def _asked(self, home: Home, fact: str) -> Iterator[Question]:
        speaking, value = self.speaking(home.number, fact), home.facts[fact]
        if value is not True:
            for case in speaking:
                yield home.number, fact, True, case.ledger, case.record_id
        kind, *key = home.sources[fact]
        if value is None or (value and speaking) or (kind != "visit" and not value):
            return
        if kind == "hand" or any(one.states(home, fact) for one in self.cases):
            return
        (setter,) = (one for one in self.cases if one.key == tuple(key))
        if (fact, home.number) not in setter.dismissed:
            yield home.number, fact, None, setter.ledger, setter.record_id
