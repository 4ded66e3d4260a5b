"""What somebody at the page does as one of the hall's people: a real interaction with the real bot each time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.clock import give_way
from bot.errors import CommandError
from bot.rehearsal.loopback import Channel, LoopbackTimeoutError, Message, Permission, Person, Reply
from bot.rehearsal.loopback.people.options import choose_command
from bot.rehearsal.loopback.people.reply import FAILED, NO_RESPONSE
from bot.rehearsal.loopback.validation.commands import OptionKind
from bot.rehearsal.loopback.world.commands import CHAT_INPUT
from bot.rehearsal.page import given
from bot.rehearsal.page.commands import offered
from bot.rehearsal.page.course import Directed
from bot.rehearsal.page.forms import Forms, filled_in
from bot.rehearsal.page.given import Given
from bot.rehearsal.page.people import Company
from bot.rehearsal.page.picking import OFFERED, TAKES, picked
from bot.rehearsal.page.refusals import NoAnswerError, NotThereError, as_a_client

Json = dict[str, Any]
Done = TypeVar("Done")

IMPORT = "schedule import"
LARGEST_NUMBER = 2**53
"""Discord's client takes no larger one, nor could a browser hold it."""
_ASKING = frozenset({"ask", "Queue as question"})
_ASK_FORM = "askmodal:"


