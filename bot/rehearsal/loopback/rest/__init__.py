"""Discord's REST API v10, as much of it as the bot uses."""
