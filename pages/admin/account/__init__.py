"""我的账号: its page, and the pieces that only it uses."""
