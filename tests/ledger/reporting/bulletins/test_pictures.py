"""Maps and charts drawn without a browser."""

from __future__ import annotations

import io

import numpy as np
import pytest
import shapely
from PIL import Image

from ledger.domain.colours import TIERS
from ledger.domain.errors import Unequipped
from ledger.reporting.bulletins import fonts, pictures
from ledger.reporting.bulletins.pictures import (
    Class,
    Shape,
    map_picture,
    ranking_picture,
    trend_picture,
)

RED, GREEN = TIERS["4"].colour, TIERS["1"].colour
CLASSES = {"4": Class("四类", RED), "1": Class("一类", GREEN), "none": Class("无机构", "#FFFFFF")}
SHAPES = [
    Shape(shapely.box(127.0, 29.0, 127.1, 29.1), "4", "甲村"),
    Shape(shapely.box(127.1, 29.0, 127.2, 29.1), "1", "乙村"),
    Shape(shapely.Polygon(), "none", "没有边界的村"),
]


def pixels(png: bytes) -> np.ndarray:
    assert png.startswith(b"\x89PNG")
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def share_of(png: bytes, colour: str) -> float:
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return float((np.abs(pixels(png).astype(int) - wanted).max(axis=2) < 12).mean())


def test_a_map_shows_its_classes_side_by_side() -> None:
    png = map_picture(SHAPES, CLASSES)
    left, right = share_of(png, RED), share_of(png, GREEN)
    assert left > 0.1
    assert right == pytest.approx(left, rel=0.2)
    whole = pixels(png)
    width = whole.shape[1]
    wanted = [int(RED[at : at + 2], 16) for at in (1, 3, 5)]
    columns = np.where((np.abs(whole[:300].astype(int) - wanted).max(axis=2) < 12).any(axis=0))[0]
    assert columns.max() <= width / 2 + 2, "west is left"


def test_names_that_would_cover_each_other_are_left_out(monkeypatch) -> None:
    monkeypatch.setattr(pictures, "_DPI", 100)

    def dark(names: int) -> int:
        crowd = [
            Shape(shapely.box(at, 0, at + 1, 12), "none", "很长的村名" if at < names else "")
            for at in range(12)
        ]
        return int((pixels(map_picture(crowd, CLASSES)) < 90).sum())

    none, one, all_of_them = dark(0), dark(1), dark(12)
    assert one > none
    assert (all_of_them - none) < (one - none) * 6


def test_pictures_are_the_same_every_time() -> None:
    assert map_picture(SHAPES, CLASSES) == map_picture(SHAPES, CLASSES)
    lines = {"信访": [3, None, 5], "线索": [0, 0, 1]}
    assert trend_picture(["1", "2", "3"], lines) == trend_picture(["1", "2", "3"], lines)
    some, turned = {"甲": 3, "乙": 9}, {"乙": 9, "甲": 3}
    assert ranking_picture(some, unit="件") == ranking_picture(turned, unit="件")


def test_without_a_chinese_font_the_error_says_what_to_install(monkeypatch) -> None:
    fonts._found.cache_clear()
    latin = [one for one in fonts.fontManager.ttflist if one.name.startswith("DejaVu")]
    assert latin
    monkeypatch.setattr(fonts.fontManager, "ttflist", latin)
    with pytest.raises(Unequipped, match="apt install fonts-noto-cjk"):
        map_picture(SHAPES, CLASSES)
    fonts._found.cache_clear()


def test_a_font_without_the_letters_is_passed_over() -> None:
    latin = next(one for one in fonts.fontManager.ttflist if one.name == "DejaVu Sans")
    assert not fonts._has_letters(latin)
