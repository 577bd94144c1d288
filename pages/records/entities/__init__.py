"""新增市场主体: its page, and the pieces that only it uses."""
