"""``user import``, ``list``, ``move``, ``disable`` from the command line."""

from __future__ import annotations

from pathlib import Path

from ledger.people.signin import SignInRefused, authenticate
from ledger.people.users import find_user
from ledger.storage import open_store
from tests.commands.conftest import PASSWORD, Run
from tests.people import quick_hashing  # noqa: F401


def test_a_list_makes_accounts_and_slips_once(run: Run, tmp_path: Path) -> None:
    people, slips = tmp_path / "名单.csv", tmp_path / "密码条.html"
    people.write_text("姓名,角色,辖区\n周正,领导,*\n郑平,局长,*\n", encoding="utf-8")
    run("init")
    refused = run("user", "import", people, "--slips", slips)
    assert (refused.code, slips.exists()) == (1, False)
    assert "第3行“角色”列" in refused.out
    done = run("user", "import", people, "--slips", slips, "--accept-valid", "--json").json
    assert (done["read"], done["created"], done["rejected"]) == (2, 1, 1)
    page = slips.read_text(encoding="utf-8")
    assert "周正" in page
    assert slips.stat().st_mode & 0o077 == 0
    again = run("user", "import", people, "--slips", slips, "--accept-valid")
    assert "不会覆盖" in again.err
    listed = run("user", "list", "--json").json["users"]
    assert [(one["name"], one["role"], one["must_change"]) for one in listed] == [
        ("周正", "leader", True)
    ]


def test_somebody_is_moved_and_disabled(run: Run) -> None:
    run("init")
    run("user", "add", "li", "--role", "leader", "--scope", "*", typed=f"{PASSWORD}\n")
    assert run("user", "move", "li").code == 2
    assert run("user", "move", "li", "--role", "auditor", "--name", "李四").code == 0
    user = find_user(open_store(), "li")
    assert (user.role.value, user.display_name) == ("auditor", "李四")
    assert run("user", "disable", "li").code == 0
    assert "已停用" in run("user", "list").out
    try:
        authenticate(open_store(), "li", PASSWORD)
    except SignInRefused:
        assert run("user", "enable", "li").code == 0
    assert authenticate(open_store(), "li", PASSWORD).name == "li"


def test_slips_that_were_lost_are_written_anew(run: Run, tmp_path: Path) -> None:
    run("init")
    for name in ("zhang", "li"):
        run("user", "add", name, "--role", "leader", "--scope", "*", typed=f"{PASSWORD}\n")
    one, every = tmp_path / "one.html", tmp_path / "every.html"
    assert run("user", "slips", "li", "--slips", one, "--json").json["reset"] == ["li"]
    assert run("user", "slips", "li", "--slips", one).code == 1, "a file is not written over"
    told = run("user", "slips", "--slips", every, "--json").json
    assert sorted(told["reset"]) == ["li", "zhang"]
    assert "zhang" in every.read_text(encoding="utf-8")
    assert run("user", "slips", "niemand", "--slips", tmp_path / "x.html").code == 1
