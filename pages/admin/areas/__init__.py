"""区域: its page, and the pieces that only it uses."""
