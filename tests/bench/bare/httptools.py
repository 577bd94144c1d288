"""Stands before the real httptools: a bare installation of Streamlit has none."""

raise ModuleNotFoundError("no httptools in a bare installation", name="httptools")
