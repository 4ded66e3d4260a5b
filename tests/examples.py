"""How many examples a property is tried with where its own number is not the profile's."""

from __future__ import annotations

from hypothesis import settings


def examples(number: int) -> int:
    """Of these as many as the profile takes of a hundred, and five at least."""
    return max(5, number * settings().max_examples // 100)
