"""村(社区)考评: its page, and the pieces that only it uses."""
