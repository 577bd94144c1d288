"""Places: frames and geometries in, frames and geometries out.

Knows no ledger, no database and no Streamlit. Inside, everything is WGS84 longitude and latitude in
degrees; lengths are metres, areas square metres. Import the modules, not this package.
"""
