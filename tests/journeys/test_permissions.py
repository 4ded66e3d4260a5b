"""Everything that can be done, tried by each kind of person: allowed or refused as docs/permissions.md says."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.rehearsal.loopback import Person, Reply, TextChannel
from bot.rehearsal.loopback.world import posting
from bot.rehearsal.loopback.world.commands import CHAT_INPUT
from bot.rehearsal.loopback.world.interactions import InteractionKind
from bot.rehearsal.loopback.world.messages import Message, Upload
from bot.rules.permissions import ACTIONS, Action, Role, Way
from tests.journeys.forked_bot import ForkedBot
from tests.journeys.run_stage import RunStage
from tests.journeys.stage import PATIENCE, SAMPLE, TITLES

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
REFUSALS = (
    "only managers of this server may do this",
    "only this session's moderators may do this",
    "only this talk's speakers",
)
SOMEBODY_ELSES = "this button is somebody else's"
D = "d" * 22
pytestmark = [pytest.mark.slow, pytest.mark.store("sqlite")]
TALK, SESSION, OTHERS_SESSION = 2, "session#1", "session#2"
OTHER_ROOM = b"title,start,end,room,date\nElsewhere,12:30,13:30,Hall G,2022-07-21\n"

NOTHING_TO_DO = {
    *("/timer pause", "/timer resume", "/timer extend", "pressed console", "pressed confirm", "pressed undo"),
    *("/qa next", "/qa answered", "/qa approve", "/qa open", "pressed qundo"),
    *("pressed import", "pressed edit", "filled in typed", "pressed queue", "pressed setup"),
}
"""What nobody can do as things stand when it is tried, or what only shows as it is tried: it leaves no entry."""
TABLES = ("conferences", "sources", "sessions", "talks", "timing_events", "questions", "question_votes", "talk_queues")
COMMANDS: Mapping[str, Mapping[str, object]] = {
    "ask": {"question": "Why does it converge?", "talk": f"talk#{TALK}"},
    "talk": {"talk": "neural"},
    "mytimezone": {"timezone": "Europe/Berlin"},
    "remind add": {"talk": "talk#9"},
    "remind remove": {"reminder": "reminder#1"},
    "session handover": {"session": SESSION},
    "session edit": {"talk": f"talk#{TALK}", "title": "Another title"},
    "timer extend": {"minutes": "1"},
    "speaker link": {"talk": f"talk#{TALK + 1}"},
    "speaker checkin": {"talk": f"talk#{TALK}"},
    "setup speakers": {"chase": True},
    "qa dismiss": {"question": "question#3"},
    "qa pin": {"question": "question#1"},
    "qa merge": {"question": "question#1", "into": "question#2"},
    "qa approve": {"question": "question#1"},
    "qa order": {"order": "top"},
    "schedule import": {"file": Upload("session.txt", SAMPLE), "timezone": "America/New_York", "year": 2022},
    "schedule diff": {"file": Upload("session.txt", SAMPLE), "timezone": "America/New_York", "year": 2022},
    "schedule edit": {"session": SESSION, "title": "Another name"},
    "setup timezone": {"timezone": "America/New_York"},
    "setup reminders": {"minutes": "5"},
    "setup cues": {"marks": "default"},
    "setup events": {"on": False},
    "setup report": {"posts": True},
}
"""The options that a command must have, or that make it say something about the session."""
ITEMS: Mapping[str, str] = {
    "talk": f"talk:{TALK}:{D}",
    "agenda": f"agenda:{D}",
    "page": "page:2022-07-21:0",
    "remind": "remind:9",
    "unremind": "unremind:1",
    "noreminder": f"noreminder:9:{D}",
    "reminders": "reminders:0",
    "mentions": "mentions:no",
    "ask": f"ask:{TALK}",
    "questions": f"questions:{TALK}:0",
    "vote": f"vote:1:{TALK}:0",
    "console": f"console:end:1:{TALK}:0:{D}",
    "confirm": f"confirm:extend:1:{TALK}:60",
    "undo": "undo:1:1",
    "clock": f"clock:1:{D}",
    "queue": f"queue:list:1:{TALK}:0",
    "qpage": f"qpage:1:{TALK}:0",
    "question": "question:unpin:1:1",
    "merge": "merge:1:2:1",
    "qundo": "qundo:1:1",
    "left": f"left:1:{D}",
    "import": f"import:discard:{D}",
    "importasks": f"importasks:year::{D}",
    "look": f"look:1:{D}",
    "edit": f"edit:leave:{D}",
    "undochange": "undochange:leave:1",
    "status": f"status:{D}",
    "audit": "audit:0:0",
    "setup": "setup:show:reminders:0",
    "speaker": f"speaker:here:1:{D}",
    "claim": f"claim:yes:1:{D}",
    "stagelink": "stagelink:new:1:1",
    "roomlink": "roomlink:new:1:0",
    "lobbylink": "lobbylink:new:1:3",
    "report": f"report:1:light:{D}",
}
SELECTS: Mapping[str, tuple[str, str]] = {
    "choose": (f"choose:1:{TALK}:0", "1"),
    "setup": ("setup:leads", "5"),
    "remindof": ("remindof", "9"),
    "unremindof": ("unremindof:0", "1"),
}
FORMS: Mapping[str, tuple[str, str, str]] = {
    "askmodal": (f"askmodal:{TALK}", "question", "Why does it diverge?"),
    "setupmodal": ("setupmodal:zone", "typed", "America/New_York"),
    "importmodal": (f"importmodal:year:{D}", "value", "2022"),
}


class ShowingBot(ForkedBot):
    """A bot whose stage view is served by another process."""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"STAGE_URL": "https://stage.example.org"}


class Everybody(RunStage):
    """A stage with one of each kind of person."""

    def __post_init__(self) -> None:
        super().__post_init__()
        elsewhere = self.loopback.add_server("Elsewhere")
        elsewhere.add_channel("general")
        self.room_elsewhere = elsewhere.add_channel("room")
        self.fred_at_home = elsewhere.add_member("Fred", manages_server=True)
        fred_as_guest = self.server.add_member("Fred")
        self.other_moderator = self.server.add_member("Olga")
        self.speaker = self.server.add_member("Sven")
        self.people: Mapping[Role, Person] = {
            Role.MANAGER: self.manager,
            Role.MODERATOR: self.moderator,
            Role.OTHER_MODERATOR: self.other_moderator,
            Role.SPEAKER: self.speaker,
            Role.ATTENDEE: self.attendee,
            Role.OTHER_MANAGER: fred_as_guest,
        }

    async def start_bot(self) -> None:
        self.bot = ShowingBot(self.folder, self.loopback.token, self.loopback.api_base, self.clock.setting, "INFO")
        await super().start_bot()

    async def ready(self) -> None:
        await super().ready()
        file = Upload("hall-g.csv", OTHER_ROOM)
        preview = await self.use(self.manager, "schedule import", file=file, timezone="America/New_York")
        await self.press(self.manager, preview.message, "Import")
        await self.use(self.manager, "session handover", to=self.other_moderator, session=OTHERS_SESSION)
        for command in self.loopback.world.commands.visible(self.server.id, CHAT_INPUT).values():
            command["default_member_permissions"] = None  # Discord is told to show everything to everybody
        await self.use(self.manager, "speaker link", talk=f"talk#{TALK}", member=self.speaker)
        self.at("12:36")
        await self.use(self.moderator, "timer start", talk=f"talk#{TALK}")
        for text in ("Why does it converge?", "Does it scale to video?"):
            await self.use(self.manager, "ask", question=text, talk=f"talk#{TALK}")

    async def tried(self, person: Person, action: Action, channel: TextChannel) -> Reply:
        """Somebody does it in a channel."""
        if action.way is Way.COMMAND:
            return await person.slash(channel, action.name, **self.options(action.name, channel))
        if action.way is Way.MENU:
            return await person.context_menu(await person.say(channel, "Is it stable?"), action.name)
        if action.way is Way.FORM:
            return await self.submitted(person, channel, *FORMS[action.name])
        if action.way is Way.SELECT:
            custom_id, value = SELECTS[action.name]
            return await person.choose(self.with_item(channel, custom_id, value), custom_id, value)
        custom_id = f"forget:{self.manager.id}" if action.name == "forget" else ITEMS[action.name]
        message = self.with_item(channel, custom_id)
        return await person.press(message, custom_id=custom_id)

    def options(self, name: str, channel: TextChannel) -> Mapping[str, object]:
        given = dict(COMMANDS.get(name, {}))
        if name in ("setup channel", "setup moderators"):
            given["channel"] = channel
        if name == "session handover":
            given["to"] = self.moderator
        if name == "speaker checkin":
            given["member"] = self.speaker
        if name.startswith(("timer", "qa")) or name in (
            "session open",
            "session close",
            "session console",
            "session stage",
        ):
            given["session"] = SESSION
        return given

    def with_item(self, channel: TextChannel, custom_id: str, value: str = "") -> Message:
        """A message of the bot's that carries a button or select of this id."""
        name = custom_id.partition(":")[0]  # by which the audit log tells one from another
        item: dict[str, Any] = {"type": 2, "style": 2, "label": name, "custom_id": custom_id}
        if value:
            item = {"type": 3, "custom_id": custom_id, "options": [{"label": name, "value": value}]}
        draft = posting.Draft(content="Try", components=[{"type": 1, "components": [item]}])
        return posting.post(self.loopback.world, channel, self.loopback.world.bot, draft)

    async def submitted(self, person: Person, channel: TextChannel, custom_id: str, field: str, value: str) -> Reply:
        row = {"type": 1, "components": [{"type": 4, "custom_id": field, "value": value}]}
        data = {"custom_id": custom_id, "components": [row]}
        world = self.loopback.world
        opened_by = self.with_item(channel, "setup:form:zone")
        interaction = world.interactions.send(InteractionKind.MODAL, person.user, channel, data, message=opened_by)
        return await Reply(world, interaction).acknowledged()

    def acts(self, after: int = 0) -> list[tuple[int, Role, str]]:
        """The audit log's entries after one: their number, whose, and what the log calls it.

        The walk tries as a manager by themselves, who is removed in the end.
        """
        roles = {person.id: role for role, person in self.people.items()}
        rows = self.stored("SELECT id, by, action, details FROM audit_entries WHERE id > ?", after)
        named: dict[str, Callable[[dict[str, str]], Iterable[str]]] = {
            "pressed": lambda details: [details["button"]] if "button" in details else [],
            "chose": dict.values,
            "filled in": dict.keys,
        }
        found = []
        for key, by, did, details in rows:
            parts = list(named[did](json.loads(details))) if did in named else []
            found.append((key, roles.get(by, Role.MANAGER), " ".join([did, *parts])))
        return found

    def rows_of_all(self) -> set[tuple[object, ...]]:
        """Every row of the programme, its clock and its questions, as it stands in the store."""
        return {(table, *row) for table in TABLES for row in self.stored(f"SELECT * FROM {table}")}  # noqa: S608 - a constant's names


