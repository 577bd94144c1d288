"""What is counted over areas and periods: cases, hotspots, small counts kept from view."""
