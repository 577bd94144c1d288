"""工作指标: its page, and the pieces that only it uses."""
