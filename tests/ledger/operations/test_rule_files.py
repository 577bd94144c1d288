"""Rules, clocks and holidays take effect everywhere in one transaction, or nowhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger.casework.contradictions import rules_for
from ledger.domain.access import SYSTEM, Actor, Role
from ledger.domain.errors import Invalid, LedgerError, Refused
from ledger.domain.ledgers import INSTITUTIONS
from ledger.domain.timing.periods import period_of
from ledger.operations import rule_files
from ledger.records import office_calendar as timekeeping
from ledger.records import reckoning, rulebook
from ledger.records import service as records
from ledger.records.duties import duties_of
from ledger.records.history import chain_check
from ledger.records.places.areas import current_atlas
from ledger.records.reckoning import Moved
from ledger.records.surroundings import surroundings_of
from ledger.reporting.figures import figures
from ledger.reporting.forms.form_words import form_words
from ledger.reporting.rating.points import rate
from ledger.storage import Store, options
from tests.ledger.conftest import WEST, WEST_VILLAGE, actor
from tests.ledger.records.test_saving import standing_otherwise

ADMIN = actor(Role.ADMIN, "*")
KINDS = rulebook.KINDS


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of rule files of this test's own."""
    for kind in KINDS:
        text = rulebook.shipped(kind).read_text(encoding="utf-8")
        (tmp_path / f"{kind}.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(rulebook, "shipped", lambda kind: tmp_path / f"{kind}.toml")
    return tmp_path


@pytest.fixture
def settled(store: Store, disk: Path) -> Store:
    """The office, started once with the files as they are."""
    reckoning.settle(store)
    return store


@pytest.fixture
def home(settled: Store, office: Actor) -> int:
    """An institution of tier three, visited once: the next visit after sixty days."""
    values = {"name": "松柏院", "area_code": WEST_VILLAGE, "complained": "是"}
    home = records.create(settled, office, "institutions", values)
    records.create(
        settled,
        office,
        "inspections",
        {
            "institution": "松柏院",
            "round": 1,
            "inspected_on": "2026-09-07",
            "inspectors": "甲、乙",
            "result": "未发现问题",
        },
    )
    return home


def change(disk: Path, kind: str, old: str, new: str) -> None:
    file = disk / f"{kind}.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def sixty_to_ten(disk: Path) -> None:
    """The next visit of tier three after ten days instead of sixty."""
    text = (disk / "deadlines.toml").read_text(encoding="utf-8")
    before, key, after = text.partition('key = "reinspect_tier_3"')
    after = after.replace("amount = 60", "amount = 10", 1)
    after = after.replace("warn_days = 7", "warn_days = 3", 1)
    (disk / "deadlines.toml").write_text(before + key + after, encoding="utf-8")


def dates(store: Store, home: int) -> tuple[date, date]:
    """The deadline as the list has it, and as the record's page works it out."""
    row = records.get(store, SYSTEM, "institutions", home)
    with store.reading() as connection:
        surroundings = surroundings_of(store, connection, current_atlas(store))
    (due,) = [
        duty.due
        for duty in duties_of(INSTITUTIONS, row, surroundings)
        if duty.key == "reinspect_tier_3"
    ]
    assert isinstance(due, date)
    return row["due_on"], due


def test_a_changed_file_of_clocks_changes_nothing_until_it_is_put_in_force(
    settled: Store, disk: Path, home: int
) -> None:
    sixty_to_ten(disk)
    assert dates(settled, home) == (date(2026, 11, 6), date(2026, 11, 6))
    (offered,) = [one for one in rule_files.standing(settled, ADMIN) if one.offered is not None]
    assert offered.kind == "deadlines"
    assert rule_files.preview(settled, ADMIN, "deadlines") == Moved(0, 1)
    assert dates(settled, home) == (date(2026, 11, 6), date(2026, 11, 6))
    assert rule_files.adopt(settled, ADMIN, "deadlines") == Moved(0, 1)
    assert dates(settled, home) == (date(2026, 9, 17), date(2026, 9, 17))
    assert standing_otherwise(settled) == []
    assert all(one.offered is None for one in rule_files.standing(settled, ADMIN))


def test_a_changed_file_of_tiers_changes_nothing_until_it_is_put_in_force(
    settled: Store, disk: Path, home: int, office: Actor
) -> None:
    change(disk, "tiers", 'version = "', 'version = "新-')
    change(disk, "tiers", "prosecuted or complained or blacklisted", "prosecuted or blacklisted")
    version = records.get(settled, office, "institutions", home)["version"]
    records.save(settled, office, "institutions", [records.Edit(home, version, {"beds": 5})])
    assert records.get(settled, office, "institutions", home)["tier"] == "3"
    moved = rule_files.adopt(settled, ADMIN, "tiers")
    assert (moved.tiers, moved.deadlines) == (1, 1)
    assert standing_otherwise(settled) == []
    with settled.reading() as connection:
        assert rulebook.rules_in_force(connection).version.startswith("新-")
        assert chain_check.verify(connection).sound


def test_figures_and_ratings_are_counted_by_what_is_in_force(settled: Store, disk: Path) -> None:
    change(disk, "figures", 'version = "', 'version = "新-')
    change(disk, "rating", 'version = "', 'version = "新-')
    atlas, month = current_atlas(settled), period_of("month", date(2026, 9, 1))

    def versions() -> list[bool]:
        told = [
            figures(settled, SYSTEM, month).version,
            rate(settled, SYSTEM, atlas, month).rules.version,
        ]
        return [version.startswith("新-") for version in told]

    assert versions() == [False, False]
    rule_files.adopt(settled, ADMIN, "figures")
    assert versions() == [True, False]
    rule_files.adopt(settled, ADMIN, "rating")
    assert versions() == [True, True]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_cannot_be_used_is_told_and_changes_nothing(
    settled: Store, disk: Path, kind: str
) -> None:
    rule_files.adopt(settled, ADMIN, kind)
    (disk / f"{kind}.toml").write_text("version = 一", encoding="utf-8")
    (broken,) = [one for one in rule_files.standing(settled, ADMIN) if one.fault is not None]
    assert (broken.kind, broken.offered) == (kind, None)
    with pytest.raises(LedgerError, match="第 1 行"):
        rule_files.adopt(settled, ADMIN, kind)
    with settled.reading() as connection:
        assert rulebook.text_in_force(connection, kind) != "version = 一"


def test_a_kind_there_is_none_of_is_refused(settled: Store) -> None:
    with pytest.raises(Invalid, match="没有“colours”这种规则文件，可用：tiers"):
        rule_files.adopt(settled, ADMIN, "colours")


def test_what_changed_while_nothing_ran_is_caught_up_with_at_the_start(
    settled: Store, home: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reckoning.settle(settled) is None
    from ledger.domain.timing import deadlines

    later = deadlines.next_deadline
    monkeypatch.setattr("ledger.records.duties.next_deadline", lambda found: None)
    monkeypatch.setattr(reckoning, "READING", reckoning.READING + 1)
    assert reckoning.settle(settled) == Moved(0, 1)
    assert records.get(settled, SYSTEM, "institutions", home)["due_on"] is None
    monkeypatch.setattr("ledger.records.duties.next_deadline", later)
    monkeypatch.setattr(reckoning, "READING", reckoning.READING + 2)
    assert reckoning.settle(settled) == Moved(0, 1)
    assert standing_otherwise(settled) == []


def test_an_office_of_an_earlier_version_is_worked_out_whole_at_the_first_start(
    store: Store, disk: Path, office: Actor
) -> None:
    values = {"name": "松柏院", "area_code": WEST_VILLAGE, "complained": "是"}
    home = records.create(store, office, "institutions", values)
    change(disk, "tiers", "prosecuted or complained or blacklisted", "prosecuted or blacklisted")
    moved = reckoning.settle(store)
    assert moved is not None
    assert moved.tiers == 1
    assert records.get(store, office, "institutions", home)["tier"] != "3"
    with store.reading() as connection:
        held = [kind for kind in KINDS if rulebook.in_force(connection, kind)]
    assert tuple(held) == rulebook.FROM_THE_START


def test_loading_holidays_is_caught_up_with_by_itself(settled: Store, home: int) -> None:
    timekeeping.load_holiday_list(settled, ADMIN, "2027年\n1月1日至3日放假")
    assert reckoning.settle(settled) is None
    with settled.reading() as connection:
        assert options.read(connection, reckoning.BASIS) is not None


@pytest.mark.parametrize("role", [Role.OFFICE_STAFF, Role.LEADER, Role.AUDITOR])
def test_only_an_administrator_puts_rule_files_in_force(settled: Store, role: Role) -> None:
    somebody = actor(role, WEST)
    for service in (rule_files.adopt, rule_files.preview):
        with pytest.raises(Refused):
            service(settled, somebody, "deadlines")
    with pytest.raises(Refused):
        rule_files.standing(settled, somebody)


def named(store: Store, kind: str) -> str:
    """A word of the kind that is in force now: labels of contradictions, senses of forms."""
    if kind == rulebook.FORM_WORDS:
        return " ".join(form_words(store).senses)
    return " ".join(one.label for one in rules_for(store, SYSTEM))


@pytest.mark.parametrize(
    ("kind", "old"),
    [(rulebook.CONTRADICTIONS, "机构已关停，线索还未办结"), (rulebook.FORM_WORDS, "本半月")],
)
def test_words_follow_the_program_until_an_office_has_its_own(
    settled: Store, disk: Path, kind: str, old: str
) -> None:
    """An update replaces the program's file: it is used at once, but never over an office's own."""
    change(disk, kind, old, "更新一")
    assert "更新一" in named(settled, kind)
    text = (disk / f"{kind}.toml").read_text(encoding="utf-8").replace("更新一", "本地写法")
    assert rule_files.preview(settled, ADMIN, kind, text) == Moved(0, 0)
    assert "本地写法" not in named(settled, kind)
    rule_files.adopt(settled, ADMIN, kind, text)
    change(disk, kind, "更新一", "更新二")
    assert "本地写法" in named(settled, kind)
    assert "更新二" not in named(settled, kind)
    (waiting,) = [one for one in rule_files.standing(settled, ADMIN) if one.kind == kind]
    assert waiting.offered is not None, "the new one of the program is offered"
    rule_files.adopt(settled, ADMIN, kind)
    assert "更新二" in named(settled, kind)


def test_words_of_forms_are_held_against_the_figures_in_force(settled: Store) -> None:
    figures = rulebook.shipped(rulebook.FIGURES).read_text(encoding="utf-8")
    words = rulebook.shipped(rulebook.FORM_WORDS).read_text(encoding="utf-8")
    words = words.replace('figure = "petitions_finished"', 'figure = "petitions_here"', 1)
    with pytest.raises(LedgerError, match="petitions_here"):
        rule_files.adopt(settled, ADMIN, rulebook.FORM_WORDS, words)
    figures = figures.replace('key = "petitions_finished"', 'key = "petitions_here"')
    rule_files.adopt(settled, ADMIN, rulebook.FIGURES, figures)
    rule_files.adopt(settled, ADMIN, rulebook.FORM_WORDS, words)
    told = [one.message for one in rule_files.faults(settled, ADMIN)]
    assert [one for one in told if one.startswith("现行")] == []
