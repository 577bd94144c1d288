"""The workflows of cases: their steps, from which state to which, who may take them."""
