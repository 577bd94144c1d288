"""People are called by their names, those without an account as the record says."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Conflict, Outdated
from ledger.domain.ledgers import INSTITUTIONS
from ledger.exchange.importing.imports import check
from ledger.exchange.reading import remembered
from ledger.exchange.reading.mapping import FileMapping
from ledger.exchange.writing.exports import export
from ledger.people import accounts, admin_reset
from ledger.people.users import as_actor, find_user
from ledger.records import service as records
from ledger.records.person_names import person_names
from ledger.records.query import Selection
from tests.ledger.exchange.importing.test_round_trip import put, send
from tests.ledger.exchange.taking import take_over
from tests.pages.builders import PEOPLE, Office, build_office
from tests.people import PASSWORD

CLERK = PEOPLE[Role.OFFICE_STAFF][0]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    path = tmp_path_factory.mktemp("office") / "ledger.db"
    built = build_office(f"sqlite:///{path.as_posix()}", roles=(Role.OFFICE_STAFF,))
    accounts.set_display_name(built.store, SYSTEM, find_user(built.store, CLERK).id, "张小英")
    built.add("松鹤养老院")
    number = built.ids["松鹤养老院"]
    edit = records.Edit(number, 1, {"beds": 20})
    records.save(built.store, built.actor(Role.OFFICE_STAFF), "institutions", [edit])
    yield built
    built.close()


def test_names_of_accounts_and_of_others(office: Office) -> None:
    names = person_names(office.store, [CLERK, "系统", None])
    assert (names[CLERK], names["系统"]) == ("张小英", "系统")


def test_a_file_names_who_changed_a_record_last(office: Office) -> None:
    made = export(office.store, office.actor(Role.OFFICE_STAFF), "institutions", Selection(), "csv")
    header, row = BytesIO(made.content).read().decode("utf-8-sig").splitlines()[:2]
    assert row.split(",")[header.split(",").index("更新人")] == "张小英"


@pytest.mark.parametrize("suffix", ["xlsx", "geojson", "gpkg"])
def test_no_format_holds_a_login(office: Office, suffix: str) -> None:
    made = export(
        office.store, office.actor(Role.OFFICE_STAFF), "institutions", Selection(), suffix
    )
    held = made.content
    if suffix == "xlsx":
        with ZipFile(BytesIO(held)) as package:
            held = b"".join(package.read(name) for name in package.namelist())
    assert "张小英".encode() in held
    assert CLERK.encode() not in held


def test_a_returned_file_says_who_was_quicker(office: Office, tmp_path: Path) -> None:
    office.add("回填养老院")
    number, clerk = office.get("回填养老院")["number"], office.actor(Role.OFFICE_STAFF)
    path = send(office.store, tmp_path / "回填.xlsx", put(number, "床位数", 77))
    found = check(office.store, SYSTEM, "institutions", path)
    edit = records.Edit(office.ids["回填养老院"], 1, {"kind": "敬老院"})
    records.save(office.store, clerk, "institutions", [edit])
    with pytest.raises(Outdated, match="张小英改动了"):
        take_over(office.store, found)


def test_a_mapping_names_who_kept_it(office: Office) -> None:
    clerk = office.actor(Role.OFFICE_STAFF)
    mapping = FileMapping(columns={"name": "单位"})
    kept = remembered.remember(office.store, clerk, INSTITUTIONS, "f1", "月报", mapping)
    assert kept.updated_by == "张小英"
    assert remembered.recall(office.store, clerk, INSTITUTIONS)["f1"].updated_by == "张小英"
    (listed,) = remembered.remembered(office.store, clerk, INSTITUTIONS)
    assert listed.updated_by == "张小英"


def test_a_request_of_an_administrator_names_who_asked(office: Office) -> None:
    for name, shown in (("jia-gl", "甲管理"), ("yi-gl", "乙管理")):
        accounts.add_user(office.store, SYSTEM, name, Role.ADMIN, "*", PASSWORD, display_name=shown)
    asking, asked = (find_user(office.store, name) for name in ("jia-gl", "yi-gl"))
    admin_reset.ask(office.store, as_actor(asking), asked.id)
    waiting = admin_reset.waiting(office.store, as_actor(asking))
    assert waiting[asked.id].asked_by_name == "甲管理"


def test_a_conflict_names_the_person(office: Office) -> None:
    with pytest.raises(Conflict, match="已被 张小英 修改"):
        records.delete(
            office.store, SYSTEM, "institutions", {office.ids["松鹤养老院"]: 1}, reason="重复登记"
        )
