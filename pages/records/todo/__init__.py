"""待办: its page, and the pieces that only it uses."""
