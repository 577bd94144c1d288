"""走访: its page, and the pieces that only it uses."""
