"""An office's own settings: out as one file, into another database, and nothing else."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
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
from ledger.operations import local_settings, retention, rule_files
from ledger.operations.local_settings import (
    LocalSettings,
    differences,
    read_settings,
    settings_file,
    settings_of,
    take_settings,
)
from ledger.people.office import (
    BASEMAP,
    basemap_in_force,
    read_basemap_setting,
    read_office,
    save_basemap,
    save_office,
)
from ledger.records import office_calendar
from ledger.records.rulebook import CONTRADICTIONS, DEADLINES, FORM_WORDS, TIERS, shipped
from ledger.reporting.forms.form_answers import FormAnswers
from ledger.reporting.forms.kept_forms import answer_form, keep_form, kept_forms
from ledger.storage import Store, open_store, options
from tests.ledger.conftest import WEST, actor
from tests.ledger.reporting.forms.drawn import Drawn
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


TILES = {"kind": "xyz", "url": "https://tiles.example.cn/{z}/{x}/{y}", "datum": "cgcs2000"}


def change_everything(store: Store) -> None:
    clerk = actor(Role.OFFICE_STAFF, WEST)
    save_office(store, SYSTEM, "甲云镇")
    retention.keep_for(store, SYSTEM, 36)
    rules = shipped(TIERS).read_text(encoding="utf-8")
    rules = rules.replace("[limits]", "[limits]\nlocal_amount = 500000", 1)
    rule_files.adopt(store, SYSTEM, TIERS, rules)
    for kind in (CONTRADICTIONS, FORM_WORDS):
        text = shipped(kind).read_text(encoding="utf-8")
        rule_files.adopt(store, SYSTEM, kind, f"# 本地\n{text}")
    save_basemap(store, SYSTEM, TILES)
    profile = next(one for one in office_calendar.profiles(store)[1])
    office_calendar.choose_profile(store, SYSTEM, profile)
    office_calendar.load_holiday_list(store, SYSTEM, _HOLIDAYS)
    add_word(store, clerk, INSTITUTIONS, "beds", "核定铺位")
    remember(store, clerk, INSTITUTIONS, "ab" * 32, "月报", FileMapping(columns={"name": "单位"}))


def test_what_an_office_changed_goes_over_whole_and_once(store: Store, other: Store) -> None:
    change_everything(store)
    given = read_settings(settings_file(store, SYSTEM).content)
    assert set(given.rules) == {TIERS, CONTRADICTIONS, FORM_WORDS}
    changed = {one.key for one in take_settings(other, SYSTEM, given)}
    assert {"office", "retention_months", f"rules.{TIERS}", "holidays.2027", "basemap"} <= changed
    clerk = actor(Role.OFFICE_STAFF, WEST)
    assert read_office(other) == "甲云镇"
    assert [one.said for one in own_words(other, clerk, INSTITUTIONS)] == ["核定铺位"]
    assert [one.name for one in remembered(other, clerk, INSTITUTIONS)] == ["月报"]
    assert basemap_in_force(other)["url"] == TILES["url"]
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


def test_kept_forms_go_along_with_their_answers(store: Store, other: Store, tmp_path: Path) -> None:
    clerk = actor(Role.OFFICE_STAFF, WEST)
    blank = Drawn("信访情况月报").rows(("所属领域", "上访数"), ("其他", None))
    number = keep_form(store, clerk, blank.save(tmp_path / "信访月报.xlsx"))
    answer_form(store, clerk, number, FormAnswers(headers={"上访数": "petitions"}))
    given = read_settings(settings_file(store, SYSTEM).content)
    assert [one.key for one in take_settings(other, SYSTEM, given)] == ["forms"]
    (form,) = kept_forms(other, clerk)
    assert (form.name, form.answers.headers) == ("信访月报.xlsx", {"上访数": "petitions"})
    assert take_settings(other, SYSTEM, given) == ()
    broken = given.forms[0].model_copy(update={"blank": "不是base64"})
    with pytest.raises(Invalid, match="信访月报"):
        read_settings(given.model_copy(update={"forms": [broken]}).model_dump_json().encode())


def test_the_key_of_a_basemap_stays_where_it_is(store: Store, other: Store) -> None:
    """It is a secret; where it is not known, the basemap is told and left as it was."""
    tiles = TILES | {"url": "https://tiles.example.cn/{z}/{x}/{y}?tk={key}"}
    save_basemap(store, SYSTEM, tiles | {"key": "geheim"})
    content = settings_file(store, SYSTEM).content
    assert b"geheim" not in content
    (found,) = take_settings(other, SYSTEM, read_settings(content))
    assert "不采用" in found.then
    assert "密钥" in found.then
    assert basemap_in_force(other) is None
    save_basemap(other, SYSTEM, tiles | {"key": "anderer", "credit": "某局"})
    take_settings(other, SYSTEM, read_settings(content))
    assert read_basemap_setting(other, SYSTEM) == tiles | {
        "key": "anderer",
        "credit": "",
        "deepest": 18,
    }


def test_a_file_on_another_server_is_no_basemap_here(store: Store, other: Store) -> None:
    with store.writing() as connection:
        options.write(connection, BASEMAP, {"kind": "mbtiles", "path": "/nowhere.mbtiles"})
    save_office(store, SYSTEM, "甲云镇")
    given = read_settings(settings_file(store, SYSTEM).content)
    assert {one.key for one in take_settings(other, SYSTEM, given)} == {
        "office",
        "basemap_elsewhere",
    }
    assert read_office(other) == "甲云镇"


def test_settings_are_taken_over_whole_or_not_at_all(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of them fails: nothing of those before is there."""
    change_everything(store)
    given = read_settings(settings_file(store, SYSTEM).content)
    before = settings_of(other, SYSTEM).model_dump()

    def refuse(*_: object) -> None:
        raise Invalid("不行")

    monkeypatch.setattr(local_settings, "take_kept", refuse)
    with pytest.raises(Invalid, match="不行"):
        take_settings(other, SYSTEM, given)
    assert settings_of(other, SYSTEM).model_dump() | {"made_at": ""} == before | {"made_at": ""}


@pytest.mark.sqlite_only
def test_a_process_killed_half_way_leaves_nothing(store: Store, other: Store) -> None:
    """SIGKILL in the middle of the transaction, in a process of its own."""
    change_everything(store)
    given = read_settings(settings_file(store, SYSTEM).content)
    before = settings_of(other, SYSTEM).model_dump()
    forked = multiprocessing.get_context("fork")
    killed = forked.Process(target=_killed_half_way, args=(str(other.engine.url), given))
    killed.start()
    killed.join(60)
    assert killed.exitcode == -signal.SIGKILL
    assert settings_of(other, SYSTEM).model_dump() | {"made_at": ""} == before | {"made_at": ""}
    take_settings(other, SYSTEM, given)
    assert read_office(other) == "甲云镇"


def _killed_half_way(url: str, given: LocalSettings) -> None:
    local_settings.take_kept = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
    take_settings(open_store(url), SYSTEM, given)
