"""The same polygons in the usual way: folium.GeoJson in st_folium.

With ``coarse=1`` they are as coarse as ours and drawn on a canvas: more than people usually do.
"""

import folium
import streamlit as st
from streamlit_folium import st_folium

from geo.simplify import simplify_for_screen
from pages._ui import guard

COLOURS = ["#C9302C", "#E36C0A", "#E0A800", "#2E9E6B"]

# Without internet plain folium shows nothing at all; so Leaflet at least is ours.
folium.Map.default_js = [("leaflet", "/assets/leaflet/leaflet.js")]
folium.Map.default_css = [("leaflet_css", "/assets/leaflet/leaflet.css")]


@st.cache_data
def shapes(code: str, coarse: bool) -> dict:
    """The areas below one, made ready once: that is not what is compared."""
    atlas = guard.atlas()
    below = [area.code for area in atlas.children(code)]
    frame = atlas.frame(under=code)
    frame = frame[frame["code"].isin(below)]
    if coarse:
        frame = simplify_for_screen(frame)
    return frame[["code", "name", "geometry"]].to_geo_dict()


def style(feature: dict) -> dict:
    """A colour by the code's last digit."""
    colour = COLOURS[ord(feature["properties"]["code"][-1]) % 4]
    return {"color": "#5B6673", "weight": 0.4, "fillColor": colour, "fillOpacity": 0.7}


code = st.query_params["under"]
coarse = st.query_params.get("coarse") == "1"
west, south, east, north = guard.atlas().bounds(code)
middle = [(south + north) / 2, (west + east) / 2]
chart = folium.Map(location=middle, zoom_start=7, tiles=None, prefer_canvas=coarse)
tooltip = folium.GeoJsonTooltip(["name"])
folium.GeoJson(shapes(code, coarse), style_function=style, tooltip=tooltip).add_to(chart)
st_folium(chart, use_container_width=True, returned_objects=["last_active_drawing"], key="plain")
