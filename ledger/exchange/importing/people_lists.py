"""Accounts from a list of people: name, role, area, phone; each gets a random first password.

The list is an Excel file or any table that `ledger.exchange.reading` reads. Phones stand on the
slips that hand the passwords out (`ledger.exchange.printing.slips`) and are not stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ledger.domain.access import Action, Actor, Role
from ledger.domain.errors import InvalidFile, Problem
from ledger.domain.progress import Progress, silent
from ledger.exchange.reading.people_rows import Person, read_rows
from ledger.people import passwords
from ledger.people.accounts import list_users
from ledger.people.new_accounts import NewAccount, add_accounts
from ledger.people.resetting import reset_passwords
from ledger.people.users import User, fold_name
from ledger.records.places.areas import current_atlas
from ledger.storage import Store
from ledger.storage.own_files import refuse_own_files

# A first password takes about 0.1 s to hash: more would keep the page waiting for minutes.
MOST_PEOPLE = 1_000


@dataclass(frozen=True)
class PeopleList:
    """What a list says: accounts to be made, how many are there already, and what is wrong.

    ``read`` counts the rows with a person; ``people`` are those that can be taken.
    """

    file: str
    read: int
    people: tuple[Person, ...]
    unchanged: int
    problems: tuple[Problem, ...]

    @property
    def rejected(self) -> int:
        """Rows that cannot be taken."""
        return len({one.row for one in self.problems if one.severity == "error"})


@dataclass(frozen=True)
class Slip:
    """What one person is handed: how to sign in, once. The password is stored nowhere."""

    name: str
    display_name: str
    role: Role
    scope_name: str
    phone: str
    password: str = field(repr=False)


def read_people(store: Store, actor: Actor, path: Path, *, sheet: str | None = None) -> PeopleList:
    """Check a list of people; nothing is written.

    Parameters
    ----------
    path
        A table with the columns 姓名, 角色 and the area (辖区 as a name or a code, or 镇(街道),
        村(社区), 网格 in a column each); 电话 and 用户名 may be there. A row whose account exists
        already, with this role and area, counts as unchanged.

    Raises
    ------
    Refused
        If the actor may not manage users.
    InvalidFile
        If the file is no table, or has no such columns.
    """
    actor.require(Action.MANAGE_USERS)
    refuse_own_files(store, path)
    rows = read_rows(path, sheet, current_atlas(store), actor)
    if len(rows) > MOST_PEOPLE:
        raise InvalidFile(
            f"有 {len(rows):,} 人，一次最多 {MOST_PEOPLE:,} 人，请分成几份", path.name
        )
    known = _Known(list_users(store, actor))
    people: list[Person] = []
    problems: list[Problem] = []
    unchanged = 0
    for row in rows:
        problems += row.problems
        if row.person is None:
            continue
        fault = known.fault(row.person)
        if fault is not None:
            problems.append(Problem(row.row, *fault))
        elif known.is_there(row.person):
            unchanged += 1
        else:
            people.append(row.person)
    return PeopleList(path.name, len(rows), tuple(people), unchanged, tuple(problems))


def add_people(
    store: Store, actor: Actor, people: Sequence[Person], *, progress: Progress = silent
) -> list[Slip]:
    """Make the accounts of a checked list, all or none; returns what each person is handed.

    Raises
    ------
    Refused, Invalid
        As `ledger.people.new_accounts.add_accounts`.
    """
    actor.require(Action.MANAGE_USERS)
    given, accounts = [], []
    for done, one in enumerate(people):
        progress("生成初始密码", done, len(people))
        password = passwords.first_password(one.name or one.display_name)
        given.append(password)
        accounts.append(
            NewAccount(
                one.name, one.display_name, one.role, one.scope_code, passwords.hashed(password)
            )
        )
    made = add_accounts(store, actor, accounts)
    return [
        Slip(user.name, user.display_name, user.role, user.scope_name, one.phone, password)
        for user, one, password in zip(made, people, given, strict=True)
    ]


def new_slips(
    store: Store, actor: Actor, users: Sequence[User], *, progress: Progress = silent
) -> list[Slip]:
    """New first passwords for people whose slips were lost, all or none; the old ones are void.

    Raises
    ------
    Refused, NotFound
        As `ledger.people.resetting.reset_passwords`.
    """
    actor.require(Action.MANAGE_USERS)
    given, hashes = [], {}
    for done, one in enumerate(users):
        progress("生成初始密码", done, len(users))
        password = passwords.first_password(one.name)
        given.append(password)
        hashes[one.id] = passwords.hashed(password)
    return [
        Slip(user.name, user.display_name, user.role, user.scope_name, "", password)
        for user, password in zip(reset_passwords(store, actor, hashes), given, strict=True)
    ]


class _Known:
    """The accounts that are there, and the rows of the list that came before."""

    def __init__(self, users: Sequence[User]) -> None:
        self._users = {user.name: user for user in users}
        self._people = {(user.display_name, user.role, user.scope_code) for user in users}
        self._rows: dict[object, int] = {}

    def is_there(self, person: Person) -> bool:
        """Whether this person has an account with this role and area."""
        if person.name:
            return fold_name(person.name) in self._users
        return (person.display_name, person.role, person.scope_code) in self._people

    def fault(self, person: Person) -> tuple[str, str] | None:
        """The column and what is wrong with a row beside those before it and what is there."""
        who = (person.display_name, person.role, person.scope_code)
        key: object = fold_name(person.name) if person.name else who
        before = self._rows.setdefault(key, person.row)
        if before != person.row:
            what = "用户名" if person.name else "姓名、角色和辖区"
            return ("用户名" if person.name else "姓名"), f"{what}与第{before}行相同，请删去一行"
        user = self._users.get(fold_name(person.name)) if person.name else None
        if user is not None and (user.role, user.scope_code) != (person.role, person.scope_code):
            now = f"{user.role.label}，{user.scope_name}"
            return "用户名", f"“{user.name}”已有账号({now})。请在“用户”页调整，或换一个用户名"
        return None
