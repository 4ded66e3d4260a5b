"""What the commands and buttons of reminders do and answer: one home for both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.delivery.direct_channel import is_reached, open_direct_channel
from bot.errors import CommandError
from bot.messages.agenda import talk_options
from bot.messages.message import Message, Option
from bot.messages.reminders import (
    Moment,
    Reach,
    ShownReminder,
    missed,
    reminder_set,
    reminders_list,
    removed,
)
from bot.rules.subscriptions import Wanted
from bot.services.people import take_closed_news
from bot.services.subscriptions import (
    Asked,
    Held,
    Reminders,
    reminders_of,
    subscribe,
    unsubscribe,
    wishes_for,
)
from cogs.answers import Interaction, server_id
from cogs.attendee import show
from cogs.programmes import programme_for


async def remind(interaction: Interaction, asked: Asked, lead: timedelta | None = None) -> Message:
    """Remind a person from now on; direct messages are tried where they never were, or were closed the last time."""
    client, user_id = interaction.client, interaction.user.id
    is_first = await open_direct_channel(client, user_id)
    held = await subscribe(client.db, client.clock, replace(asked, lead=lead))
    client.store_changed()
    mine = await reminders_of(client.db, client.clock, asked.server_id, user_id)
    was_closed = mine.person.dms_closed_at is not None
    name = interaction.guild.name if interaction.guild else "a server"
    closed = (is_first or was_closed) and not await is_reached(client, user_id, name)
    if was_closed and not closed:
        client.store_changed()
    reach = Reach(is_closed=closed, mentions=mine.mentions)
    shown = _shown(held, mine)
    return reminder_set(shown, reach, mine.now, is_new=held.is_new or lead is not None)


def shown_reminders(mine: Reminders) -> list[ShownReminder]:
    """A person's reminders as they are listed."""
    return [_shown(held, mine) for held in mine.held]


def _shown(held: Held, mine: Reminders) -> ShownReminder:
    ahead = held.ahead(mine.now)
    # one whose moment has passed was sent; where all were, the next talk itself is what is left to tell
    waiting = [one for one in ahead if one.expected.starts_at - held.wish.lead > mine.now] or ahead
    moment = None
    if waiting:
        placed = waiting[0].placed
        starts_at = waiting[0].expected.starts_at
        moment = Moment(starts_at, placed.timezone, placed.page_timezone, mine.person.timezone)
    return ShownReminder(
        held.wish.id, held.wish.kind, held.title, held.wish.lead, len(held.talks), len(waiting), moment
    )


async def list_page(interaction: Interaction, page: int) -> Message:
    """A page of a person's reminders on this server."""
    client, user_id = interaction.client, interaction.user.id
    mine = await reminders_of(client.db, client.clock, server_id(interaction), user_id)
    is_closed = mine.person.dms_closed_at is not None
    news = await take_closed_news(client.db, user_id)
    reach = Reach(is_closed=is_closed, mentions=mine.mentions, news=news)
    return missed(reminders_list(shown_reminders(mine), page, reach), reach)


async def removed_wish(interaction: Interaction, wish_id: int) -> Message:
    """Take one reminder back, by its number."""
    client, user_id = interaction.client, interaction.user.id
    wish, title = await unsubscribe(client.db, client.clock, user_id=user_id, wish_id=wish_id)
    client.store_changed()
    reach = Reach(news=await take_closed_news(client.db, user_id))
    return missed(removed(title, wish.kind), reach)


async def removed_talk(interaction: Interaction, server: int, talk_id: int) -> Message:
    """Take back a person's reminder of one talk, and name those that remind of it as well.

    Raises:
        CommandError: nothing reminds them of it any more.
    """
    client, user_id = interaction.client, interaction.user.id
    fitting = await wishes_for(client.db, client.clock, server, user_id, talk_id)
    if not fitting:
        raise CommandError("nothing reminds you of that talk any more")
    own = next((held for held in fitting if held.wish.kind is Wanted.TALK), None)
    if own is not None:
        await unsubscribe(client.db, client.clock, user_id=user_id, wish_id=own.wish.id)
        client.store_changed()
    others = [(held.wish.id, held.wish.kind, held.title) for held in fitting if held is not own]
    return removed(own.title if own else "", Wanted.TALK, others)


async def choices_here(interaction: Interaction) -> list[Option]:
    """The talks of this channel's programme that are still to come, the next ones first."""
    here = (await programme_for(interaction)).ahead()
    entries = [(show(placed), expected) for placed in here.sessions for expected in placed.expected.talks]
    entries.sort(key=lambda entry: (entry[1].starts_at, entry[1].talk.id))
    return talk_options(entries)
