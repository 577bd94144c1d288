"""Files in and out: reading files that people send, importing them, writing tables."""
