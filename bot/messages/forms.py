"""What a submitted form holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def values_in(components: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The value of each field of a submitted form, by the field's custom_id."""
    parts = [part.get("component") or {} for part in components]
    return {str(part.get("custom_id")): part.get("value") for part in parts}
