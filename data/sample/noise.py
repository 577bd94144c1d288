"""Smooth noise over the plane: the irregularity in every shape of the sample county."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SmoothNoise:
    """A sum of plane waves with random directions: smooth, without period, mean 0.

    Attributes
    ----------
    waves : array of shape (k, 2)
        Wave vectors in radians per metre.
    phases, weights : arrays of shape (k,)
        Phase in radians and amplitude of each wave; the variance of the sum is 1.
    """

    waves: Floats
    phases: Floats
    weights: Floats

    def __call__(self, points: Floats) -> Floats:
        """Value at points of shape (n, 2) in metres; shape (n,), about standard normal."""
        return np.cos(points @ self.waves.T + self.phases) @ self.weights


def smooth_noise(
    rng: np.random.Generator, wavelength: float, octaves: int = 3, waves: int = 10
) -> SmoothNoise:
    """Draw a noise field whose longest features measure `wavelength` metres.

    Each further octave halves the wavelength and the amplitude (fractal noise).
    """
    vectors, weights = [], []
    for octave in range(octaves):
        length = wavelength / 2**octave * rng.uniform(0.8, 1.25, waves)
        angle = rng.uniform(0, 2 * np.pi, waves)
        vectors.append((2 * np.pi / length)[:, None] * np.c_[np.cos(angle), np.sin(angle)])
        weights.append(np.full(waves, 0.5**octave))
    amplitude = np.concatenate(weights)
    amplitude *= np.sqrt(2 / (amplitude**2).sum())
    phases = rng.uniform(0, 2 * np.pi, octaves * waves)
    return SmoothNoise(np.vstack(vectors), phases, amplitude)
