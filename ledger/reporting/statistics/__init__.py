"""What is counted over areas and periods: cases, hotspots, and small counts kept out of papers."""
