"""系统状态: its page, and the pieces that only it uses."""
