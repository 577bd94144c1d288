"""Accounts from a list of people: what is read, what is refused, what each person is handed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import InvalidFile, Refused
from ledger.exchange.importing.people_lists import PeopleList, add_people, new_slips, read_people
from ledger.exchange.printing.slips import slips_file
from ledger.people.accounts import list_users
from ledger.people.signin import SignInRefused, authenticate
from ledger.people.users import as_actor, find_user
from ledger.records.history.logbook import LogFilter, read_log
from ledger.storage import Store
from tests.ledger.conftest import EAST_GRID, WEST, WEST_GRID, WEST_VILLAGE, actor
from tests.people import make_user, quick_hashing  # noqa: F401

LIST = """甲云镇用户名单,,,,,
姓名,角色,镇(街道),村(社区),网格,联系电话
王芳,网格员,甲云镇,演示一村,一村第一网格,13912345678
王芳,网格员,,,一村第二网格,
李大山,专干,甲云镇,演示一村,,
赵强,镇（街道）经办,甲云镇,,,0571-88886666
填表人：某某,,,,,
"""


def read(store: Store, folder: Path, text: str) -> PeopleList:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return read_people(store, SYSTEM, path)


def test_a_list_is_read_by_names_of_areas_and_roles(store: Store, tmp_path: Path) -> None:
    found = read(store, tmp_path, LIST)
    assert found.problems == ()
    assert [(one.row, one.display_name, one.role, one.scope_code) for one in found.people] == [
        (3, "王芳", Role.GRID_WORKER, WEST_GRID),
        (4, "王芳", Role.GRID_WORKER, EAST_GRID),
        (5, "李大山", Role.VILLAGE_STAFF, WEST_VILLAGE),
        (6, "赵强", Role.OFFICE_STAFF, WEST),
    ]
    assert found.people[0].phone == "13912345678"


def test_everybody_can_sign_in_with_the_slip_and_must_change_it(
    store: Store, tmp_path: Path
) -> None:
    slips = add_people(store, SYSTEM, read(store, tmp_path, LIST).people)
    assert [slip.name for slip in slips] == ["王芳", "王芳2", "李大山", "赵强"]
    for slip in slips:
        assert authenticate(store, slip.name, slip.password).must_change
    assert len({slip.password for slip in slips}) == len(slips)


def test_the_same_list_again_makes_nobody(store: Store, tmp_path: Path) -> None:
    add_people(store, SYSTEM, read(store, tmp_path, LIST).people)
    again = read(store, tmp_path, LIST)
    assert (again.people, again.unchanged, again.problems) == ((), 4, ())


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("周正,局长,甲云镇,", "角色", "没有角色“局长”"),
        (",网格员,一村第一网格,", "姓名", "没有填写姓名"),
        ("周正,领导,,yi", "辖区", "没有填写"),
        ("周正,领导,无此镇,", "辖区", "没有代码或名称为“无此镇”"),
        ("周正,领导,甲云镇,李 四", "用户名", "2至40个字符"),
        ("周正,领导,甲云镇,有人", "用户名", "已有账号"),
        ("阿,领导,甲云镇,", "姓名", "请加一列“用户名”"),
    ],
)
def test_what_cannot_be_taken_is_told_by_row_and_column(
    store: Store, tmp_path: Path, row: str, column: str, said: str
) -> None:
    make_user(store, "有人", Role.AUDITOR, WEST)
    found = read(store, tmp_path, f"姓名,角色,辖区,用户名\n{row}\n")
    assert [(one.row, one.column) for one in found.problems] == [(2, column)]
    assert said in found.problems[0].message
    assert found.rejected == 1


def test_one_person_twice_is_told(store: Store, tmp_path: Path) -> None:
    line = "周正,领导,甲云镇\n"
    found = read(store, tmp_path, f"姓名,角色,辖区\n{line}{line}")
    assert (len(found.people), str(found.problems[0])[:3]) == (1, "第3行")


def test_an_area_wider_than_the_role_usually_has_is_asked_about(
    store: Store, tmp_path: Path
) -> None:
    found = read(store, tmp_path, "姓名,角色,辖区\n周正,网格员,演示一村\n")
    assert (len(found.people), found.rejected) == (1, 0)
    assert found.problems[0].severity == "warning"


def test_a_list_without_its_columns_says_which(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="没有找到“角色”“辖区”列"):
        read(store, tmp_path, "姓名,部门\n周正,民政办\n")


def test_an_administrator_of_a_township_takes_its_own_people_only(
    store: Store, tmp_path: Path
) -> None:
    admin = actor(Role.ADMIN, WEST)
    path = tmp_path / "people.csv"
    path.write_text("姓名,角色,辖区\n周正,领导,乙岚镇\n郑和平,领导,*\n", encoding="utf-8")
    assert read_people(store, admin, path).rejected == 2
    everywhere = read(store, tmp_path, "姓名,角色,辖区\n周正,领导,*\n").people
    with pytest.raises(Refused):
        add_people(store, admin, everywhere)
    assert list_users(store, SYSTEM) == []


def test_a_fault_of_one_leaves_nobody(store: Store, tmp_path: Path) -> None:
    people = read(store, tmp_path, "姓名,角色,辖区,用户名\n甲人,领导,*,yi\n乙人,领导,*,er\n").people
    make_user(store, "er")
    with pytest.raises(Exception, match="已被使用"):
        add_people(store, SYSTEM, people)
    assert [user.name for user in list_users(store, SYSTEM)] == ["er"]


def test_phone_and_password_stay_out_of_database_and_log(store: Store, tmp_path: Path) -> None:
    slips = add_people(store, SYSTEM, read(store, tmp_path, LIST).people)
    logged = repr(read_log(store, SYSTEM, LogFilter()).entries)
    assert "13912345678" not in logged
    assert not any(slip.password in logged or slip.password in repr(slip) for slip in slips)


def test_slips_are_inert(store: Store, tmp_path: Path) -> None:
    text = "姓名,角色,辖区,用户名\n<img src=x>,领导,*,yi\n"
    page = slips_file(add_people(store, SYSTEM, read(store, tmp_path, text).people)).decode()
    assert "&lt;img src=x&gt;" in page
    assert "<img" not in page


def test_an_account_named_by_hand_keeps_its_name(store: Store, tmp_path: Path) -> None:
    add_people(
        store, SYSTEM, read(store, tmp_path, "姓名,角色,辖区,账号\n甲,领导,*,JiaYi\n").people
    )
    assert find_user(store, "jiayi").display_name == "甲"


def test_a_lost_slip_is_made_anew_and_the_old_password_is_void(
    store: Store, tmp_path: Path
) -> None:
    (lost, *_) = add_people(store, SYSTEM, read(store, tmp_path, LIST).people)
    (fresh,) = new_slips(store, SYSTEM, [find_user(store, lost.name)])
    assert (fresh.name, fresh.display_name) == (lost.name, lost.display_name)
    assert authenticate(store, fresh.name, fresh.password).must_change
    with pytest.raises(SignInRefused):
        authenticate(store, lost.name, lost.password)


def test_new_slips_are_for_all_chosen_or_for_nobody(store: Store, tmp_path: Path) -> None:
    """One administrator alone gives no other administrator a new password."""
    slips = add_people(store, SYSTEM, read(store, tmp_path, LIST).people)
    make_user(store, "guanli", Role.ADMIN)
    chosen = [find_user(store, name) for name in (slips[0].name, "guanli")]
    admin = as_actor(make_user(store, "lingyi", Role.ADMIN))
    with pytest.raises(Refused):
        new_slips(store, admin, chosen)
    assert authenticate(store, slips[0].name, slips[0].password).must_change
