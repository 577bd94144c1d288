"""Tests of the fictional county."""
