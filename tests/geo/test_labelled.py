"""Keys with labels: stored as the key, looked up by it, and kept through a pickle."""

import pickle

from geo.labelled import Labelled


class Colour(Labelled):
    RED = "red", "红"
    BLUE = "blue", "蓝"


def test_a_member_is_its_key_and_carries_its_label() -> None:
    assert [(str(one), one.label) for one in Colour] == [("red", "红"), ("blue", "蓝")]


def test_a_member_is_found_by_its_key_alone() -> None:
    assert Colour("blue") is Colour.BLUE
    assert {"red": 1}[Colour.RED] == 1


def test_a_member_stays_itself_between_processes() -> None:
    assert pickle.loads(pickle.dumps(Colour.RED)) is Colour.RED  # noqa: S301 - our own