def said(reply: Reply) -> str:
    return " ".join([reply.content, *(followup.content for followup in reply.followups)])


def is_refused(reply: Reply) -> bool:
    return reply.failed or any(words in said(reply) for words in (*REFUSALS, SOMEBODY_ELSES))


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Everybody]:
    async with Everybody.running(tmp_path) as stage:
        yield stage


def documented() -> dict[tuple[Way, str], dict[Role, str]]:
    """The page's rows, as people read them."""
    ways = dict(zip(("Commands", "In a message's menu, under Apps", "Buttons", "Selects", "Forms"), Way, strict=True))
    rows: dict[tuple[Way, str], dict[Role, str]] = {}
    for title, part in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        for name, cells in re.findall(r"^\| `/?(.*?)`.*? \| (.*) \|", part, re.MULTILINE):
            rows[ways[title], name] = dict(zip(Role, cells.split(" | "), strict=False))
    return rows


async def test_each_action_is_allowed_or_refused_and_recorded_as_the_page_says(stage: Everybody) -> None:
    rows, wrong, tried = documented(), [], list[tuple[Role, Action, bool]]()
    before = max(key for key, *_ in stage.acts())
    assert set(rows) == {(action.way, action.name) for action in ACTIONS}
    others = [role for role in Role if role is not Role.MANAGER]
    last = {"session close", "privacy delete", "forget"}
    in_order = sorted(ACTIONS, key=lambda action: action.name in last)
    # the manager by themselves and last: what they may do ends the session
    for action, roles in [(action, others) for action in in_order] + [(action, [Role.MANAGER]) for action in in_order]:
        replies = [stage.tried(stage.people[role], action, stage.hall) for role in roles]
        for role, reply in zip(roles, await asyncio.gather(*map(until_answered, replies)), strict=True):
            cell = rows[action.way, action.name][role]
            may = role is Role.MANAGER if cell == "themselves" else cell == "yes"
            tried.append((role, action, may))
            if is_refused(reply) is may or "Something went wrong" in said(reply):
                wrong.append(f"{role} {action.way} {action.name}: {said(reply)[:200]}")
    assert "\n".join(wrong) == ""
    assert_recorded(tried, Counter((role, did) for _, role, did in stage.acts(before)))


