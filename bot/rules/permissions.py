"""Who may do what: every command, button, select, form and menu with its audience, in one table.

docs/permissions.md is written from it, the cogs are checked by it, and a test tries each for each kind of person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.errors import CommandError, NotAllowedError


class Way(StrEnum):
    """How an action is begun."""

    COMMAND = "command"
    MENU = "menu"
    BUTTON = "button"
    SELECT = "select"
    FORM = "form"


class Audience(StrEnum):
    """Whom an action is for; everybody after `everyone` is checked by the bot, whatever Discord shows them."""

    EVERYONE = "everyone"
    SELF = "whoever it was shown to"
    SPEAKERS = "the talk's speakers, and its session's moderators"
    MODERATORS = "the session's moderators"
    MANAGERS = "managers"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that people can do.

    Attributes:
        name: a command's full name, a menu entry's text, or what an item's custom_id begins with.
        does: what it does, for those that are no command; commands say so themselves.
        shows: whether it changes nothing, so that no audit log needs it.
        shown_by: those values of its custom_id which only show, for an item that may do both.
        for_others: whether moderators may do it in somebody else's place, which is recorded.
    """

    way: Way
    name: str
    audience: Audience
    does: str = ""
    shows: bool = False
    shown_by: frozenset[str] = frozenset()
    for_others: bool = False

    @property
    def is_recorded(self) -> bool:
        """Whether it belongs in the audit log."""
        return self.audience in (Audience.MODERATORS, Audience.MANAGERS) and not self.shows


@dataclass(frozen=True, slots=True)
class Asker:
    """What counts about whoever wants to do something; `moderates` and `speaks` are about the talk concerned."""

    manages: bool
    moderates: bool = False
    speaks: bool = False


@dataclass(frozen=True, slots=True)
class Moderators:
    """Who moderates a session: those named for it, and the members of a role."""

    user_ids: tuple[int, ...] = ()
    role_id: int | None = None


def require(audience: Audience, asker: Asker, moderators: Moderators | None = None) -> None:
    """Let somebody of the audience pass.

    Raises:
        NotAllowedError: they are not of it; says who is.
    """
    if audience is Audience.MANAGERS and not asker.manages:
        raise NotAllowedError("only managers of this server may do this", do="Ask somebody with Manage Server")
    if audience is Audience.MODERATORS and not (asker.manages or asker.moderates):
        raise _not_moderating(moderators or Moderators())
    if audience is Audience.SPEAKERS and not (asker.manages or asker.moderates or asker.speaks):
        raise NotAllowedError(
            "only this talk's speakers and its session's moderators may do this",
            do="If you speak in it, say so with /speaker link",
        )


def _not_moderating(moderators: Moderators) -> CommandError:
    if moderators.user_ids or moderators.role_id:
        return NotAllowedError(
            "only this session's moderators may do this",
            do="Ask one of them, or a manager of this server",
            user_ids=moderators.user_ids,
            role_id=moderators.role_id,
        )
    return NotAllowedError(
        "only this session's moderators may do this",
        do="It has none yet: a manager names them with /setup moderators, or hands it over with /session handover",
    )


def _commands(
    audience: Audience, group: str, changing: str, showing: str = "", *, for_others: bool = False
) -> Iterable[Action]:
    for names, shows in ((changing, False), (showing, True)):
        yield from (
            Action(Way.COMMAND, f"{group} {name}".strip(), audience, shows=shows, for_others=for_others)
            for name in names.split()
        )


