"""一致性核对: its page, and the pieces that only it uses."""
