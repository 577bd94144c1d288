"""Stands before the real uvloop: a bare installation of Streamlit has none."""

raise ModuleNotFoundError("no uvloop in a bare installation", name="uvloop")
