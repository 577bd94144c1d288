"""Runs of pages in turn: so many at once, none held up by one that lasts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest

from ledger.operations.turns import Turns

PATIENCE = 10.0


def test_so_many_run_at_once_and_no_more() -> None:
    turns, counting = Turns(2, PATIENCE), Lock()
    inside, most = 0, 0

    def run(_number: int) -> None:
        nonlocal inside, most
        with turns.turn():
            with counting:
                inside += 1
                most = max(most, inside)
            Event().wait(0.005)
            with counting:
                inside -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(40)))
    assert most == 2


def long_run(turns: Turns, begun: Event, over: Event) -> None:
    with turns.turn():
        begun.set()
        assert over.wait(PATIENCE)


def test_others_go_on_beside_one_that_lasts() -> None:
    turns, begun, over = Turns(1, 0.05), Event(), Event()
    with ThreadPoolExecutor(1) as pool:
        lasting = pool.submit(long_run, turns, begun, over)
        assert begun.wait(PATIENCE)
        with turns.turn():
            assert not lasting.done()
        over.set()
        lasting.result(PATIENCE)


def test_a_turn_that_was_left_is_free() -> None:
    turns, left, over = Turns(1, PATIENCE), Event(), Event()

    def run() -> None:
        with turns.turn():
            turns.leave()
            left.set()
            assert over.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(run)
        assert left.wait(PATIENCE)
        with turns.turn():
            assert not waiting.done()
        over.set()
        waiting.result(PATIENCE)


def test_a_run_within_a_run_needs_no_other_turn() -> None:
    turns = Turns(1, PATIENCE)
    with turns.turn(), turns.turn():
        pass


def test_a_run_that_fails_gives_its_turn_back() -> None:
    turns = Turns(1, PATIENCE)
    with pytest.raises(ZeroDivisionError), turns.turn():
        _ = 1 / 0
    with turns.turn():
        pass
