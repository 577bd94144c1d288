"""Rules, templates and the synthetic sample: what the product ships beside its code."""
