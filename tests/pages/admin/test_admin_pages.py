"""The administrator's pages and one's own account, run as Streamlit runs them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from ledger.domain.access import Role
from ledger.operations.retention import months_kept
from ledger.people import office, sessions
from ledger.people.users import as_actor, find_user
from ledger.storage import Store
from pages._ui import guard
from tests.conftest import PROJECT_ROOT
from tests.ledger.conftest import store  # noqa: F401
from tests.people import make_user, quick_hashing, token_of  # noqa: F401

Open = Callable[[str, Role], AppTest]
PAGES = PROJECT_ROOT / "pages"


@pytest.fixture
def open_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> Open:  # noqa: F811
    """``open_page("users", role)`` runs a page as a fresh user of that role."""

    def run(name: str, role: Role) -> AppTest:
        user = make_user(store, f"person-{role}", role)
        token = token_of(store, user)
        monkeypatch.setattr(guard, "session_token", lambda: token)
        return AppTest.from_file(str(PAGES / f"admin/{name}/page.py"), default_timeout=30).run()

    return run


@pytest.mark.parametrize("name", ["users", "log", "settings", "operations", "first_day", "account"])
def test_admin_pages_open_for_the_admin(open_page: Open, name: str) -> None:
    page = open_page(name, Role.ADMIN)
    assert not page.exception
    assert not page.error
    assert page.title


@pytest.mark.parametrize(
    ("name", "role"),
    [("users", Role.LEADER), ("settings", Role.AUDITOR), ("log", Role.OFFICE_STAFF)],
)
def test_admin_pages_refuse_others_with_one_message(open_page: Open, name: str, role: Role) -> None:
    page = open_page(name, role)
    assert len(page.warning) == 1
    assert "系统管理员" in page.warning[0].value
    assert not page.title


def test_without_a_session_a_page_shows_nothing(
    store: Store,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_user(store, "zhangsan")
    monkeypatch.setattr(guard, "session_token", lambda: None)
    page = AppTest.from_file(str(PAGES / "admin/users/page.py"), default_timeout=30).run()
    assert not page.title
    assert not page.dataframe


def test_a_session_that_ends_while_the_page_is_open(
    open_page: Open,
    store: Store,  # noqa: F811
) -> None:
    page = open_page("account", Role.LEADER)
    assert page.title
    user = find_user(store, "person-leader")
    sessions.end_all_of_user(store, as_actor(user), user.id)
    assert not page.run().title


def test_many_devices_are_told_and_the_own_one_comes_first(
    open_page: Open,
    store: Store,  # noqa: F811
) -> None:
    page = open_page("account", Role.LEADER)
    user = find_user(store, "person-leader")
    for _ in range(14):
        sessions.open_session(store, user)
    page.run()
    shown = [one.value for one in page.markdown if "登录于" in one.value]
    assert len(shown) == 10
    assert "当前设备" in shown[0]
    assert any("另有 5 台设备" in one.value for one in page.caption)


def test_the_offices_name_is_saved(open_page: Open, store: Store) -> None:  # noqa: F811
    page = open_page("settings", Role.ADMIN)
    page.text_input[0].set_value("示例街道办事处")
    page.button[0].click().run()
    assert not page.exception
    assert office.read_office(store) == "示例街道办事处"


def test_the_log_is_verified_on_the_page(open_page: Open) -> None:
    page = open_page("log", Role.AUDITOR)
    page.button[0].click().run()
    assert "日志完整" in page.success[0].value


def test_the_area_of_a_new_user_has_to_be_chosen(open_page: Open) -> None:
    """Somebody added in haste must not get the whole tree."""
    page = open_page("users", Role.ADMIN)
    page.button[0].click().run()
    (area,) = (box for box in page.selectbox if box.key == "new_scope_asked")
    assert area.value is None
    assert area.options[0] == "请选择"
    assert area.options[-1] == "全部区域"


def test_the_log_of_one_record_is_an_address(
    store: Store,  # noqa: F811
    open_page: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = open_page("log", Role.AUDITOR)
    page.text_input[0].set_value("JG-00007").run()
    assert page.query_params["number"] == "JG-00007"
    assert "没有符合条件的记录" in page.info[0].value


def test_a_list_of_people_ends_in_slips_that_are_put_away(open_page: Open) -> None:
    page = open_page("users", Role.ADMIN)
    text = "姓名,角色,辖区\n周正,领导,*\n郑平,局长,*\n".encode()
    page.file_uploader(key="people-file").upload("名单.csv", text, "text/csv").run()
    assert page.button(key="people-take").disabled
    page.checkbox(key="people-rest").check().run()
    page.button(key="people-take").click().run()
    assert not page.exception
    assert not page.dataframe
    slips = [one for one in page.get("html") if "初始密码" in one.proto.body]
    assert len(slips) == 1
    page.button(key="slips-done").click().run()
    assert "周正" in list(page.dataframe[-1].value["用户名"])
    assert not [one for one in page.get("html") if "初始密码" in one.proto.body]


def test_lost_slips_are_made_anew_in_one_act(
    store: Store,  # noqa: F811
    open_page: Open,
) -> None:
    make_user(store, "wangfang", must_change=True)
    make_user(store, "lishan")
    page = open_page("users", Role.ADMIN)
    assert "给还没有改过初始密码的 1 人全部重发" in [one.label for one in page.button]
    page.button(key="slips-waiting").click().run()
    assert not page.exception
    (slips,) = [one for one in page.get("html") if "初始密码" in one.proto.body]
    assert "wangfang" in slips.proto.body
    assert "lishan" not in slips.proto.body
    assert "重发密码条" in page.warning[0].value


def test_a_step_of_the_first_days_is_set_aside(open_page: Open) -> None:
    page = open_page("first_day", Role.ADMIN)
    page.button(key="aside-rules").click().run()
    assert not page.exception
    assert page.button(key="aside-rules").label == "重新办理"
    steps = [one.proto.body for one in page.get("html") if "first-day" in one.proto.body]
    assert any("看过了，按现行规则办理" in body for body in steps)


def test_a_file_of_settings_is_shown_before_it_is_taken(
    open_page: Open,
    store: Store,  # noqa: F811
) -> None:
    page = open_page("settings", Role.ADMIN)
    text = b'{"format": 1, "program": "0", "made_at": "", "retention_months": 36}'
    page.file_uploader(key="settings-file").upload("x.json", text, "application/json").run()
    assert months_kept(store) is None
    page.button(key="settings-take").click().run()
    assert not page.exception
    assert months_kept(store) == 36
