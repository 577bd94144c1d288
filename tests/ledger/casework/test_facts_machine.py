"""Facts of homes under any order of acts: set, asked again and judged as a plain reading says.

Leads, petitions, measures and visits are made, concluded, sent back, corrected, deleted and put
back; questions are answered in steps and in the home's record; facts are edited by hand between.
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger.casework import steps
from ledger.casework.case_facts import answer_fact
from ledger.casework.fact_moves import tier_with
from ledger.casework.fact_questions import asked_of
from ledger.domain.access import Role
from ledger.domain.proposals import Answer
from ledger.domain.timing import clock
from ledger.records import putting_back
from ledger.records import service as records
from ledger.records.fact_origins import fact_origins
from ledger.records.service import Edit
from ledger.storage import Store
from tests.ledger.casework.facts_model import FACTS, HAND, Case, Home, Office, Question
from tests.ledger.conftest import WEST, WEST_GRID, actor
from tests.thoroughly import examples

STAFF = actor(Role.OFFICE_STAFF, WEST)
KEEP = Answer(keep=True, reason="同名机构")
TRI = {True: "是", False: "否", None: "不详"}
finding = st.sampled_from(["true", "true", "partly", "false"])
kind = st.sampled_from(["request", "suggestion", None])
tri = st.sampled_from([True, False, None])
fact = st.sampled_from(FACTS)
which = st.integers(0, 7)
# Not answered, set (or taken back in one of two ways), kept.
given = st.sampled_from([None, 0, 1, 2, 2])
# Few cases, so that much happens to each.
MOST = 4
few = precondition(lambda self: len(self.office.cases) < MOST)


class Facts(RuleBasedStateMachine):
    """The program beside the model; the database is given by the test."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.office = Office()

    # ---- the program --------------------------------------------------------------------------

    def add(self, ledger: str, **values: Any) -> dict[str, Any]:
        place = {} if ledger == "institutions" else {"area_code": WEST_GRID}
        made = records.create(self.store, STAFF, ledger, values | place)
        return self.row(ledger, made)

    def row(self, ledger: str, record_id: int) -> dict[str, Any]:
        return records.get(self.store, STAFF, ledger, record_id)

    def save(self, ledger: str, record_id: int, **values: Any) -> None:
        edit = Edit(record_id, self.row(ledger, record_id)["version"], values)
        records.save(self.store, STAFF, ledger, [edit])

    def put_back(self, ledger: str, record_id: int, keys: tuple[str, ...] = ()) -> None:
        """Undo the newest change (of one of the keys, if any are named)."""
        entries = records.history(self.store, STAFF, ledger, record_id)
        newest = next(
            one
            for one in entries
            if one.action == "update" and (not keys or set(keys) & set(one.before))
        )
        putting_back.put_back_change(self.store, STAFF, newest.id, reason="改错了")

    # ---- homes --------------------------------------------------------------------------------

    @initialize(said=st.tuples(st.sampled_from([False, False, None, True]), tri))
    def open_homes(self, said: tuple[bool | None, bool | None]) -> None:
        for value in said:
            facts: dict[str, bool | None] = dict.fromkeys(FACTS, value)
            told = {one: TRI[held] for one, held in facts.items()}
            row = self.add("institutions", name="示例养老院", area_code=WEST_GRID, **told)
            home = Home(row["number"], row["id"], facts, dict.fromkeys(FACTS, HAND))
            self.office.homes[home.number] = home

    def home(self, at: int) -> Home:
        """Mostly the first one, so that cases meet."""
        return list(self.office.homes.values())[at % 4 == 3]

    def case(self, at: int, *ledgers: str, state: str = "") -> Case | None:
        found = [
            one
            for one in self.office.cases
            if (not ledgers or one.ledger in ledgers) and state in ("", one.state)
        ]
        return found[at % len(found)] if found else None

    @rule(at=which, which_fact=fact, value=tri)
    def edit_by_hand(self, at: int, which_fact: str, value: bool | None) -> None:
        home = self.home(at)
        self.save("institutions", home.record_id, **{which_fact: TRI[value]})
        self.office.write(home.number, {which_fact: value}, HAND)

    @precondition(lambda self: any(one.before for one in self.office.homes.values()))
    @rule(at=which)
    def put_a_home_back(self, at: int) -> None:
        changed = [one for one in self.office.homes.values() if one.before]
        home = changed[at % len(changed)]
        self.put_back("institutions", home.record_id, FACTS)
        self.office.write(home.number, dict(home.before[-1]), HAND)

    # ---- cases --------------------------------------------------------------------------------

    def keep_case(self, ledger: str, at: int, said: dict[str, Any], **values: Any) -> Case:
        home = self.home(at).number
        row = self.add(ledger, institution=home, **values)
        case = Case(ledger, row["id"], home, said, row.get("state", ""))
        self.office.cases.append(case)
        return case

    @few
    @rule(at=which, finding=finding, answer=given)
    def find_out_about_a_lead(self, at: int, finding: str, answer: int | None) -> None:
        told = {"registered_at": clock.now(), "source": "report", "matter": "高息揽储"}
        lead = self.keep_case("leads", at, {"finding": None, "verified": False}, **told)
        self.step(lead, "verify", {"handler": "李演示"}, "verifying", None)
        self.conclude(lead, finding, lead.home, answer)

    @few
    @rule(at=which, kind=kind)
    def register_a_petition(self, at: int, kind: str | None) -> None:
        told = {"registered_on": clock.today(), "matter": "押金不退", "kind": kind}
        self.keep_case("petitions", at, {"kind": kind}, **told)

    @few
    @rule(at=which, done=st.booleans())
    def hand_people_over(self, at: int, done: bool) -> None:
        today = clock.today()
        told = {"measure": "transfer", "opened_on": today, "police_transfer_on": today}
        told["done_on"] = today if done else None
        self.keep_case("dispositions", at, {"done": done}, **told)

    @few
    @rule(at=which, complained=tri, crime=tri)
    def visit(self, at: int, complained: bool | None, crime: bool | None) -> None:
        said = {"complained": complained, "suspected_crime": crime}
        told = {"round": 1, "inspected_on": clock.today(), "inspectors": "甲", "result": "sound"}
        visit = self.keep_case("inspections", at, said, **told, **said)
        self.office.visit_states(visit, FACTS)

    @rule(at=which, finding=finding, other=st.booleans(), answer=given)
    def conclude_again(self, at: int, finding: str, other: bool, answer: int | None) -> None:
        lead = self.case(at, "leads", state="verifying")
        if lead is not None and not lead.deleted:
            self.conclude(lead, finding, self.home(at).number if other else lead.home, answer)

    def conclude(self, lead: Case, finding: str, home: str, answer: int | None) -> None:
        values = {"finding": finding, "verification": "核实", "institution": home}
        said = {"finding": finding, "verified": True}
        self.step(lead, "conclude", values, "verified", answer, home, **said)

    @rule(at=which, answer=given)
    def send_a_lead_back(self, at: int, answer: int | None) -> None:
        lead = self.case(at, "leads", state="verified")
        if lead is not None and not lead.deleted:
            self.step(lead, "return", {}, "verifying", answer, verified=False)

    def step(
        self,
        case: Case,
        key: str,
        values: dict[str, Any],
        state: str,
        answer: int | None,
        home: str | None = None,
        **said: Any,
    ) -> None:
        """Take a step and answer what it asks, if it asks what the model asks."""
        row = self.row(case.ledger, case.record_id)
        foreseen = steps.questions_of(self.store, STAFF, case.ledger, row, key, values)
        case.change(home, state, **said)
        asked = self.office.about(case)
        assert {one.fact: _short(one) for one in foreseen} == asked
        answers = {} if answer is None else {one: _answer(asked[one], answer) for one in asked}
        steps.take_step(
            self.store,
            STAFF,
            case.ledger,
            case.record_id,
            row["version"],
            key,
            values,
            reason="核对",
            answers=answers,
        )
        for one, given in answers.items():
            self.decided(asked[one], given)

    @precondition(lambda self: self.office.cases)
    @rule(at=which, finding=finding, kind=kind, done=st.booleans(), which_fact=fact, value=tri)
    def correct_a_case(
        self,
        at: int,
        finding: str,
        kind: str | None,
        done: bool,
        which_fact: str,
        value: bool | None,
    ) -> None:
        case = self.case(at)
        assert case is not None
        said: dict[str, dict[str, Any]] = {
            "leads": {"finding": finding},
            "petitions": {"kind": kind},
            "dispositions": {"done": done},
            "inspections": {which_fact: value},
        }
        told = dict(said[case.ledger])
        if "done" in told:
            told = {"done_on": clock.today() if done else None}
        self.save(case.ledger, case.record_id, **told)
        self.office.visit_states(case, case.change(**said[case.ledger]))

    @precondition(lambda self: self.office.cases)
    @rule(at=which)
    def name_the_other_home(self, at: int) -> None:
        case = self.case(at)
        assert case is not None
        other = next(number for number in self.office.homes if number != case.home)
        self.save(case.ledger, case.record_id, institution=other)
        self.office.visit_states(case, case.change(other))

    @precondition(lambda self: any(one.before for one in self.office.cases))
    @rule(at=which)
    def put_a_case_back(self, at: int) -> None:
        changed = [one for one in self.office.cases if one.before]
        case = changed[at % len(changed)]
        self.put_back(case.ledger, case.record_id)
        home, state, said = case.before[-1]
        self.office.visit_states(case, case.change(home, state, **said))

    @precondition(lambda self: self.office.cases)
    @rule(at=which)
    def delete_or_restore(self, at: int) -> None:
        case = self.case(at)
        assert case is not None
        act = records.restore if case.deleted else records.delete
        version = self.row(case.ledger, case.record_id)["version"]
        act(self.store, STAFF, case.ledger, {case.record_id: version}, reason="重复登记")
        case.deleted = not case.deleted
        case.ask_anew(*FACTS)
        self.office.visit_states(case, FACTS)

    # ---- answers ------------------------------------------------------------------------------

    @rule(at=which, nth=which, answer=st.integers(0, 2))
    def answer_in_the_record(self, at: int, nth: int, answer: int) -> None:
        home = self.home(at)
        asked = asked_of(self.store, STAFF, home.number)
        if asked:
            one = asked[nth % len(asked)]
            given = _answer(_short(one), answer)
            version = self.row("institutions", home.record_id)["version"]
            answer_fact(self.store, STAFF, [one], version, given)
            self.decided(_short(one), given)

    def decided(self, asked: Question, given: Answer) -> None:
        number, fact, _, ledger, record_id = asked
        (case,) = (one for one in self.office.cases if one.key == (ledger, record_id))
        case.answered(fact, number, given.keep)
        if not given.keep:
            self.office.write(number, {fact: given.value}, ("case", *case.key))

    # ---- what is always so --------------------------------------------------------------------

    @invariant()
    def as_the_model_says(self) -> None:
        for home in self.office.homes.values():
            row = self.row("institutions", home.record_id)
            assert {one: row[one] for one in FACTS} == home.facts
            assert _sources(fact_origins(self.store, STAFF, home.record_id), home) == home.sources
            asked = {_short(one) for one in asked_of(self.store, STAFF, home.number)}
            assert asked == self.office.open_questions(home.number)
            tier = tier_with(self.store, row, {}).tier
            assert row["tier"] == (None if tier is None else str(tier))


def _short(one: Any) -> Question:
    return one.institution, one.fact, one.value, one.ledger, one.record_id


def _answer(asked: Question, chosen: int) -> Answer:
    takes = (Answer(True), Answer(True)) if asked[2] else (Answer(None), Answer(False))
    return (*takes, KEEP)[chosen]


def _sources(origins: Any, home: Home) -> dict[str, Any]:
    """The sources as shown; a fact that was blank from the beginning has none."""
    shown = {}
    for one in FACTS:
        origin = origins.get(one)
        if origin is None or origin.kind == "hand":
            shown[one] = HAND
        else:
            shown[one] = (origin.kind, origin.ledger, origin.record_id)
    return shown


def test_facts_are_as_a_plain_reading_says_whatever_happens(store: Store) -> None:
    Facts.store = store
    run_state_machine_as_test(
        Facts, settings=settings(max_examples=examples(8), stateful_step_count=30)
    )
