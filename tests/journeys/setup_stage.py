"""A stage whose server has not invited the bot yet; what its manager does is counted by what the bot answers."""

from __future__ import annotations

from bot.rehearsal.loopback import Message, Reply
from bot.rehearsal.loopback.hub import InteractionSent, Subscription
from bot.rehearsal.loopback.world.channels import Channel, ChannelKind, TextChannel, Thread
from bot.rehearsal.loopback.world.interactions import InteractionKind
from bot.rehearsal.loopback.world.messages import Upload, walk
from bot.rehearsal.loopback.world.servers import Server
from bot.rehearsal.loopback.world.users import Role
from tests.journeys.stage import PATIENCE, SAMPLE, Stage


class SetupStage(Stage):
    """A second server, to which the bot comes while it runs."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.new: Server = self.loopback.add_server("NeurIPS", invite=False)
        self.lobby = self.new.add_channel("lobby")
        self.hall_a = self.new.add_channel("hall-f")
        self.backstage = self.new.add_channel("backstage")
        self.organiser = self.new.add_member("Olga", manages_server=True)
        self.visitor = self.new.add_member("Vera")
        self.moderators: Role = self.new.add_role("Moderators")
        self.fans: Role = self.new.add_role("Fans", mentionable=True)
        self.used: Subscription = self.loopback.subscribe()

    async def invited(self) -> Message:
        """The bot is invited; its welcome."""
        self.new.invite_bot()
        return await self.welcome()

    async def welcome(self, channel: TextChannel | None = None) -> Message:
        """The welcome, once it is there."""
        return await self.until_posted("**Chairside** is", channel=channel or self.lobby)

    def welcomes(self) -> list[Message]:
        """Every welcome on the new server."""
        return [
            m for channel in self.new.channels.values() for m in channel.messages if "**Chairside** is" in m.content
        ]

    def interactions(self) -> int:
        """How many commands, presses, choices and forms people used so far."""
        sent = [event for event in self.used._events if isinstance(event, InteractionSent)]
        return sum(event.interaction.kind is not InteractionKind.AUTOCOMPLETE for event in sent)

    async def type(self, command: str, **options: object) -> Reply:
        """Use a slash command on the new server, as its manager does; the final answer."""
        await self.clock_noticed()
        return await (await self.organiser.slash(self.lobby, command, **options)).final(within=PATIENCE)

    async def choose(self, message: Message | None, custom_id: str, *values: object) -> Reply:
        """Choose in a select; the final answer."""
        assert message is not None
        return await (await self.organiser.choose(message, custom_id, list(values))).final(within=PATIENCE)

    async def push(self, reply: Reply | Message, label: str) -> Reply:
        """Press a button of an answer; the final answer."""
        message = reply if isinstance(reply, Message) else reply.message
        assert message is not None
        return await (await self.organiser.press(message, label)).final(within=PATIENCE)

    def thread_in(self, channel: TextChannel) -> Thread:
        """A thread that the organiser opened."""
        now = self.loopback.world.moments.now()
        thread = Thread(
            self.loopback.world.snowflakes.make(),
            self.loopback.world,
            "talks",
            ChannelKind.PUBLIC_THREAD,
            trunk=channel,
            owner=self.organiser.user,
            created_at=now,
            archived_at=now,
        )
        self.new.open_thread(thread)
        return thread

    async def import_file(self, content: bytes = SAMPLE, **options: object) -> Reply:
        """Hand over a file and press Import."""
        preview = await self.type("schedule import", file=Upload("session.txt", content), **options)
        return await self.push(preview, "Import")


def selects(message: Message | None) -> list[str]:
    """The custom_ids of a message's selects."""
    assert message is not None
    return [part["custom_id"] for part in walk(message.components) if "custom_id" in part and part["type"] != 2]


def pinged(channel: Channel) -> list[frozenset[int]]:
    """The roles that each message of a channel pinged, where it pinged any."""
    return [message.pinged.roles for message in channel.messages if message.pinged.roles]
