"""Meetings of homes and hotspots: by hand, by chance, and planted."""

from __future__ import annotations

import numpy as np
import pytest

from geo.meeting import LEAST_AREAS, LEVEL, Verdict, in_or_beside, meeting
from tests.bench.chance_meetings import (
    homes_by_chance,
    hotspots_by_chance,
    land,
    marks_by_chance,
    said_more,
)

ON = land()


def test_beside_is_every_neighbour_of_a_hotspot_and_the_hotspot() -> None:
    hot = np.zeros(len(ON), dtype=bool)
    hot[45] = True
    near = in_or_beside(hot, ON.neighbours)
    assert near.sum() == 1 + ON.neighbours.cardinalities[45]
    assert near[45]


def test_counts_and_expectation_are_those_of_the_homes() -> None:
    homes = np.full(len(ON), 2.0)
    near = np.arange(len(ON)) < 100
    marked = (np.arange(len(ON)) % 4 == 0).astype(float)
    found = meeting(marked, homes, near, ON.shapes)
    assert (found.together, found.marked, found.expected) == (25, 100, 25.0)
    assert found.verdict is Verdict.CHANCE


@pytest.mark.parametrize(
    ("held", "near", "marked"),
    [
        (LEAST_AREAS - 1, 10, 10),  # too few areas with homes
        (LEAST_AREAS, 0, 10),  # no hotspot
        (LEAST_AREAS, LEAST_AREAS, 10),  # hotspots everywhere
        (LEAST_AREAS, 10, 0),  # no marked home
        (LEAST_AREAS, 10, LEAST_AREAS),  # every home is marked
        (0, 10, 0),  # no home at all
    ],
)
def test_what_no_shift_can_tell_is_not_judged(held: int, near: int, marked: int) -> None:
    at = np.arange(len(ON))
    homes, marks = (at < held).astype(float), (at < marked).astype(float)
    found = meeting(marks, homes, at < near, ON.shapes)
    assert found.verdict is Verdict.FEW
    assert np.isnan(found.p)


def test_the_same_map_has_the_same_answer() -> None:
    rng = np.random.default_rng(5)
    homes = homes_by_chance(ON, "dense", rng)
    marked = marks_by_chance(ON, homes, "field", rng)
    near = in_or_beside(hotspots_by_chance(ON, "centres", rng), ON.neighbours)
    first = meeting(marked, homes, near, ON.shapes)
    assert first == meeting(marked, homes, near, ON.shapes)
    assert 0 < first.p <= 1


@pytest.mark.parametrize("marks", ["one by one", "by village", "field"])
def test_maps_by_chance_are_seldom_said_to_be_more(marks: str) -> None:
    """The quick version of `tests.bench.chance_meetings`; marks dealt anew fail it by far."""
    rng, said = np.random.default_rng(20261130), []
    for _ in range(60):
        hot = hotspots_by_chance(ON, "field", rng)
        homes = homes_by_chance(ON, "dense", rng)
        marked = marks_by_chance(ON, homes, marks, rng)
        said.append(said_more(ON, marked, homes, in_or_beside(hot, ON.neighbours)))
    ours, dealt = np.mean(said, axis=0)
    assert ours <= 0.05
    assert dealt > 0.05 or marks == "one by one"


def test_a_planted_meeting_is_found() -> None:
    near = in_or_beside(hotspots_by_chance(ON, "centres", np.random.default_rng(3)), ON.neighbours)
    homes = np.ones(len(ON))
    found = meeting((near & (np.arange(len(ON)) % 3 > 0)).astype(float), homes, near, ON.shapes)
    assert found.p <= LEVEL
    assert found.verdict is Verdict.MORE
