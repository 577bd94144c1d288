"""The application with two more pages, for comparison: an empty one, and plain folium."""
