"""Compare positions with the areas that rows name: the position decides, with a warning."""

from __future__ import annotations

from geo.atlas import Atlas
from ledger.records.drafting import Draft


def elsewhere(atlas: Atlas, draft: Draft) -> str | None:
    """What to say of an arranged row whose position lies outside the area that it names.

    None where the position lies in that area or in a part of it, where the row names no area, or
    where the position lies outside every area: that is told of already.
    """
    named, place = draft.values.get("area_code"), draft.place
    if named is None or named not in atlas or place is None or place.placement != "position":
        return None
    found = atlas[str(place.area_code)]
    if found.path.startswith(atlas[named].path):
        return None
    return (
        f"填写的区域是“{_called(atlas, named)}”，坐标却在“{_called(atlas, found.code)}”，"
        "按坐标归入后者。请核对坐标；以填写的区域为准时请清空坐标"
    )


def _called(atlas: Atlas, code: str) -> str:
    """The name of an area, distinguishable from another area of the same name."""
    above = [area.name for area in atlas.ancestors(code) if area.level != "county"]
    return "".join([*above, atlas[code].name])
