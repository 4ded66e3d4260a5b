"""The rehearsal's page on 127.0.0.1: the server's channels as Discord draws them, live.

`server` answers requests, `feed` tells browsers what happens, `drawn` says how things look as JSON, `static` holds
the hand-written page. Nothing of it is reachable from another machine or from another site's page.
"""

from bot.rehearsal.page.server import Page

__all__ = ["Page"]
