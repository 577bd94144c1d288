"""An office's own settings: out as one file, into another database, and nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Invalid, LedgerError, Refused
from ledger.domain.ledgers import INSTITUTIONS
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.reading.own_words import add_word, own_words
from ledger.exchange.reading.remembered import remember, remembered
from ledger.operations import retention, rule_files
from ledger.operations.local_settings import (
    differences,
    read_settings,
    settings_file,
    settings_of,
    take_settings,
)
from ledger.people.office import read_office, save_office
from ledger.records import office_calendar
from ledger.records.rulebook import DEADLINES, TIERS, shipped
from ledger.storage import Store, open_store
from tests.ledger.conftest import WEST, actor
from tests.people import make_user, quick_hashing  # noqa: F401

_HOLIDAYS = """国务院办公厅关于2027年部分节假日安排的通知
元旦：1月1日（周五）至3日（周日）放假，共3天。
"""


@pytest.fixture
def other(drawn_county: Path, tmp_path: Path) -> Iterator[Store]:
    """A second database of the same county."""
    path = tmp_path / "other" / "ledger.db"
    path.parent.mkdir()
    shutil.copyfile(drawn_county, path)
    opened = open_store(f"sqlite:///{path.as_posix()}")
    yield opened
    opened.dispose()


def change_everything(store: Store) -> None:
    clerk = actor(Role.OFFICE_STAFF, WEST)
    save_office(store, SYSTEM, "甲云镇")
    retention.keep_for(store, SYSTEM, 36)
    rules = shipped(TIERS).read_text(encoding="utf-8")
    rules = rules.replace("[limits]", "[limits]\nlocal_amount = 500000", 1)
    rule_files.adopt(store, SYSTEM, TIERS, rules)
    profile = next(one for one in office_calendar.profiles(store)[1])
    office_calendar.choose_profile(store, SYSTEM, profile)
    office_calendar.load_holiday_list(store, SYSTEM, _HOLIDAYS)
    add_word(store, clerk, INSTITUTIONS, "beds", "核定铺位")
    remember(store, clerk, INSTITUTIONS, "ab" * 32, "月报", FileMapping(columns={"name": "单位"}))


def test_what_an_office_changed_goes_over_whole_and_once(store: Store, other: Store) -> None:
    change_everything(store)
    given = read_settings(settings_file(store, SYSTEM).content)
    assert set(given.rules) == {TIERS}
    changed = {one.key for one in take_settings(other, SYSTEM, given)}
    assert {"office", "retention_months", f"rules.{TIERS}", "holidays.2027"} <= changed
    clerk = actor(Role.OFFICE_STAFF, WEST)
    assert read_office(other) == "甲云镇"
    assert [one.said for one in own_words(other, clerk, INSTITUTIONS)] == ["核定铺位"]
    assert [one.name for one in remembered(other, clerk, INSTITUTIONS)] == ["月报"]
    assert differences(other, SYSTEM, given) == ()
    ours, theirs = (settings_of(one, SYSTEM).model_dump() for one in (store, other))
    assert ours | {"made_at": ""} == theirs | {"made_at": ""}


def test_a_preview_changes_nothing(store: Store, other: Store) -> None:
    save_office(store, SYSTEM, "甲云镇")
    given = read_settings(settings_file(store, SYSTEM).content)
    (found,) = differences(other, SYSTEM, given)
    assert (found.now, found.then) == ("没有设定", "甲云镇")
    assert read_office(other) == ""


def test_what_the_file_does_not_say_stays(store: Store, other: Store) -> None:
    save_office(other, SYSTEM, "乙岚镇")
    take_settings(other, SYSTEM, read_settings(settings_file(store, SYSTEM).content))
    assert read_office(other) == "乙岚镇"


def test_words_of_an_area_that_is_not_here_are_left_out_and_told(
    store: Store, other: Store
) -> None:
    add_word(store, actor(Role.OFFICE_STAFF, WEST), INSTITUTIONS, "beds", "核定铺位")
    given = read_settings(settings_file(store, SYSTEM).content)
    given.words[0] = given.words[0].model_copy(update={"scope_path": "/9/"})
    (found,) = differences(other, SYSTEM, given)
    assert "区域不在本库" in found.then


def _changed(**values: Any) -> bytes:
    told: dict[str, Any] = {"format": 1, "program": "0", "made_at": "2026-01-01"}
    return json.dumps(told | values).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"no json",
        b"{}",
        _changed(format=2),
        _changed(password="x"),
        _changed(rules={"tiers": "version = 1"}),
        _changed(rules={"kings": ""}),
        _changed(holidays={"2028": _HOLIDAYS}),
        _changed(retention_months=0),
        _changed(words=[{"ledger": "institutions", "scope_path": "/", "column": "xx",
                         "said": "甲", "meant": ""}]),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_anywhere_is_refused_whole(content: bytes) -> None:
    with pytest.raises(LedgerError):
        read_settings(content)


def test_the_file_holds_no_account_and_no_secret(store: Store) -> None:
    make_user(store, "zhangsan", Role.ADMIN)
    change_everything(store)
    content = settings_file(store, SYSTEM).content.decode()
    assert "zhangsan" not in content
    assert "argon2" not in content
    assert DEADLINES not in json.loads(content)["rules"]


def test_settings_of_all_areas_are_for_who_has_all_areas(store: Store) -> None:
    with pytest.raises(Refused):
        settings_of(store, actor(Role.ADMIN, WEST))
    with pytest.raises(Invalid):
        read_settings(b"x" * 6_000_000)
