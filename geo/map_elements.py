"""Elements of a folium map of which only the script counts, and the group they stand in."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from branca.element import MacroElement
from folium.template import Template


class Scripted(MacroElement):
    """An element of which only the script counts.

    streamlit-folium asks the template for the script. Rendering into a figure as well would parse
    every text as a template again, at each run of the page.
    """

    def render(self, **kwargs: Any) -> str:
        """Nothing: see above."""
        return ""


class Group(Scripted):
    """The feature group with the elements, to be passed as ``feature_group_to_add``."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = L.featureGroup();"
        "{% endmacro %}"
    )

    def __init__(self, elements: Sequence[MacroElement] = ()) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "FeatureGroup"
        for element in elements:
            self.add_child(element)


class Element(Scripted):
    """Calls one function of ``areas.js`` with the group it stands in and a specification.

    The specification travels as base64 of JSON. Neither streamlit-folium's renaming of
    ``_<letters>`` and ``{{ }}`` nor an end of script in somebody's name can reach into it.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        'ledgerMap.{{ this.call }}({{ this._parent.get_name() }}, "{{ this.payload }}");'
        "{% endmacro %}"
    )

    def __init__(self, call: str, specification: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "LedgerElement"
        self.call = call
        told = {key: value for key, value in specification.items() if value is not None}
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        self.payload = base64.b64encode(text.encode("utf-8")).decode("ascii")
