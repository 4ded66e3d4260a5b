"""Limits of embeds."""

from __future__ import annotations

from typing import Any

from bot.rehearsal.loopback.validation.form import Spot

Json = dict[str, Any]

MAX_EMBEDS = 10
MAX_FIELDS = 25
MAX_CHARACTERS = 6000
_FLAT = {"title": 256, "description": 4096}
_NESTED = {("footer", "text"): 2048, ("author", "name"): 256}
_FIELD = {"name": 256, "value": 1024}


def check_embeds(spot: Spot, value: object) -> list[Json]:
    """The embeds, as rich ones; faults are noted."""
    embeds = list(spot.items(value, most=MAX_EMBEDS))
    total = sum(_check(spot.at(index), embed) for index, embed in enumerate(embeds))
    if total > MAX_CHARACTERS:
        spot.fail("MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_CHARACTERS}")
    return [{**embed, "type": "rich"} for embed in embeds if isinstance(embed, dict)]


def _check(spot: Spot, embed: object) -> int:
    if not isinstance(embed, dict):
        spot.fail("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return 0
    total = 0
    for key, most in _FLAT.items():
        total += len(spot.at(key).text(embed.get(key), most=most, required=False).strip())
    for (outer, inner), most in _NESTED.items():
        part = embed.get(outer) or {}
        total += len(spot.at(outer, inner).text(part.get(inner), most=most, required=False).strip())
    fields = spot.at("fields").items(embed.get("fields"), most=MAX_FIELDS)
    for index, entry in enumerate(fields):
        for key, most in _FIELD.items():
            text = spot.at("fields", index, key).text(entry.get(key), most=most, least=1)
            total += len(text.strip())
    return total