class Acting:
    """Carries out what windows send. All of it raises CommandError for what cannot be done."""

    def __init__(self, rehearsal: Directed) -> None:
        self._control = rehearsal.control
        self._world = rehearsal.loopback.world
        self._hall = rehearsal.hall
        self._company = Company(rehearsal.hall)
        self._forms = Forms()

    def commands(self, person: str, channel: str) -> Json:
        """What a person may use in a channel; whoever only watches may use nothing."""
        if not person:
            return {"commands": [], "menus": []}
        somebody = self._company.person(person)
        return offered(somebody, self._channel(somebody, channel))

    async def slash(self, sent: Given) -> Json:
        person, channel, path = self._where(sent)
        options = self._options(person, channel, path, sent.mapping("options"))
        return await self._answered(person, person.slash(channel, path, **options), NO_RESPONSE)

    async def autocomplete(self, sent: Given) -> Json:
        """What the bot suggests for the option that is being typed; nothing where it does not answer."""
        self._control.require_open()
        person, channel, path = self._where(sent)
        focused, options = sent.text("focused"), sent.mapping("options")
        typed = given.text(options.get(focused, ""), focused)
        others = {name: value for name, value in options.items() if name != focused and _is_plain(value)}
        try:
            with as_a_client():
                choices = await person.autocomplete(channel, path, **others, **{focused: typed})
        except LoopbackTimeoutError:
            choices = []
        return {"choices": [choice._asdict() for choice in choices]}

    async def press(self, sent: Given) -> Json:
        person = self._company.person(sent.text("as"))
        message, control = self._message(person, sent.text("message")), sent.text("control")
        if not any(control and button.get("custom_id") == control for button in message.buttons):
            raise NotThereError("that button is not there any more", do="Look at the message as it is now")
        return await self._answered(person, person.press(message, custom_id=control), FAILED)

    async def choose(self, sent: Given) -> Json:
        person = self._company.person(sent.text("as"))
        message, control = self._message(person, sent.text("message")), sent.text("control")
        select = message.component(control)
        if select is None:
            raise NotThereError("that list is not there any more", do="Look at the message as it is now")
        values: list[Any] = sent.texts("values")
        takes = TAKES.get(select["type"])
        if takes is not None:
            kinds = select.get("channel_types")
            values = [picked(takes, value, message.channel, person.user, kinds) for value in values]
        return await self._answered(person, person.choose(message, control, values), FAILED)

    async def menu(self, sent: Given) -> Json:
        person = self._company.person(sent.text("as"))
        message = self._message(person, sent.text("message"))
        return await self._answered(person, person.context_menu(message, sent.text("name")), NO_RESPONSE)

    async def submit(self, sent: Given) -> Json:
        person, token = self._company.person(sent.text("as")), sent.text("form")
        modal = self._forms.of(person, token)
        values = filled_in(person, modal, sent.mapping("values"))
        with self._forms.sending(token):
            return await self._answered(person, person.submit(modal, values), FAILED)

    async def say(self, sent: Given) -> Json:
        person = self._company.person(sent.text("as"))
        channel = self._channel(person, sent.text("channel"))
        await self._done(person, person.say(channel, sent.text("text")))
        return {"ok": True}

    async def drop(self, sent: Given) -> Json:
        """A file dropped on the page is imported: by who one is, where they may, else by the manager backstage."""
        file = given.upload(sent.fields.get("file"), "file")
        person, channel = self._hall.manager, self._channel(self._hall.manager, str(self._hall.backstage.id))
        if sent.fields.get("as"):
            somebody = self._company.person(sent.text("as"))
            place = self._channel(somebody, sent.text("channel"))
            if any(command["path"] == IMPORT for command in offered(somebody, place)["commands"]):
                person, channel = somebody, place
        answer = await self._answered(person, person.slash(channel, IMPORT, file=file), NO_RESPONSE)
        return answer | {"as": str(person.id), "channel": str(channel.id)}

    async def _answered(self, person: Person, doing: Coroutine[Any, Any, Reply], unanswered: str) -> Json:
        """Do it, and wait until the bot has acknowledged it; with the form that it showed, if it did."""
        try:
            reply = await self._done(person, doing)
        except LoopbackTimeoutError as error:
            raise NoAnswerError(unanswered) from error
        if _asks(reply):
            self._control.note_question(reply)
        if reply.failed:
            raise NoAnswerError(reply.content)
        return {"ok": True} | ({"form": self._forms.show(person, reply.modal)} if reply.modal else {})

    async def _done(self, person: Person, doing: Coroutine[Any, Any, Done]) -> Done:
        """Do it as this person, who from the moment on that it is sent no longer acts for the cast."""
        try:
            self._control.require_open()
        except CommandError:
            doing.close()
            raise
        sending = asyncio.create_task(doing)
        await give_way()  # by now it is sent, or the client has refused it
        if not sending.done() or sending.exception() is None:
            self._control.take_over(person)
        with as_a_client():
            return await sending

    def _where(self, sent: Given) -> tuple[Person, Channel, str]:
        person = self._company.person(sent.text("as"))
        return person, self._channel(person, sent.text("channel")), sent.text("path")

    def _channel(self, person: Person, number: str) -> Channel:
        channel = next((channel for channel in self._world.channels.values() if str(channel.id) == number), None)
        if channel is None or not channel.permissions_of(person.user) & Permission.VIEW_CHANNEL:
            raise NotThereError("that channel is not there any more", do="Choose another one")
        return channel

    def _message(self, person: Person, number: str) -> Message:
        messages = (message for place in self._world.channels.values() for message in person.sees(place))
        found = next((message for message in messages if str(message.id) == number), None)
        if found is None:
            raise NotThereError("that message is not there any more", do="Look at the channel as it is now")
        return found

    def _options(self, person: Person, channel: Channel, path: str, options: Json) -> dict[str, Any]:
        """The options as a person's client sends them: files, people, roles and channels in place of what names them.

        Raises:
            CommandError: the command is not offered, or an option does not take the value.
        """
        with as_a_client():
            chosen = choose_command(person.user, channel, path, CHAT_INPUT)
        filled = {name: value for name, value in options.items() if value is not None}
        return {
            name: _option(chosen.parameters[name], value, person, channel) if name in chosen.parameters else value
            for name, value in filled.items()
        }


def _option(option: Json, value: Any, person: Person, channel: Channel) -> object:  # noqa: ANN401 - whatever JSON holds
    name, kind = option["name"], option["type"]
    if kind == OptionKind.ATTACHMENT:
        return given.upload(value, name)
    if kind in OFFERED:
        return picked(kind, given.text(value, name), channel, person.user, option.get("channel_types"))
    if isinstance(value, int | float) and abs(value) > LARGEST_NUMBER:
        raise CommandError(f"{name} is too large a number", do="Type a smaller one")
    if kind == OptionKind.INTEGER and isinstance(value, float) and value.is_integer():
        return int(value)
    return given.text(value, name) if kind == OptionKind.STRING else value


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)


def _asks(reply: Reply) -> bool:
    """Whether somebody asks a question by it."""
    interaction = reply.interaction
    return interaction.command in _ASKING or str(interaction.data.get("custom_id", "")).startswith(_ASK_FORM)
