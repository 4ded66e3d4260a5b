"""How the process that draws answers; apart from it, so that the bot does without Matplotlib."""

DRAWN, TOO_LARGE, FAILED = "drawn", "too large", "failed"
"""What an answer begins with; a PNG, None or a traceback come with it."""
