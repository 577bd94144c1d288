"""The matrix of roles: what each may do, in which ledger, and how scope is told by path."""

from __future__ import annotations

import pytest

from ledger.domain.access import SYSTEM, Action, Role
from ledger.domain.errors import Refused
from tests.ledger.conftest import COUNTY, EAST, WEST, WEST_GRID, actor, path_of

A = Action
# role, action, ledger, allowed: the table of DESIGN.md "roles", line by line
TABLE = [
    (Role.GRID_WORKER, A.READ, "institutions", True),
    (Role.GRID_WORKER, A.EDIT, "institutions", False),
    (Role.GRID_WORKER, A.CREATE, "inspections", True),
    (Role.GRID_WORKER, A.CREATE, "leads", True),
    (Role.GRID_WORKER, A.EDIT, "leads", False),
    (Role.GRID_WORKER, A.EXPORT, "institutions", False),
    (Role.VILLAGE_STAFF, A.EDIT, "institutions", True),
    (Role.VILLAGE_STAFF, A.EDIT, "petitions", True),
    (Role.VILLAGE_STAFF, A.DELETE, "institutions", False),
    (Role.VILLAGE_STAFF, A.IMPORT, "institutions", False),
    (Role.OFFICE_STAFF, A.IMPORT, "leads", True),
    (Role.OFFICE_STAFF, A.DELETE, "dispositions", True),
    (Role.OFFICE_STAFF, A.OVERRIDE, "institutions", False),
    (Role.OFFICE_STAFF, A.MANAGE_USERS, None, False),
    (Role.LEADER, A.OVERRIDE, "institutions", True),
    (Role.LEADER, A.CONFIRM, "institutions", True),
    (Role.LEADER, A.EDIT, "institutions", False),
    (Role.AUDITOR, A.READ, "petitions", True),
    (Role.AUDITOR, A.READ_LOG, None, True),
    (Role.AUDITOR, A.EXPORT, "institutions", False),
    (Role.ADMIN, A.READ, "institutions", False),
    (Role.ADMIN, A.LOAD_AREAS, None, True),
]


@pytest.mark.parametrize(("role", "action", "ledger", "allowed"), TABLE)
def test_role_may(role: Role, action: Action, ledger: str | None, allowed: bool) -> None:
    somebody = actor(role, COUNTY)
    assert somebody.may(action, ledger) is allowed
    if not allowed:
        with pytest.raises(Refused, match="联系系统管理员"):
            somebody.require(action, ledger)


def test_no_role_but_the_office_reveals_or_deletes() -> None:
    for action in (A.REVEAL, A.DELETE):
        able = {role for role in Role if actor(role, COUNTY).may(action, "petitions")}
        assert able == {Role.OFFICE_STAFF}


def test_scope_is_a_path_not_a_prefix_of_the_code() -> None:
    somebody = actor(Role.LEADER, WEST)
    assert somebody.sees(path_of(WEST_GRID))
    assert not somebody.sees(path_of(EAST))
    assert not somebody.sees(path_of(COUNTY))
    # The code of another area may begin with one's own.
    assert not somebody.sees(path_of(WEST).rstrip("/") + "9/")
    assert not somebody.sees(None)
    assert SYSTEM.sees(None)
