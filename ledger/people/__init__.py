"""Who signs in: accounts, passwords, sessions."""
