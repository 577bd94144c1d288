"""The same polygons, as coarse as ours, in the usual way: folium.GeoJson in st_folium."""

import folium
import streamlit as st
from streamlit_folium import st_folium

from geo.simplify import simplify_for_screen
from pages._ui import guard

COLOURS = ["#C9302C", "#E36C0A", "#E0A800", "#3B7DD8"]

# Without internet plain folium shows nothing at all; so Leaflet at least is ours.
folium.Map.default_js = [("leaflet", "/assets/leaflet/leaflet.js")]
folium.Map.default_css = [("leaflet_css", "/assets/leaflet/leaflet.css")]


@st.cache_data
def shapes(code: str) -> dict:
    """The areas below one, read and simplified once: that is not what is compared."""
    atlas = guard.atlas()
    below = [area.code for area in atlas.children(code)]
    frame = atlas.frame(under=code)
    frame = simplify_for_screen(frame[frame["code"].isin(below)])
    return frame[["code", "name", "geometry"]].to_geo_dict()


def style(feature: dict) -> dict:
    """A colour by the code's last digit."""
    colour = COLOURS[ord(feature["properties"]["code"][-1]) % 4]
    return {"color": "#5B6673", "weight": 0.4, "fillColor": colour, "fillOpacity": 0.7}


code = st.query_params["under"]
west, south, east, north = guard.atlas().bounds(code)
chart = folium.Map(
    location=[(south + north) / 2, (west + east) / 2], zoom_start=7, tiles=None, prefer_canvas=True
)
folium.GeoJson(shapes(code), style_function=style, tooltip=folium.GeoJsonTooltip(["name"])).add_to(
    chart
)
st_folium(chart, use_container_width=True, returned_objects=["last_active_drawing"], key="plain")
