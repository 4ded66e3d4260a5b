"""How the process that reads a schedule answers; apart from it, so that the bot does without the readers' 11 MB."""

READ, REFUSED, TOO_LARGE, FAILED = "read", "refused", "too large", "failed"
"""What an answer begins with; a Schedule, an error's class and attributes, None or a traceback come with it."""
