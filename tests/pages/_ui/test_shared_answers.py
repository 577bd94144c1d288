"""Answers that are kept: fresh after every change, and nobody gets those of another area."""

from __future__ import annotations

from datetime import timedelta

from ledger.casework.awaiting import Group
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.timing import clock
from ledger.domain.timing.periods import Period, period_of
from ledger.records import service as records
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from pages._ui.shared_answers import (
    asked,
    breakdown_of,
    figures_of,
    numbers_of,
    rating_of,
    todo_now,
)
from tests.pages.builders import EAST_NORTH, WEST_VILLAGE, Office

KEY = "petitions_registered"


def who(office: Office, code: str, name: str = "甲", role: Role = Role.LEADER) -> Actor:
    path = current_atlas(office.store)[code].path
    return Actor(name, role, code, path, user_id=1)


def month() -> Period:
    return period_of("month", clock.today())


def petition(office: Office, area: str) -> None:
    values = {"registered_on": clock.today(), "matter": "押金不退", "area_code": area}
    records.create(office.store, SYSTEM, "petitions", values)


def number(office: Office, actor: Actor) -> float | None:
    return figures_of(asked(office.store, actor), month(), None, None)[KEY].value


def test_a_kept_answer_is_fresh_after_every_change(campaign: Office) -> None:
    reader = who(campaign, WEST_VILLAGE)
    before = number(campaign, reader) or 0
    petition(campaign, WEST_VILLAGE)
    assert number(campaign, reader) == before + 1
    apart = breakdown_of(asked(campaign.store, reader), month(), KEY, "period", None, None)
    assert apart.lines[-1].value.value == before + 1
    repeated = rating_of(asked(campaign.store, reader), month(), None).of(WEST_VILLAGE)
    assert {part.area_path for line in repeated.lines for part in line.parts} == {reader.scope_path}


def test_people_of_one_area_share_an_answer_and_others_do_not(campaign: Office) -> None:
    petition(campaign, WEST_VILLAGE)
    state = asked(campaign.store, who(campaign, WEST_VILLAGE))
    same = asked(campaign.store, who(campaign, WEST_VILLAGE, name="乙"))
    assert figures_of(state, month(), None, None) is figures_of(same, month(), None, None)
    for other in (
        who(campaign, EAST_NORTH),
        who(campaign, WEST_VILLAGE, role=Role.AUDITOR),
    ):
        assert asked(campaign.store, other) != state
    assert number(campaign, who(campaign, EAST_NORTH)) == 0


def test_an_answer_of_yesterday_is_not_kept_for_today(campaign: Office) -> None:
    reader = who(campaign, WEST_VILLAGE)
    today = asked(campaign.store, reader)
    with clock.pretend(clock.now() + timedelta(days=1)):
        assert asked(campaign.store, reader) != today


def counted(office: Office, actor: Actor) -> int:
    return numbers_of(asked(office.store, actor), "petitions", Selection())[0].count


def changed(office: Office, actor: Actor) -> int:
    return next(one.total for one in todo_now(office.store, actor) if one.group is Group.CHANGED)


def test_key_numbers_and_todo_lists_are_fresh_and_their_readers_own(campaign: Office) -> None:
    reader, elsewhere = who(campaign, WEST_VILLAGE), who(campaign, EAST_NORTH)
    before = [ask(campaign, who) for ask in (counted, changed) for who in (reader, elsewhere)]
    petition(campaign, WEST_VILLAGE)
    after = [ask(campaign, who) for ask in (counted, changed) for who in (reader, elsewhere)]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 0, 1, 0]
    assert todo_now(campaign.store, reader) is todo_now(campaign.store, reader)
    # What somebody did themselves is not new to them: nobody shares a list.
    assert changed(campaign, who(campaign, WEST_VILLAGE, name=SYSTEM.name)) < changed(
        campaign, reader
    )
