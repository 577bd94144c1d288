"""A database is a demo or an office's own from the moment it is made, and never turns."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.commands import init
from ledger.demo.loading import Demo
from ledger.domain.access import SYSTEM
from ledger.people import accounts
from ledger.people.users import has_users
from ledger.storage import open_store, options
from ledger.storage.purpose import is_demo, purpose_of
from tests.commands.conftest import PASSWORD, Run
from tests.ledger.sheets import fingerprint


@pytest.fixture
def alone() -> Callable[[], None]:
    """Lets go of what earlier commands of this process hold open; as processes they would."""
    gc.freeze()  # what earlier tests left is not looked through: that took seconds
    return lambda: gc.collect() and None


CODE = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}")


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample is as good as loaded: one account is enough here."""

    def load(store, **_more: object) -> Demo:
        if not has_users(store):
            word = accounts.DEMO_PASSWORD
            accounts.add_user(store, SYSTEM, "guanli", "admin", "*", word, demo=True)
        return Demo(True, 0, 0, 1)

    monkeypatch.setattr(init.demo, "load_demo", load)


def test_an_office_begins_with_a_code_and_takes_no_sample(run: Run) -> None:
    told = run("init", "--json").json
    assert (told["before"], told["purpose"]) == ("empty", "earnest")
    assert CODE.fullmatch(told["setup_code"])
    store = open_store()
    before = fingerprint(store)
    refused = run("init", "--demo")
    assert (refused.code, "正式库" in refused.err, "make serve" in refused.err) == (1, True, True)
    assert fingerprint(store) == before
    assert run("init", "--json").json["setup_code"] not in (None, told["setup_code"])
    words = ("user", "add", "guanli", "--role", "admin", "--scope", "*")
    assert run(*words, typed=f"{PASSWORD}\n").code == 0
    assert run("init", "--json").json["setup_code"] is None, "there is an account"
    store.dispose()


@pytest.mark.usefixtures("sample")
def test_a_demo_stays_a_demo_and_says_how_to_leave(run: Run) -> None:
    first = run("init", "--demo", "--json").json
    assert (first["purpose"], first["setup_code"]) == ("demo", None)
    assert run("init", "--demo").code == 0, "twice is as good as once"
    refused = run("init")
    assert refused.code == 1
    assert "leave-demo" in refused.err
    assert is_demo(open_store())


@pytest.mark.usefixtures("sample")
@pytest.mark.sqlite_only
def test_leaving_the_demo_keeps_it_and_begins_empty(
    run: Run, tmp_path: Path, alone: Callable[[], None]
) -> None:
    run("init", "--demo")
    store = open_store()
    assert store.sealer is not None  # makes the key file
    store.dispose()
    keys = (tmp_path / "ledger.key").read_bytes()
    alone()
    told = run("leave-demo", "--json").json
    moved = Path(told["demo_moved_to"])
    assert Path(told["demo_key_moved_to"]).read_bytes() == keys
    kept, fresh = open_store(f"sqlite:///{moved.as_posix()}"), open_store()
    assert has_users(kept)
    assert is_demo(kept)
    assert not has_users(fresh)
    assert not is_demo(fresh)
    assert accounts.first_admin(fresh, "zhuren", PASSWORD, told["setup_code"]).name == "zhuren"
    assert run("leave-demo").code == 1, "it is no demo any more"
    for one in (kept, fresh):
        one.dispose()


@pytest.mark.usefixtures("sample")
@pytest.mark.sqlite_only
def test_nobody_leaves_a_demo_that_is_being_served(
    run: Run, tmp_path: Path, alone: Callable[[], None]
) -> None:
    run("init", "--demo")
    alone()
    served = open_store()
    with served.reading() as connection:
        refused = run("leave-demo")
        assert purpose_of(connection) == "demo"
    served.dispose()
    assert (refused.code, "停止服务" in refused.err) == (1, True)
    assert [file.name for file in tmp_path.glob("*demo*")] == []
    alone()
    assert run("leave-demo").code == 0


def test_a_database_without_a_mark_is_a_demo_if_it_has_the_sample(run: Run) -> None:
    """As versions before the mark left them."""
    run("init")
    store = open_store()
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM options")
    assert not is_demo(store)
    with store.writing() as connection:
        options.write(connection, "demo", True)
    assert is_demo(store)
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM options")
    accounts.add_user(store, SYSTEM, "wangge", "leader", "*", accounts.DEMO_PASSWORD, demo=True)
    assert is_demo(store)
    store.dispose()
