"""Areas and where records lie in them."""
