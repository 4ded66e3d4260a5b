"""Discord's gateway v10: sessions, their shards and intents, and what they are told."""
