"""The folium elements: nothing from elsewhere, and nothing lost on the way to the browser."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from branca.element import MacroElement
from hypothesis import given
from hypothesis import strategies as st
from streamlit_folium import (
    _get_feature_group_string,
    _get_header,
    _get_map_string,
    generate_js_hash,
)

from geo.layers import (
    AreaLayer,
    BackdropLayer,
    OfflineMap,
    PointClass,
    PointLayer,
    Tiles,
    ValueClass,
    View,
)
from geo.map_elements import Group

STYLES = {"4": ValueClass("#C9302C", "四类"), "none": ValueClass("#FFFFFF", "无机构", opacity=0.3)}
CALL = re.compile(r'ledgerMap\.(\w+)\((\w+), "([A-Za-z0-9+/=]*)"\)')


def sent(*elements: MacroElement) -> dict[str, Any]:
    """What the browser decodes, by function, from the script that streamlit-folium sends."""
    script = _get_feature_group_string(Group(elements), OfflineMap())
    group = re.search(r"var (\w+) = L\.featureGroup", script)
    calls = CALL.findall(script)
    assert group, script
    assert len(calls) == len(elements)
    assert {call[1] for call in calls} == {group[1]}
    return {name: json.loads(base64.b64decode(text)) for name, _, text in calls}


def area_layer(values: Mapping[str, str], **options: Any) -> AreaLayer:
    return AreaLayer("/areas/_.geojson", values, STYLES, fallback="none", **options)


def test_scripts_and_styles_come_from_this_server() -> None:
    addresses = [url for _, url in [*OfflineMap.default_js, *OfflineMap.default_css]]
    assert addresses
    assert all(re.fullmatch(r"/assets/[\w./-]+", url) for url in addresses)


def test_what_is_fetched_first_rides_on_the_first_script() -> None:
    first, *others = OfflineMap(["/areas/_.geojson?v=1&d=wgs84"]).default_js
    assert first[1] == "/assets/app/areas.js?first=%2Fareas%2F_.geojson%3Fv%3D1%26d%3Dwgs84"
    assert others == OfflineMap.default_js[1:]
    assert OfflineMap().default_js == OfflineMap.default_js


def test_offline_map_names_no_host_in_any_part() -> None:
    shown = OfflineMap()
    texts = [_get_map_string(shown), _get_header(shown), shown.get_root().render()]
    assert [text for text in texts if re.search(r"(https?:)?//[a-z]", text)] == []


def test_the_map_script_is_the_same_every_time() -> None:
    """Another script would be another component: the map would be mounted anew."""
    first, second = (_get_map_string(OfflineMap()) for _ in range(2))
    assert generate_js_hash(first, "risk-map") == generate_js_hash(second, "risk-map")


def test_the_group_script_changes_with_the_values_only() -> None:
    scripts = [
        _get_feature_group_string(Group([area_layer(values)]), OfflineMap())
        for values in ({"1": "4"}, {"1": "4"}, {})
    ]
    assert scripts[0] == scripts[1] != scripts[2]


def test_area_layer_sends_values_words_and_looks() -> None:
    layer = area_layer({"990101": "4"}, notes={"990101": ["四类 1 家"]}, chosen="990101")
    spec = sent(layer)["areas"]
    assert spec["values"] == {"990101": "4"}
    assert spec["fallback"] == "none"
    assert spec["styles"]["4"] == {"fill": "#C9302C", "word": "四类"}
    assert spec["styles"]["none"]["opacity"] == 0.3
    assert (spec["notes"], spec["chosen"]) == ({"990101": ["四类 1 家"]}, "990101")


def test_area_layer_refuses_a_class_without_a_look() -> None:
    with pytest.raises(ValueError, match="9"):
        area_layer({"990101": "9"})


@given(st.text(min_size=1), st.text())
def test_any_text_arrives_as_it_was(code: str, words: str) -> None:
    try:
        (code + words).encode("utf-8")
    except UnicodeEncodeError:
        return  # half a character: no database gives such a thing out
    spec = sent(area_layer({code: "4"}, notes={code: [words]}))["areas"]
    assert spec["notes"] == {code: [words]}


@pytest.mark.parametrize(
    "words", ["</script><script>alert(1)</script>", "{{ 'map_div' }}", "_abc123", "${x}`\\"]
)
def test_no_text_reaches_into_the_script(words: str) -> None:
    script = _get_feature_group_string(Group([area_layer({}, notes={"1": [words]})]), OfflineMap())
    assert words not in script
    assert "</script" not in script.lower()


def test_points_by_address_or_by_themselves() -> None:
    styles = {"": PointClass("#FFFFFF", "?", "待研判", hatch=True)}
    by_address = sent(PointLayer("/institutions/points.json", styles, [""], chosen=7))["points"]
    by_itself = sent(PointLayer([(7, 127.0, 29.0, None, "院")], styles, [""]))["points"]
    assert (by_address["url"], by_address["chosen"]) == ("/institutions/points.json", 7)
    assert by_itself["items"] == [[7, 127.0, 29.0, None, "院"]]
    assert "url" not in by_itself
    (style,) = by_itself["styles"].values()
    assert style == {"fill": "#FFFFFF", "sign": "?", "word": "待研判", "hatch": True}
    usual = sent(area_layer({}))["areas"]
    assert not {"labels", "interactive", "opacity", "weight"} & usual.keys()
    assert sent(area_layer({}, weight=0.4, labels=False))["areas"]["weight"] == 0.4
    plain = PointClass("#FFFFFF", "一类", "一类")
    assert plain.as_json() == {"fill": "#FFFFFF", "sign": "一类"}


def test_view_turns_bounds_the_way_leaflet_has_them() -> None:
    tiles = Tiles("/tiles/{z}/{x}/{y}", credit="天<b>图</b>")
    spec = sent(View("990101", (127.0, 29.0, 127.2, 29.1), tiles))["view"]
    assert spec["bounds"] == [[29.0, 127.0], [29.1, 127.2]]
    assert spec["tiles"]["template"] == "/tiles/{z}/{x}/{y}"
    assert "tiles" not in sent(View("990101", (127.0, 29.0, 127.2, 29.1)))["view"]


def test_several_elements_share_one_group() -> None:
    found = sent(View("1", (0, 0, 1, 1)), BackdropLayer("/areas/backdrop.geojson"), area_layer({}))
    assert list(found) == ["view", "backdrop", "areas"]
