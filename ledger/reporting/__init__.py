"""What is counted and written up: figures, ratings, hotspots, bulletins."""
