"""What an office changed for itself, as one file: taken along, kept with the backups, put back.

The office's name, how long protected texts are kept, the set of local clocks, holiday lists, rule
files that are not those of the program, the basemap, words, remembered mappings and kept forms. No
record, no account, no password and no key; an update of the program changes none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection

from ledger.domain.access import Action, Actor
from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.domain.timing.holiday_lists import read_year_list
from ledger.exchange.reading.kept_words import (
    KeptMapping,
    KeptWord,
    all_kept,
    check_kept,
    missing_kept,
    take_kept,
)
from ledger.exchange.writing.formats import Exported
from ledger.operations import retention, rule_files
from ledger.operations.rule_files import RULE_FILES
from ledger.operations.status import program_version
from ledger.people.office import (
    KINDS,
    OFFICE,
    basemap_here,
    portable_basemap,
    save_basemap,
    save_office,
)
from ledger.records import office_calendar, rulebook
from ledger.records.places.areas import require_reach
from ledger.records.surroundings import CLOCK_PROFILE, HOLIDAY_LISTS
from ledger.reporting.forms.carried_forms import (
    CarriedForm,
    all_forms,
    check_forms,
    missing_forms,
    take_forms,
)
from ledger.storage import Store, options
from ledger.storage.again import tried_again
from ledger.storage.joined import joined

MEDIA_TYPE = "application/json"
_LARGEST = 50_000_000


class LocalSettings(BaseModel):
    """The file. What is None or not there stays as it is where the file is taken over."""

    model_config = ConfigDict(extra="forbid", strict=True)

    format: Literal[1]
    program: str = Field(max_length=40)
    made_at: str = Field(max_length=40)
    office: str | None = None
    retention_months: int | None = None
    clock_profile: str | None = None
    holidays: dict[str, str] = Field(default_factory=dict)
    rules: dict[str, str] = Field(default_factory=dict)
    basemap: dict[str, str | int] | None = None
    words: list[KeptWord] = Field(default_factory=list)
    mappings: list[KeptMapping] = Field(default_factory=list)
    forms: list[CarriedForm] = Field(default_factory=list)


@dataclass(frozen=True)
class Difference:
    """One setting that the file has otherwise: what it is called, now and then."""

    key: str
    label: str
    now: str
    then: str


def settings_of(store: Store, actor: Actor) -> LocalSettings:
    """The settings of this office. Raises `Refused` if the actor may not change them."""
    _require(store, actor)
    with store.reading() as connection:
        words, mappings = all_kept(connection)
        return LocalSettings(
            format=1,
            program=program_version(),
            made_at=clock.now().isoformat(timespec="seconds"),
            office=str(options.read(connection, OFFICE, "") or "") or None,
            retention_months=options.read(connection, retention.OPTION),
            clock_profile=options.read(connection, CLOCK_PROFILE),
            holidays=dict(options.read(connection, HOLIDAY_LISTS, {})),
            rules=_own_rules(connection),
            basemap=portable_basemap(connection),
            words=words,
            mappings=mappings,
            forms=all_forms(connection),
        )


def settings_file(store: Store, actor: Actor) -> Exported:
    """The file of `settings_of`."""
    found = settings_of(store, actor)
    stamp = f"{clock.now().astimezone(clock.OFFICE):%Y%m%d}"
    content = found.model_dump_json(indent=1, exclude_none=True).encode()
    return Exported(f"本单位设置-{stamp}.json", content, MEDIA_TYPE, 1)


def read_settings(content: bytes) -> LocalSettings:
    """A file of `settings_file`, checked. Raises `Invalid`, which says what is wrong in it."""
    if len(content) > _LARGEST:
        raise Invalid("文件太大，不是本单位设置的文件")
    try:
        found = LocalSettings.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(one) for one in first["loc"]) or "文件"
        raise Invalid(
            f"不是本单位设置的文件，或已被改坏({where[:80]})。请用“导出本单位设置”得到的文件"
        ) from None
    _check(found)
    return found


def differences(store: Store, actor: Actor, given: LocalSettings) -> tuple[Difference, ...]:
    """What would change. Raises `Refused` as `settings_of`."""
    now = settings_of(store, actor)
    found = [
        Difference(key, label, _said(getattr(now, key)), _said(getattr(given, key)))
        for key, label in _SINGLE.items()
        if getattr(given, key) is not None and getattr(given, key) != getattr(now, key)
    ]
    for year, text in sorted(given.holidays.items()):
        if now.holidays.get(year) != text:
            known = "已载入另一份" if year in now.holidays else "未载入"
            found.append(Difference(f"holidays.{year}", f"{year} 年节假日", known, "文件里的"))
    with store.reading() as connection:
        for kind, text in given.rules.items():
            standing = rulebook.text_in_force(connection, kind)
            if rulebook.fingerprint(standing) != rulebook.fingerprint(text):
                versions = (f"版本 {rulebook.version_of(one)}" for one in (standing, text))
                found.append(Difference(f"rules.{kind}", RULE_FILES[kind].label, *versions))
        words, mappings, elsewhere = missing_kept(connection, given.words, given.mappings)
        forms, homeless = missing_forms(connection, given.forms)
    found += _basemap_difference(store, actor, now, given)
    if words:
        found.append(Difference("words", "叫法", "没有", f"新增 {len(words)} 个"))
    if mappings:
        found.append(Difference("mappings", "对照关系", "没有", f"新增 {len(mappings)} 个"))
    if forms:
        found.append(Difference("forms", "上级报表的空表", "没有", f"新增 {len(forms)} 张"))
    if elsewhere + homeless:
        said = f"{elsewhere + homeless} 个的区域不在本库，不采用"
        found.append(Difference("elsewhere", "叫法、对照关系和空表", "", said))
    return tuple(found)


def _basemap_difference(
    store: Store, actor: Actor, now: LocalSettings, given: LocalSettings
) -> list[Difference]:
    """None, or one: a basemap that cannot be used here is told and left out."""
    if given.basemap is None or given.basemap == now.basemap:
        return []
    both = (now.basemap or {}, given.basemap)
    kinds = [KINDS.get(str(one.get("kind")), "没有设定") for one in both]
    try:
        basemap_here(store, actor, given.basemap)
    except Invalid as error:
        return [Difference("basemap_elsewhere", "底图", kinds[0], f"不采用：{error}")]
    return [Difference("basemap", "底图", *kinds)]


@tried_again
def take_settings(store: Store, actor: Actor, given: LocalSettings) -> tuple[Difference, ...]:
    """Take over what differs, in one transaction: all of it, or nothing; returns what changed.

    Raises
    ------
    Refused, Invalid
        As the services of each setting; nothing is changed then.
    """
    with joined(store) as whole:
        changed = differences(whole, actor, given)
        _take(whole, actor, given, {one.key for one in changed})
    return changed


def _take(store: Store, actor: Actor, given: LocalSettings, keys: set[str]) -> None:
    if "office" in keys:
        save_office(store, actor, str(given.office))
    if "retention_months" in keys:
        retention.keep_for(store, actor, given.retention_months)
    for kind in rulebook.KINDS:  # figures before the words that speak of them
        if f"rules.{kind}" in keys:
            rule_files.adopt(store, actor, kind, given.rules[kind])
    if "clock_profile" in keys:
        office_calendar.choose_profile(store, actor, str(given.clock_profile))
    for year, text in given.holidays.items():
        if f"holidays.{year}" in keys:
            office_calendar.load_holiday_list(store, actor, text)
    if "basemap" in keys and given.basemap is not None:
        save_basemap(store, actor, basemap_here(store, actor, given.basemap))
    if {"words", "mappings"} & keys:
        take_kept(store, actor, given.words, given.mappings)
    if "forms" in keys:
        take_forms(store, actor, given.forms)


_SINGLE: Mapping[str, str] = {
    "office": "单位名称",
    "retention_months": "受保护信息保存期限(月)",
    "clock_profile": "网上诉求办理期限",
}


def _require(store: Store, actor: Actor) -> None:
    require_reach(store, actor, Action.MANAGE_OPTIONS)
    require_reach(store, actor, Action.MANAGE_RULES)


def _said(value: object) -> str:
    return "没有设定" if value is None else str(value)


def _own_rules(connection: Connection) -> dict[str, str]:
    """The texts in force that are not those of the program."""
    found = {}
    for kind in rulebook.KINDS:
        text = rulebook.text_in_force(connection, kind)
        own = rulebook.shipped(kind).read_text(encoding="utf-8")
        if rulebook.fingerprint(own) != rulebook.fingerprint(text):
            found[kind] = text
    return found


def _check(given: LocalSettings) -> None:
    """Everything that can be wrong, before anything is written. Raises `Invalid`."""
    for kind, text in given.rules.items():
        rule_files.check(kind, text, given.rules.get(rulebook.FIGURES))
    for year, text in given.holidays.items():
        if str(read_year_list(text).year) != year:
            raise Invalid(f"{year[:8]} 年的节假日安排写的是另一年")
    months = given.retention_months
    if months is not None and not retention.SHORTEST <= months <= retention.LONGEST:
        raise Invalid(f"保存期限须为{retention.SHORTEST}至{retention.LONGEST}个月")
    check_kept(given.words, given.mappings)
    check_forms(given.forms)
