"""Files in and files out: reading what people send, taking it over, writing tables."""
