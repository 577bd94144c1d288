"""开始使用: its page, and the pieces that only it uses."""