def assert_recorded(tried: Sequence[tuple[Role, Action, bool]], entries: Mapping[tuple[Role, str], int]) -> None:
    """Each row that the table says is recorded left one entry a person who did it, and no other row any."""
    left, wrong = set[str](), list[str]()
    for role, action, may in tried:
        did = in_the_log(action)
        number = entries.get((role, did), 0)
        may_be_in_place = action.for_others and role in (Role.MANAGER, Role.MODERATOR)
        if number > int(may and (action.is_recorded or may_be_in_place)):
            wrong.append(f"{number} entries of {role} {did}")
        left |= {did} if number else set()
    assert "\n".join(wrong) == ""
    assert {in_the_log(action) for action in ACTIONS if action.is_recorded} - left == NOTHING_TO_DO
    assert entries.keys() <= {(role, in_the_log(action)) for role, action, _ in tried}


def in_the_log(action: Action) -> str:
    """What the audit log calls it when it is tried here."""
    if action.way is Way.FORM:
        return f"filled in {FORMS[action.name][1]}"
    return {Way.BUTTON: "pressed ", Way.SELECT: "chose "}.get(action.way, "/") + action.name


async def until_answered(tried: Awaitable[Reply]) -> Reply:
    return await answered(await tried)


async def test_manager_of_another_server_reaches_nothing_of_this_one_from_there(stage: Everybody) -> None:
    before = stage.rows_of_all()
    for action in ACTIONS:
        reply = await answered(await stage.tried(stage.fred_at_home, action, stage.room_elsewhere))
        assert "Something went wrong" not in said(reply), (action.name, said(reply))
        assert not set(TITLES) & set(re.split(r"[“”*]", said(reply))), (action.name, said(reply))
    assert stage.rows_of_all() >= before


async def answered(reply: Reply) -> Reply:
    """The reply once all of it is there: a form, the answer, or the refusal beside what was pressed."""

    def is_there() -> Reply | None:
        done = reply.interaction.settled or reply.failed or reply.followups or reply.modal
        return reply if done else None

    return await reply.world.hub.wait_for(is_there, within=PATIENCE, otherwise=lambda: str(reply.interaction))
