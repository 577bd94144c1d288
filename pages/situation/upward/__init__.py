"""上级报表: its page, and the pieces that only it uses."""
