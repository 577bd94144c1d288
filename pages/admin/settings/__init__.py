"""系统设置: its page, and the pieces that only it uses."""
