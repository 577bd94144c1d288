"""Tests about the project itself: its promises on paper and its rules of the house."""
