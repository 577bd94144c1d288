"""风险地图: its page, and the pieces that only it uses."""
