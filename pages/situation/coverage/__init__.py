"""排查覆盖率: its page, and the pieces that only it uses."""