ACTIONS: tuple[Action, ...] = (
    *_commands(Audience.EVERYONE, "", "ask", for_others=True),
    *_commands(Audience.EVERYONE, "", "mytimezone", "now upnext agenda talk help"),
    *_commands(Audience.EVERYONE, "remind", "add remove", "list"),
    *_commands(Audience.EVERYONE, "questions", "", "list mine"),
    *_commands(Audience.EVERYONE, "privacy", "delete", "show"),
    Action(Way.MENU, "Queue as question", Audience.EVERYONE, for_others=True),
    *_commands(Audience.EVERYONE, "speaker", "link", for_others=True),
    *_commands(Audience.SPEAKERS, "speaker", "checkin", for_others=True),
    *_commands(Audience.MODERATORS, "session", "open close console handover edit stage", "report"),
    *_commands(Audience.MODERATORS, "timer", "start next end pause resume extend skip undo", "rebalance status"),
    *_commands(
        Audience.MODERATORS, "qa", "next answered dismiss pin merge approve undo open close order export", "list"
    ),
    *_commands(Audience.MANAGERS, "schedule", "import edit undo export", "show diff"),
    *_commands(
        Audience.MANAGERS,
        "setup",
        "channel moderators timezone reminders cues questions audit board speakers events report",
        "start check",
    ),
    *_commands(Audience.MANAGERS, "status", "pause resume", "now audit"),
    Action(Way.BUTTON, "talk", Audience.EVERYONE, "*Details* under a reminder"),
    Action(Way.BUTTON, "agenda", Audience.EVERYONE, "*Agenda* under a reminder or the board"),
    Action(Way.BUTTON, "page", Audience.EVERYONE, "another page or day of an agenda"),
    Action(Way.BUTTON, "remind", Audience.EVERYONE, "*Remind me* of a talk, or asks of which"),
    Action(Way.SELECT, "remindof", Audience.EVERYONE, "*Remind me of …* under an agenda"),
    Action(Way.BUTTON, "unremind", Audience.EVERYONE, "*Remove* in an answer about one's own reminders"),
    Action(Way.SELECT, "unremindof", Audience.EVERYONE, "*Remove a reminder* in one's own list"),
    Action(Way.BUTTON, "noreminder", Audience.EVERYONE, "*Remove this reminder* under a direct message"),
    Action(Way.BUTTON, "reminders", Audience.EVERYONE, "pages of one's own reminders, and *As .ics*"),
    Action(Way.BUTTON, "mentions", Audience.EVERYONE, "*Mention me in the channel instead*, or no longer"),
    Action(Way.BUTTON, "ask", Audience.EVERYONE, "*Ask*: opens the form"),
    Action(Way.BUTTON, "questions", Audience.EVERYONE, "*Questions*: a talk's queue, and its pages"),
    Action(Way.BUTTON, "vote", Audience.EVERYONE, "a vote for a question, or back again"),
    Action(Way.BUTTON, "forget", Audience.SELF, "*Remove me* under /privacy delete"),
    Action(
        Way.BUTTON,
        "console",
        Audience.MODERATORS,
        "a step of the clock, on the console",
        shown_by=frozenset({"rebalance"}),
    ),
    Action(Way.BUTTON, "confirm", Audience.MODERATORS, "*Do it* under a preview"),
    Action(Way.BUTTON, "undo", Audience.MODERATORS, "*Undo* under the answer to a tap"),
    Action(Way.BUTTON, "clock", Audience.MODERATORS, "*Clock* under a time signal", shows=True),
    Action(Way.BUTTON, "queue", Audience.MODERATORS, "a step with a whole queue", shown_by=frozenset({"list"})),
    Action(Way.BUTTON, "qpage", Audience.MODERATORS, "another page of the moderators' list", shows=True),
    Action(Way.SELECT, "choose", Audience.MODERATORS, "one question of the moderators' list", shows=True),
    Action(Way.BUTTON, "question", Audience.MODERATORS, "a step with one question", shown_by=frozenset({"back"})),
    Action(Way.BUTTON, "merge", Audience.MODERATORS, "two questions become one"),
    Action(Way.BUTTON, "qundo", Audience.MODERATORS, "*Undo* under the answer to a step with a question"),
    Action(Way.BUTTON, "left", Audience.SPEAKERS, "*Answered* in the thread of what was not reached", for_others=True),
    Action(
        *(Way.BUTTON, "speaker", Audience.SPEAKERS, "*I am here* and *Time signals*, in direct messages to speakers"),
        for_others=True,
    ),
    Action(Way.BUTTON, "claim", Audience.MODERATORS, "whether somebody who says so speaks in a talk"),
    Action(Way.BUTTON, "report", Audience.MODERATORS, "*In light colours* under a session's report", shows=True),
    Action(Way.BUTTON, "stagelink", Audience.MODERATORS, "*New link* or *Revoke* under the link to a session's page"),
    Action(Way.BUTTON, "roomlink", Audience.MANAGERS, "*New link* or *Revoke* under the link to a room's page"),
    Action(Way.BUTTON, "lobbylink", Audience.MANAGERS, "*New link* or *Revoke* under the link to the lobby's page"),
    Action(Way.BUTTON, "import", Audience.MANAGERS, "*Import* or *Discard* under a preview"),
    Action(Way.BUTTON, "importasks", Audience.MANAGERS, "an answer to what an import asks", shows=True),
    Action(Way.BUTTON, "look", Audience.MANAGERS, "*Look at the changes* of an address", shows=True),
    Action(Way.BUTTON, "edit", Audience.MANAGERS, "*Apply* or *Leave* under an edit's preview"),
    Action(Way.BUTTON, "undochange", Audience.MANAGERS, "*Undo* or *Leave* under what /schedule undo shows"),
    Action(Way.BUTTON, "status", Audience.MANAGERS, "*Check again* under a notice", shows=True),
    Action(Way.BUTTON, "audit", Audience.MANAGERS, "*Audit log*, and its pages", shows=True),
    Action(
        *(Way.BUTTON, "setup", Audience.MANAGERS, "*Set up* under the welcome, and a step of the guided set-up"),
        shown_by=frozenset({"welcome", "show", "form", "check"}),
    ),
    Action(Way.SELECT, "setup", Audience.MANAGERS, "a choice of the guided set-up"),
    Action(Way.FORM, "askmodal", Audience.EVERYONE, "a question"),
    Action(Way.FORM, "setupmodal", Audience.MANAGERS, "a zone or an address of the guided set-up"),
    Action(Way.FORM, "importmodal", Audience.MANAGERS, "an answer to what an import asks", shows=True),
)
"""Everything that people can do, each once; a test compares it with what the cogs offer."""

_BY_WAY_AND_NAME = {(action.way, action.name): action for action in ACTIONS}


def action_named(way: Way, name: str) -> Action:
    """The action of a command, a menu or an item.

    Raises:
        KeyError: it is not in the table, so nobody may do it.
    """
    return _BY_WAY_AND_NAME[way, name]


class Role(StrEnum):
    """The kinds of people that the page and the tests go through."""

    MANAGER = "manager"
    MODERATOR = "moderator"
    OTHER_MODERATOR = "another session's moderator"
    SPEAKER = "speaker"
    ATTENDEE = "attendee"
    OTHER_MANAGER = "another server's manager"


def allowed_to(audience: Audience) -> frozenset[Role]:
    """Who of them may do what is for this audience; what is shown to one person alone is that person's."""
    askers = {
        Role.MANAGER: Asker(manages=True),
        Role.MODERATOR: Asker(manages=False, moderates=True),
        Role.SPEAKER: Asker(manages=False, speaks=True),
    }
    return frozenset(role for role in Role if _passes(audience, askers.get(role, Asker(manages=False))))


def _passes(audience: Audience, asker: Asker) -> bool:
    try:
        require(audience, asker)
    except NotAllowedError:
        return False
    return True
