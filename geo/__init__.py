"""Places: frames and geometries in, frames and geometries out.

Uses no ledger, no database and no Streamlit. All positions are WGS84 longitude and latitude in
degrees; lengths are metres, areas square metres. Import the modules, not this package.
"""
