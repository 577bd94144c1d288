"""我的网格: its page, and the pieces that only it uses."""
