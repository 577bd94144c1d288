"""The table decides alone: no other module asks who somebody is, and its parts agree."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, String, Table, create_engine, insert, select

from ledger.domain.access import (
    FIELDS,
    RIGHTS,
    SCOPE,
    Action,
    Reach,
    Relation,
    Role,
    roles_with,
)
from ledger.domain.errors import Refused
from ledger.domain.ledgers import LEDGERS
from ledger.records.places.areas import require_reach
from ledger.storage import Store
from tests.conftest import PROJECT_ROOT
from tests.house.sources import nodes_of, syntax_tree
from tests.ledger.conftest import COUNTY, EAST, WEST, WEST_GRID, WEST_VILLAGE, actor, path_of


def _sources() -> list[Path]:
    folders = (PROJECT_ROOT / name for name in ("ledger", "pages"))
    return [path for folder in folders for path in folder.rglob("*.py") if "demo" not in path.parts]


def _asks_for_roles(tree: ast.Module) -> list[int]:
    """Lines that compare the role of who acts (None, the system itself, is no role)."""
    lines = []
    for node in nodes_of(tree):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        names = {ast.unparse(side) for side in sides}
        about_role = any(name.endswith("actor.role") for name in names)
        if about_role and "None" not in names:
            lines.append(node.lineno)
    return lines


def test_nothing_but_the_table_asks_for_roles() -> None:
    found = [
        f"{path.relative_to(PROJECT_ROOT).as_posix()}:{line}"
        for path in _sources()
        for line in _asks_for_roles(syntax_tree(path))
    ]
    assert found == [], (
        "ask actor.may(Action.…) and give the roles their line in ledger/domain/access.py"
    )


def test_the_search_for_role_comparisons_finds_them() -> None:
    written = "if actor.role is Role.LEADER: pass\nif actor.role in (a, b): pass\n"
    assert _asks_for_roles(ast.parse(written)) == [1, 2]
    assert _asks_for_roles(ast.parse("if actor.role is None: pass")) == []


def test_every_part_of_the_table_has_words_and_an_owner() -> None:
    assert all(one.label for words in (Action, Role, Reach, Relation) for one in words)
    assert set(SCOPE) == set(Relation)
    assert {right.action for right in RIGHTS} == set(Action), "an action that nobody may take"
    named = {key for right in RIGHTS for key in right.ledgers or ()}
    assert named <= set(LEDGERS)
    assert {column.sensitivity for ledger in LEDGERS.values() for column in ledger.columns} <= set(
        FIELDS
    )


def test_administrators_see_no_ledger_and_auditors_change_nothing() -> None:
    contents = {Action.READ, Action.EDIT, Action.CREATE, Action.DELETE, Action.EXPORT}
    contents |= {Action.IMPORT, Action.REVEAL, Action.READ_BULLETIN}
    looks = {Action.READ, Action.READ_LOG, Action.READ_BULLETIN, Action.READ_RATING}
    for key in (None, *LEDGERS):
        assert not any(Role.ADMIN in roles_with(action, key) for action in contents)
        held = {action for action in Action if Role.AUDITOR in roles_with(action, key)}
        assert held <= looks


RELATIONS = [
    (WEST, WEST, Relation.OWN),
    (WEST, WEST_GRID, Relation.BELOW),
    (WEST, COUNTY, Relation.ABOVE),
    (WEST, EAST, Relation.BESIDE),
    (WEST_GRID, WEST_VILLAGE, Relation.ABOVE),
    (WEST, None, Relation.NOWHERE),
]


@pytest.mark.parametrize(("own", "other", "relation"), RELATIONS)
def test_scope_says_the_same_of_a_path_and_in_sql(
    own: str, other: str | None, relation: Relation
) -> None:
    somebody = actor(Role.OFFICE_STAFF, own)
    path = None if other is None else path_of(other)
    assert somebody.relation(path) is relation
    assert somebody.sees(path) is SCOPE[relation]
    table = Table("t", MetaData(), Column("path", String))
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(insert(table), [{"path": path}])
        found = connection.execute(select(table).where(somebody.scope_condition(table.c.path)))
        assert bool(found.all()) is SCOPE[relation]


WHOLE = [
    (Role.ADMIN, "*", True),
    (Role.ADMIN, COUNTY, True),  # the only area at the top: it holds every area there is
    (Role.ADMIN, WEST, False),
    (Role.LEADER, COUNTY, False),
]


@pytest.mark.parametrize(("role", "code", "may"), WHOLE)
def test_what_holds_for_everybody_takes_an_area_that_holds_everything(
    store: Store, role: Role, code: str, may: bool
) -> None:
    somebody = actor(role, code)
    for action in (Action.MANAGE_RULES, Action.MANAGE_OPTIONS, Action.LOAD_AREAS):
        if may:
            require_reach(store, somebody, action)
        else:
            with pytest.raises(Refused):
                require_reach(store, somebody, action)
