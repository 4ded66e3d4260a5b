"""The hall's screen, for whoever looks on: the link that the bot gives the moderator for `/session stage`."""

from __future__ import annotations

import re
from typing import Any

from bot.errors import CommandError
from bot.rehearsal.loopback import LoopbackTimeoutError
from bot.rehearsal.loopback.people.reply import NO_RESPONSE
from bot.rehearsal.page.course import Directed
from bot.rehearsal.page.given import Given
from bot.rehearsal.page.refusals import NoAnswerError, as_a_client

Json = dict[str, Any]

ANSWER_SECONDS = 10
_LINK = re.compile(r"<(http://127\.0\.0\.1:\d{1,5}/stage/[\w-]{43})>")


class Screen:
    """Asks for the link as the moderator would; that takes nothing out of the cast's hands."""

    def __init__(self, rehearsal: Directed) -> None:
        self._rehearsal = rehearsal

    async def link(self, sent: Given) -> Json:
        """Of the session in a channel; of the hall's own where that is about none.

        Raises:
            CommandError: the bot does not answer, or says why it gives none.
        """
        self._rehearsal.control.require_open()
        hall = self._rehearsal.hall
        asked = sent.text("channel")
        places = [hall.backstage, *hall.channels.values()]
        channel = next((place for place in places if str(place.id) == asked), hall.channel)
        try:
            with as_a_client():
                reply = await hall.moderator.slash(channel, "session stage")
            if reply.failed:
                raise NoAnswerError(reply.content)
            await reply.final(within=ANSWER_SECONDS)
        except LoopbackTimeoutError as error:
            raise NoAnswerError(NO_RESPONSE) from error
        found = _LINK.search(reply.content)
        if found is None:
            raise CommandError(reply.content.rstrip("."))
        return {"url": found[1]}
