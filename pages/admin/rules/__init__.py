"""规则: its page, and the pieces that only it uses."""
