"""A fictional county, drawn from a seed: see README.md in this folder."""

from data.sample.generate import DEFAULT_SEED, Sample, generate

__all__ = ["DEFAULT_SEED", "Sample", "generate"]
