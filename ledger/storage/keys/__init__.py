"""The encryption keys: the key file, and sealing and opening protected texts with it."""
