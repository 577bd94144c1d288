"""Every command: with ``--as`` it does what that user may do; the others are the machine's own."""

from __future__ import annotations

import pytest

from tests.access import commands_walk
from tests.access.commands_walk import COMMANDS, OF_THE_MACHINE, TELLING_NOTHING, commands
from tests.access.walking import Walk


def test_every_command_is_walked_or_is_the_machines_own() -> None:
    assert commands(with_as=True) == sorted(COMMANDS), "tell the walk what to ask it, in COMMANDS"
    assert commands(with_as=False) == sorted(OF_THE_MACHINE), (
        "a new command without --as reads and writes for everybody: give it --as, or its reason "
        "in OF_THE_MACHINE (tests/access/commands_walk.py)"
    )


@pytest.mark.parametrize("command", list(COMMANDS))
def test_a_command_tells_what_its_user_may_hear(command: str, walk: Walk) -> None:
    worked, leaks = commands_walk.walk_command(walk, command)
    assert leaks == []
    assert worked
    assert commands_walk.walk_elsewhere(walk, command) == []


@pytest.mark.parametrize("line", TELLING_NOTHING, ids=lambda one: " ".join(one))
def test_a_command_of_the_machine_prints_nobody(line: list[str], walk: Walk) -> None:
    assert commands_walk.walk_machine(walk, line) == []
