"""The keys: what is sealed with them, where they lie, whether they fit the database."""
